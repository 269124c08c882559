"""Words that the tree does not contain: promises instead of work, one machine's paths, names that say nothing."""

import re

from tidying import tree

UNWANTED = {
    "a promise; do it or write it down in docs/compatibility.md": re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b"),
    "a path of one machine": re.compile(r"(^|[^\w./-])/(work|root|home)/\w"),
    "the tree speaks of itself, not of its tracker": re.compile(r"\b[Ii]ssue #?\d"),
}
# A class or a file is named for what it is.
NAMES = re.compile(r"\b(?:class|struct)\s+(\w*(?:Manager|Helper|Util|Utils))\b")
FILE_NAMES = re.compile(r"(manager|helper|util)s?\.(h|cc|py)$")
SKIPPED = (".lock", "package-lock.json", "LICENSE")
SKIPPED_FOLDERS = ("fuzz/corpus/",)


def unwanted():
    places = []
    for path in tree.files():
        if FILE_NAMES.search(path):
            places.append(f"{path}: name the file for what it is")
        if path.endswith(SKIPPED) or path.startswith(SKIPPED_FOLDERS):
            continue
        try:
            with open(path, encoding="utf-8") as file:
                lines = file.read().split("\n")
        except UnicodeDecodeError:
            continue  # binary
        for number, line in enumerate(lines, 1):
            for reason, pattern in UNWANTED.items():
                if pattern.search(line):
                    places.append(f"{path}:{number}: {pattern.search(line).group(0).strip()}: {reason}")
            if path.endswith((".h", ".cc")) and NAMES.search(line):
                places.append(f"{path}:{number}: {NAMES.search(line).group(1)}: name the class for what it is")
    return places
