"""join_files.py OUT ROOT APART, with paths of sources below ROOT on standard input, one a line: writes OUT/*.cc, each
of which includes up to eight sources of a folder, and prints what to compile in place of the sources.

Sources whose unnamed namespaces have a name in common are never put together; those that match the regular expression
APART are with none."""

import os
import re
import sys
from dataclasses import dataclass, field

LOT_SIZE_MAX = 8
# `Type name(`, `constexpr Type kName =`, `class Name {` at the left margin; not `Type Class::member(`.
DEFINITION = re.compile(r"[A-Za-z][^(={;]*?(?<![\w:~])(\w+)(?: final)?(?: : [^({;]*)?(?:\[\w*\])?\s*[(={;]")


@dataclass
class Lot:
    paths: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


def names_of(path):
    """The names that are the file's own."""
    names = set()
    unnamed = False
    with open(path) as file:
        for line in file:
            if line.startswith(("namespace {", "}  // namespace\n")):
                unnamed = line.startswith("namespace {")
            elif unnamed and (match := DEFINITION.match(line)):
                names.add(match.group(1))
    return names


def joined(root, paths):
    """folder -> its lots."""
    folders = {}
    for path in paths:
        lots = folders.setdefault(os.path.dirname(path), [])
        names = names_of(os.path.join(root, path))
        lot = next((lot for lot in lots if len(lot.paths) < LOT_SIZE_MAX and not lot.names & names), None)
        if lot is None:
            lots.append(lot := Lot())
        lot.paths.append(path)
        lot.names |= names
    return folders


def write(path, text):
    """Leaves a file of that text as old as it is."""
    if os.path.exists(path):
        with open(path) as file:
            if file.read() == text:
                return
    with open(path, "w") as file:
        file.write(text)


def main(out, root, apart):
    os.makedirs(out, exist_ok=True)
    paths = [os.path.relpath(line.strip(), root) for line in sys.stdin]
    alone = [path for path in paths if apart and re.search(apart, path)]
    compiled = [os.path.join(root, path) for path in alone]
    for folder, lots in joined(root, [path for path in paths if path not in alone]).items():
        for number, lot in enumerate(lots):
            # A name of one file may shadow a variable of another.
            text = '#pragma clang diagnostic ignored "-Wshadow"\n' + "".join(f'#include "{path}"\n' for path in lot.paths)
            compiled.append(os.path.join(out, f"{folder.replace('/', '_')}_{number}.cc"))
            write(compiled[-1], text)
    print(";".join(compiled), end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
