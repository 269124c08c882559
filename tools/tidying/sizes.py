"""Files up to 40 KB. Functions up to 70 lines."""

import ast
import os
import re

from tidying import tree

FILE_BYTES_MAX = 40 * 1024
FUNCTION_LINES_MAX = 70
# Generated, or data: texts of licences, lock files, corpora, test vectors.
EXEMPT = ("LICENSE", "package-lock.json")
EXEMPT_FOLDERS = ("fuzz/corpus/",)
EXEMPT_PARTS = ("/data/",)


def files_too_large():
    return [
        f"{path}: {os.path.getsize(path)} bytes, more than {FILE_BYTES_MAX}"
        for path in tree.files()
        if os.path.getsize(path) > FILE_BYTES_MAX
        and not path.endswith(EXEMPT)
        and not path.startswith(EXEMPT_FOLDERS)
        and not any(part in path for part in EXEMPT_PARTS)
    ]


def python_functions_too_long():
    places = []
    for path in tree.files():
        if not (path.endswith(".py") or path == "tools/tidy"):
            continue
        with open(path, encoding="utf-8") as file:
            syntax = ast.parse(file.read(), path)
        for node in ast.walk(syntax):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = node.end_lineno - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    places.append(f"{path}:{node.lineno}: {node.name} has {lines} lines")
    return places


# As clang-format leaves it: a block ends with a brace alone, as far from the margin as its first line began.
BEGIN = re.compile(r"^( *)(?:[A-Za-z_~\[<]|\} )")
END = re.compile(r"^( *)\}$")


def functions_too_long():
    places = []
    for path in tree.cpp_files():
        begins = {}
        with open(path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if match := BEGIN.match(line):
                    begins[len(match[1])] = number
                elif (match := END.match(line.rstrip())) and (begin := begins.get(len(match[1]))):
                    if number - begin + 1 > FUNCTION_LINES_MAX:
                        places.append(f"{path}:{begin}: {number - begin + 1} lines")
    return places
