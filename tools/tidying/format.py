"""clang-format leaves every C++ file as it is."""

import subprocess

from tidying import tree


def unformatted():
    output = subprocess.run(
        ["clang-format-19", "--dry-run", "-Werror", "--ferror-limit=1", *tree.cpp_files()],
        capture_output=True,
        text=True,
    ).stderr
    return [line.split(": error")[0] + ": ./dev fmt changes this" for line in output.split("\n") if ": error" in line]
