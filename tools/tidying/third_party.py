"""Heavy headers of others stay inside the one folder that wraps them: no file of another folder reads them, not even
by way of a header of that folder."""

from tidying import tree

# What an include begins with -> where it may stand. An empty list: nowhere below src/.
HOMES = {
    "simdjson.h": ["src/json/"],
    "spdlog/": ["src/base/"],
    "xxhash.h": ["src/io/"],
    "openssl/": ["src/crypto/"],
    "liburing.h": ["src/net/"],
    "zlib.h": ["src/net/", "src/server/demo/"],
    "nghttp2/": ["src/net/"],
    "boost/asio": [],
    "boost/beast": ["src/net/"],
    "unicode/": ["src/text/"],
    "libstemmer.h": ["src/text/"],
    "yaml-cpp/": ["src/server/"],
    "jemalloc/": ["src/server/"],
    "hwy/": ["src/engine/"],
    "roaring/": ["src/engine/"],
    "google/protobuf": ["src/protocols/qdrant/"],
    "lua": ["src/protocols/redis/"],
    "pg_query.h": ["src/protocols/sql/"],
    "libpq-fe.h": [],
    "nlohmann/": [],
    "rapidjson/": [],
}


def misplaced():
    places = []
    for path in tree.cpp_files("src/"):
        for line, quoted, name in tree.includes(path):
            for prefix, homes in HOMES.items():
                if quoted or not name.startswith(prefix):
                    continue
                home = next((home for home in homes if path.startswith(home)), None)
                if home is None:
                    places.append(f"{path}:{line}: <{name}> belongs to {' or '.join(homes) or 'no folder'}")
                elif path.endswith(".h"):
                    places += [f"{path}:{line}: <{name}> reaches {reader}" for reader in readers(path, home)[:1]]
    return places


def readers(header, home):
    """The files outside of `home` that read `header`."""
    return [path for path in tree.cpp_files() if not path.startswith(home) and header in tree.closure(path)]
