"""Which folder may use which: the table of ARCHITECTURE.md against includes and CMake files."""

import re

from tidying import tree

ROW = re.compile(r"^\| `([a-z/]+)/` \|[^|]*\|([^|]*)\|$")
DEPENDS = re.compile(r"stele_library\((\w+)([^)]*)\)", re.S)


def table():
    """folder -> the folders it may include, itself among them."""
    rows = {}
    with open("ARCHITECTURE.md", encoding="utf-8") as lines:
        for line in lines:
            match = ROW.match(line.strip())
            if match:
                rows[match.group(1)] = match.group(2)
    library = {folder.split("/")[-1]: folder for folder in rows}
    allowed = {}
    for folder, text in rows.items():
        names = [name.strip() for name in text.split(",")]
        if names == ["all"]:
            allowed[folder] = set(rows)
        else:
            allowed[folder] = {folder} | {library.get(name, name) for name in names if name not in ("–", "")}
    return allowed


def edges():
    """(place, from folder, to folder) of each include of another folder below src/."""
    for path in tree.cpp_files("src/"):
        source = tree.folder_of(path.removeprefix("src/"))
        for line, quoted, name in tree.includes(path):
            target = tree.folder_of(name)
            if quoted and target != source:
                yield f"{path}:{line}", source, target, name


def broken():
    allowed = table()
    if not allowed:
        return ["ARCHITECTURE.md has no table of folders"]
    places = []
    for place, source, target, name in edges():
        if source not in allowed:
            places.append(f"{place}: src/{source}/ is not in ARCHITECTURE.md's table")
        elif target not in allowed:
            places.append(f'{place}: "{name}" is no path from src/ into a folder of the table')
        elif target not in allowed[source]:
            places.append(f"{place}: {source}/ may not use {target}/")
    return places


def protocols_apart():
    return [
        f"{place}: protocols never include one another"
        for place, source, target, _ in edges()
        if source.startswith("protocols/") and target.startswith("protocols/")
    ]


def cmake_libraries():
    """(library, folder, what it depends on, file) of each stele_library. A folder may have libraries within."""
    for path in tree.files():
        if not (path.startswith("src/") and path.endswith("/CMakeLists.txt")):
            continue
        with open(path, encoding="utf-8") as file:
            text = re.sub(r"#.*", "", file.read())
        for name, arguments in DEPENDS.findall(text):
            depends = re.search(r"DEPENDS([^A-Z]*)", arguments)
            yield name, tree.folder_of(path.removeprefix("src/")), depends.group(1).split() if depends else [], path


def broken_in_cmake():
    allowed = table()
    libraries = list(cmake_libraries())
    folder_of = {name: folder for name, folder, _, _ in libraries}
    return [
        f"{path}: {folder}/ may not depend on {target}"
        for _, folder, targets, path in libraries
        for target in targets
        if folder_of.get(target) not in allowed.get(folder, set())
    ]
