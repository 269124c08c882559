"""The files of the tree and what they include."""

import functools
import os
import re
import subprocess

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')


@functools.cache
def files():
    """All files that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], check=True, capture_output=True, text=True
    ).stdout
    return [path for path in listed.split("\n") if path and os.path.isfile(path)]


def cpp_files(*folders):
    return [p for p in files() if p.endswith((".cc", ".h")) and (not folders or p.startswith(folders))]


def recent(paths):
    """Of these the ones that the last $STELE_TIDY_COMMITS commits touched, or that differ from the last; all of them
    where that is not set or there is no history."""
    count = os.environ.get("STELE_TIDY_COMMITS")
    if not count:
        return paths
    changed = set()
    for command in (["git", "log", f"-{int(count)}", "--name-only", "--pretty="], ["git", "diff", "--name-only", "HEAD"]):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            return paths
        changed.update(done.stdout.split("\n"))
    return [path for path in paths if path in changed]


@functools.cache
def includes(path):
    """(line number, is quoted, name) of each #include."""
    found = []
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            match = INCLUDE.match(line)
            if match:
                found.append((number, match.group(1) == '"', match.group(2)))
    return found


def folder_of(path):
    """The library of a path below src/: "net", "protocols/sql"; "" for what is in none."""
    parts = path.split("/")
    if len(parts) < 2:
        return ""
    return "/".join(parts[:2]) if parts[0] == "protocols" and len(parts) > 2 else parts[0]


@functools.cache
def closure(path):
    """The project's files that `path` reads when it is compiled, itself among them."""
    seen, todo = set(), [path]
    while todo:
        current = todo.pop()
        if current in seen:
            continue
        seen.add(current)
        for _, quoted, name in includes(current):
            for candidate in (os.path.join("src", name), os.path.join(os.path.dirname(current), name)):
                if quoted and os.path.isfile(candidate):
                    todo.append(os.path.normpath(candidate))
    return frozenset(seen)
