"""clang-tidy with the checks of .clang-tidy over every .cc file but tests, which would double the time for little."""

import json
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

from tidying import cache, tree

TOOL = "clang-tidy-19"
BUILD = "build/debug"
FINDING = re.compile(r"^(\S+?):(\d+):\d+: (?:warning|error): (.*)$")


def findings():
    sources = [path for path in tree.cpp_files("src/", "fuzz/", "bench/") if path.endswith(".cc") and not path.endswith("_test.cc")]
    compiled = commands()
    missing = [f"{path}: not in {BUILD}/compile_commands.json" for path in sources if path not in compiled]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda path: check(path, compiled[path]), [p for p in sources if p in compiled])
        return missing + sorted({place for places in found for place in places})


def commands():
    """path -> its compile command, without what differs between clones."""
    with open(os.path.join(BUILD, "compile_commands.json")) as file:
        entries = json.load(file)
    here = os.getcwd()
    return {os.path.relpath(entry["file"], here): entry["command"].replace(here, ".") for entry in entries}


def check(path, command):
    with open(".clang-tidy") as config:
        key = cache.key(path, TOOL, [config.read(), command])
    places = cache.load(key)
    if places is None:
        done = subprocess.run(
            [TOOL, "--quiet", "-p", BUILD, "--header-filter=.*/(src|fuzz|bench)/.*", path], capture_output=True, text=True
        )
        places = [place for line in done.stdout.split("\n") if (place := place_of(line))]
        if done.returncode and not places:
            places = [f"{path}: {TOOL} ended with {done.returncode}: {done.stderr.strip()[:500]}"]
        cache.store(key, places)
    return places


def place_of(line):
    match = FINDING.match(line)
    return f"{os.path.relpath(match.group(1))}:{match.group(2)}: {match.group(3)}" if match else None
