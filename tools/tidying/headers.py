"""Each header compiles by itself: builds with precompiled headers do not tell."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

from tidying import cache, tree

COMPILER = "clang++-19"
OPTIONS = ["-std=c++23", "-Isrc", "-Wall", "-Wextra", "-Werror", "-Wno-missing-field-initializers", "-fsyntax-only"]


def not_self_contained():
    headers = tree.recent([path for path in tree.cpp_files("src/") if path.endswith(".h")])
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [place for places in pool.map(check, headers) for place in places]


def check(header):
    key = cache.key(header, COMPILER, OPTIONS)
    places = cache.load(key)
    if places is None:
        done = subprocess.run([COMPILER, *OPTIONS, "-include", header, "-x", "c++", os.devnull], capture_output=True, text=True)
        errors = [line for line in done.stderr.split("\n") if "error:" in line][:5]
        places = errors or ([f"{header}: {COMPILER} ended with {done.returncode}"] if done.returncode else [])
        cache.store(key, places)
    return places
