"""clang-tidy with the checks of .clang-tidy over every .cc file but tests, which would double the time for little.

Most of its time goes into the headers that all files share. So files are checked in lots, each lot one translation
unit that includes a few files, none of them from the same folder: names without linkage then meet in no namespace.
A lot that does not compile all the same is checked file by file. Names are checked in headers alone, all of them in
one translation unit: that check looks at every name of the standard library too, and took a third of the time."""

import hashlib
import json
import os
import re
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tidying import cache, tree

TOOL = "clang-tidy-19"
BUILD = "build/debug"
JOINED = os.path.join(BUILD, "joined", "")
LOTS = os.path.join(BUILD, "tidy")
FINDING = re.compile(r"^(\S+?):(\d+):\d+: (?:warning|error): (.*)$")
NAMING = "readability-identifier-naming"
UNCOMPILED = "[clang-diagnostic-error]"
LOT_SIZE_MAX = 12


@dataclass
class Source:
    path: str
    flags: list[str]  # of its compile command, without the compiler, the input and the output
    key: str  # of its result in the cache


def findings():
    files = tree.cpp_files("src/", "fuzz/", "bench/")
    paths = tree.recent([path for path in files if path.endswith(".cc") and not path.endswith("_test.cc") and not of_a_peer(path)])
    compiled = flags_of_files()
    missing = [f"{path}: not in {BUILD}/compile_commands.json" for path in paths if path not in compiled]
    with open(".clang-tidy") as file:
        checks = file.read()
    here = os.getcwd()
    sources = []
    for path in paths:
        if path in compiled:
            options = [checks, " ".join(compiled[path]).replace(here, ".")]
            source = Source(path, compiled[path], cache.key(path, TOOL, options))
            if cache.load(source.key) is None:
                sources.append(source)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        names = pool.submit(misnamed, compiled)
        found = pool.map(check, lots(sources))
        return missing + sorted({place for places in [*found, names.result()] for place in places})


def of_a_peer(path):
    """bench/NAME/PEER/: compiled by the bench, with what it fetches."""
    return path.startswith("bench/") and path.count("/") > 2


def misnamed(compiled):
    """Names in headers that are not as .clang-tidy wants them."""
    headers = sorted(path for path in tree.cpp_files("src/") if path.endswith(".h") and "test_" not in path)
    text = "\n".join([cache.version(TOOL), open(".clang-tidy").read(), *(f"{path} {cache.digest(path)}" for path in headers)])
    key = hashlib.sha256(text.encode()).hexdigest()
    if cache.load(key) is not None:
        return []
    # The server includes what all others do.
    flags = compiled[min(path for path in compiled if path.startswith("src/server/"))]
    places, _ = run(joined(headers, "names_in_headers.cc"), flags, f"--checks=-*,{NAMING}")
    if not places:
        cache.store(key, [])
    return places


def flags_of_files():
    """path -> the flags it is compiled with."""
    with open(os.path.join(BUILD, "compile_commands.json")) as file:
        entries = json.load(file)
    flags = {}
    for entry in entries:
        path = os.path.relpath(entry["file"])
        for part in parts_of(path) if path.startswith(JOINED) else [path]:
            flags[part] = shlex.split(entry["command"].split(" -o ")[0])[1:]
    return flags


def parts_of(path):
    """The files that the build compiles as one (stele_joined in cmake/)."""
    with open(path) as file:
        return [os.path.join("src", part) for part in re.findall(r'#include "(.*)"', file.read())]


def lots(sources):
    """The sources in groups, at most one of each folder in a group; large groups first."""
    groups = []
    places = {}
    for source in sources:
        # Programs of one file have their main or entry point in common.
        folder = tree.folder_of(source.path.removeprefix("src/")) if source.path.startswith("src/") else "programs"
        place = places.get(folder, 0)
        while place < len(groups) and len(groups[place]) >= LOT_SIZE_MAX:
            place += 1
        places[folder] = place + 1
        if place == len(groups):
            groups.append([])
        groups[place].append(source)
    return groups


def check(lot):
    """The findings; what is without any is kept in the cache."""
    if len(lot) == 1:
        places, text = run(lot[0].path, lot[0].flags)
    else:
        path = joined([source.path for source in lot], lot[0].path.replace("/", "_"))
        places, text = run(path, list(dict.fromkeys(flag for source in lot for flag in source.flags)))
        if UNCOMPILED in text:
            return [place for source in lot for place in check([source])]
    if not places:
        for source in lot:
            cache.store(source.key, [])
    return places


def joined(paths, name):
    """A file that includes all of them."""
    os.makedirs(LOTS, exist_ok=True)
    path = os.path.join(LOTS, name)
    with open(path, "w") as file:
        file.writelines(f'#include "{os.path.abspath(each)}"\n' for each in paths)
    return path


def run(path, flags, checks=f"--checks=-{NAMING}"):
    command = [TOOL, "--quiet", "--config-file=.clang-tidy", checks, "--header-filter=.*/(src|fuzz|bench)/.*", path]
    done = subprocess.run([*command, "--", *flags], capture_output=True, text=True)
    places = [place for line in done.stdout.split("\n") if (place := place_of(line))]
    if done.returncode and not places:
        places = [f"{path}: {TOOL} ended with {done.returncode}: {done.stderr.strip()[:500]}"]
    return places, done.stdout


def place_of(line):
    match = FINDING.match(line)
    return f"{os.path.relpath(match.group(1))}:{match.group(2)}: {match.group(3)}" if match else None
