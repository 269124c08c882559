"""Results by content: a file, all of the project that it includes, the tool and its options. So a second run costs
nothing, here and in another clone. Lies in $STELE_TIDY_CACHE or the user's cache folder; may be deleted at any
time."""

import functools
import hashlib
import json
import os
import subprocess

from tidying import tree

FOLDER = os.environ.get("STELE_TIDY_CACHE") or os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "stele-tidy"
)


@functools.cache
def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


@functools.cache
def version(tool):
    return subprocess.run([tool, "--version"], check=True, capture_output=True, text=True).stdout


def key(path, tool, options):
    parts = [version(tool), *options, path, *(f"{p} {digest(p)}" for p in sorted(tree.closure(path)))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def load(name):
    try:
        with open(os.path.join(FOLDER, name[:2], name)) as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def store(name, value):
    path = os.path.join(FOLDER, name[:2], name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "w") as file:
        json.dump(value, file)
    os.replace(temporary, path)
