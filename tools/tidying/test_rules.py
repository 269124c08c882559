"""Each rule finds what breaks it: a rule that cannot fail holds nothing."""

import json
import os
import shutil
import subprocess

import pytest
from tidying import arrows, cache, clang, format, headers, sizes, third_party, tree, words

TABLE = """| folder | question | may use |
|---|---|---|
| `base/` | what? | – |
| `net/` | how? | base |
| `protocols/sql/` | who? | base, net |
| `protocols/elastic/` | who? | base, net |
| `server/` | all? | all |
"""


@pytest.fixture
def house(tmp_path, monkeypatch):
    """An empty tree; returns a function that writes a file into it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cache, "FOLDER", str(tmp_path / "cache"))
    subprocess.run(["git", "init", "-q"], check=True)
    forget()

    def put(path, text):
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        forget()

    put("ARCHITECTURE.md", TABLE)
    yield put
    forget()


def forget():
    for cached in (tree.files, tree.includes, tree.closure, cache.digest):
        cached.cache_clear()


def test_arrows(house):
    house("src/net/good.cc", '#include "base/a.h"\n#include "net/b.h"\n#include <vector>\n')
    house("src/server/good.cc", '#include "protocols/sql/a.h"\n')
    assert arrows.broken() == []
    house("src/base/bad.cc", '// first\n#include "net/b.h"\n')
    house("src/net/bad.cc", '#include "strange/b.h"\n')
    assert arrows.broken() == [
        "src/base/bad.cc:2: base/ may not use net/",
        'src/net/bad.cc:1: "strange/b.h" is no path from src/ into a folder of the table',
    ]


def test_a_tree_without_a_table_is_broken(house):
    house("ARCHITECTURE.md", "no table\n")
    assert arrows.broken()


def test_protocols_apart(house):
    house("src/protocols/sql/a.cc", '#include "protocols/sql/b.h"\n#include "net/c.h"\n')
    assert arrows.protocols_apart() == []
    house("src/protocols/elastic/a.cc", '#include "protocols/sql/b.h"\n')
    assert arrows.protocols_apart() == ["src/protocols/elastic/a.cc:1: protocols never include one another"]


def test_cmake_arrows(house):
    house("src/base/CMakeLists.txt", "stele_library(base LINK fmt::fmt)\n")
    house("src/net/CMakeLists.txt", "stele_library(net DEPENDS base\n  LINK uring)\n")
    house("src/server/demo/CMakeLists.txt", "stele_library(demo DEPENDS base)\n")
    house("src/server/CMakeLists.txt", "stele_library(server DEPENDS net demo)\n")
    assert arrows.broken_in_cmake() == []
    house("src/base/CMakeLists.txt", "stele_library(base DEPENDS net)\n")
    assert arrows.broken_in_cmake() == ["src/base/CMakeLists.txt: base/ may not depend on net"]


def test_third_party(house):
    house("src/json/a.cc", "#include <simdjson.h>\n")
    house("src/json/a.h", "#include <simdjson.h>\n")
    house("src/json/b.h", '#include "json/a.h"\n')
    assert third_party.misplaced() == []
    house("src/net/b.cc", '#include "json/b.h"\n')
    house("src/net/a.cc", "#include <boost/asio/ip/tcp.hpp>\n#include <simdjson.h>\n")
    assert third_party.misplaced() == [
        "src/json/a.h:1: <simdjson.h> reaches src/net/b.cc",
        "src/net/a.cc:1: <boost/asio/ip/tcp.hpp> belongs to no folder",
        "src/net/a.cc:2: <simdjson.h> belongs to src/json/",
    ]


def test_sizes(house):
    house("src/base/a.cc", "x" * (40 * 1024))
    house("a.py", "def short():\n" + "    pass\n" * 69)
    house("src/base/a_test.cc", "TEST(A, b) {\n" + "  ;\n" * 68 + "}\n")
    assert sizes.files_too_large() + sizes.python_functions_too_long() + sizes.functions_too_long() == []
    house("src/base/b.cc", "x" * (40 * 1024 + 1))
    house("b.py", "def long():\n" + "    pass\n" * 70)
    house("src/base/b_test.cc", "TEST(A, b) {\n" + "  ;\n" * 69 + "}\n")
    assert sizes.files_too_large() == ["src/base/b.cc: 40961 bytes, more than 40960"]
    assert sizes.python_functions_too_long() == ["b.py:1: long has 71 lines"]
    assert sizes.functions_too_long() == ["src/base/b_test.cc:1: 71 lines"]


def test_words(house):
    house("src/base/a.h", "class Gate {};\n")
    assert words.unwanted() == []
    house("src/base/a.h", "class GateManager {};\n// TO" "DO later\n")
    house("src/base/string_util.h", "\n")
    assert [place.split(": ")[0] for place in words.unwanted()] == [
        "src/base/a.h:1",
        "src/base/a.h:2",
        "src/base/string_util.h",
    ]


@pytest.mark.skipif(not shutil.which("clang-format-19"), reason="clang-format-19 is not installed")
def test_format(house):
    house("a.cc", "int a() { return 1; }\n")
    assert format.unformatted() == []
    house("b.cc", "int  b( ) {return 1;}\n")
    assert [place.split(":")[0] for place in format.unformatted()] == ["b.cc"]


@pytest.mark.skipif(not shutil.which("clang++-19"), reason="clang++-19 is not installed")
def test_headers(house):
    house("src/base/a.h", "#pragma once\n#include <string>\nstd::string a();\n")
    house("src/base/b.h", "#pragma once\nstd::string b();\n")
    assert any("src/base/b.h:2" in place for place in headers.not_self_contained())
    house("src/base/b.h", "#pragma once\n#include <string>\nstd::string b();\n")
    assert headers.not_self_contained() == []


def test_clang_tidy_knows_the_files_that_are_compiled_as_one(house):
    house("build/debug/joined/base/base_0.cc", '#include "base/a.cc"\n#include "base/b.cc"\n')
    entries = [{"file": os.path.abspath(path), "command": f"clang++-19 -D{define} -o x.o -c {path}"}
               for path, define in [("build/debug/joined/base/base_0.cc", "X"), ("src/base/c.cc", "Y")]]
    house("build/debug/compile_commands.json", json.dumps(entries))
    assert clang.flags_of_files() == {"src/base/a.cc": ["-DX"], "src/base/b.cc": ["-DX"], "src/base/c.cc": ["-DY"]}


@pytest.mark.skipif(not shutil.which(clang.TOOL), reason="clang-tidy-19 is not installed")
def test_clang_tidy_checks_files_of_several_folders_together(house, monkeypatch):
    paths = ["src/base/a.cc", "src/base/b.cc", "src/net/a.cc", "src/server/a.cc"]
    text = '#include "base/a.h"\nnamespace stele::NAME {\nnamespace {\nint same;\n}\nint* place() { return &same; }\n}\n'
    house(".clang-tidy", "Checks: '-*,performance-for-range-copy'\nWarningsAsErrors: '*'\n"
          "CheckOptions:\n  readability-identifier-naming.ClassCase: CamelCase\n")
    house("src/base/a.h", "#pragma once\n#include <string>\n#include <vector>\n")
    for path in paths:
        house(path, text.replace("NAME", path.split("/")[1]))
    entries = [{"file": os.path.abspath(p), "command": f"clang++-19 -std=c++23 -Isrc -o x.o -c {os.path.abspath(p)}"} for p in paths]
    house("build/debug/compile_commands.json", json.dumps(entries))
    runs = []
    run = clang.run
    monkeypatch.setattr(clang, "run", lambda path, *more: runs.append(path) or run(path, *more))

    assert clang.findings() == []
    names = "build/debug/tidy/names_in_headers.cc"
    assert sorted(runs) == [names, "build/debug/tidy/src_base_a.cc", "src/base/b.cc"]
    assert clang.findings() == [] and len(runs) == 3  # kept

    bad = '#include "base/a.h"\nint bad(const std::vector<std::string>& all) {\n  int n = 0;\n  for (auto s : all) n += s.empty();\n  return n;\n}\n'
    house("src/net/a.cc", bad)
    house("src/server/a.cc", "int same;\nint same;\n")  # nothing that includes it compiles
    found = clang.findings()
    assert [place.split(": ")[0] for place in found] == ["src/net/a.cc:4", "src/server/a.cc:2"]

    house("src/base/b.h", "#pragma once\nclass bad_name {};\n")
    assert "src/base/b.h:2" in [place.split(": ")[0] for place in clang.findings()]
