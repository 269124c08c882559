#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stele::server {

// A port of a head: a number, 0 for any free one, or nothing for "off".
using Port = std::optional<std::uint16_t>;

// All that can be set, with its defaults. From defaults, then the file of --config, then the flags; the
// file's keys are the flags without their dashes.
struct Configuration {
  std::string data_dir = "stele-data";
  std::string config_file;
  std::string postgres;      // URL or conninfo; empty: a private PostgreSQL; "off": none
  std::string postgres_bin;  // folder of initdb and postgres for the private one; empty: the newest found
  std::string listen = "127.0.0.1";
  Port sql_port = 6432;
  Port redis_port = 6379;
  std::string redis_key_classes;  // see views::parse_key_classes
  std::string redis_password;     // what AUTH asks for; empty: nothing
  std::string redis_config;       // parameters in the form of redis.conf; empty: none
  std::string redis_acl_file;     // users of Redis' head; empty: none
  Port elastic_port = 9200;
  Port qdrant_port = 6333;
  Port qdrant_grpc_port = 6334;
  Port console_port = 8800;
  std::string qdrant_api_key;   // empty: nobody is asked for one
  std::string tls_certificate;  // PEM files for the SQL and Redis heads; empty: no TLS offered
  std::string tls_key;
  bool demo = false;
  std::string ready_file;
  std::size_t threads = 0;               // reactors; 0: one a core
  std::size_t search_threads = 0;        // workers for searches; 0: one a core
  std::size_t collection_memory = 0;     // MB that one collection may hold; 0: no limit
  std::size_t connections_max = 10'000;  // of each head
  std::size_t request_memory = 0;        // MB of all HTTP requests together; 0: a quarter of the machine's
  std::string log_level = "info";
};

// One setting: how it is called, what it says in --help, how its text becomes a value.
struct Setting {
  std::string_view name;      // without dashes
  std::string_view argument;  // "" for a switch
  std::string_view help;
  Result<void> (*apply)(Configuration&, std::string_view value);
};

// Every setting, in the order of --help.
std::span<const Setting> settings();

// Reads "--name value", "--name=value" and switches; what is no flag is returned in `rest`, in order. The
// file of
// --config is read first, wherever the flag stands. kInvalidArgument names the flag, or the file and key.
Result<Configuration> configure(std::span<const std::string> arguments, std::vector<std::string>& rest);

}  // namespace stele::server
