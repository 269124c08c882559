#include "server/configuration.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <array>
#include <charconv>

#include "views/keys/keys_options.h"

namespace stele::server {

namespace {

Error invalid(std::string_view value, std::string_view wanted) {
  return make_error(ErrorCode::kInvalidArgument, fmt::format("\"{}\" is not {}", value, wanted));
}

template <class Integer>
Result<Integer> parse_integer(std::string_view text, std::string_view wanted) {
  Integer value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return invalid(text, wanted);
  return value;
}

template <std::string Configuration::* Member>
Result<void> set_text(Configuration& configuration, std::string_view value) {
  configuration.*Member = value;
  return {};
}

template <Port Configuration::* Member>
Result<void> set_port(Configuration& configuration, std::string_view value) {
  if (value == "off") {
    configuration.*Member = std::nullopt;
    return {};
  }
  STELE_TRY(configuration.*Member, parse_integer<std::uint16_t>(value, "a port (0 to 65535) or \"off\""));
  return {};
}

template <std::size_t Configuration::* Member>
Result<void> set_count(Configuration& configuration, std::string_view value) {
  STELE_TRY(configuration.*Member, parse_integer<std::size_t>(value, "a number"));
  return {};
}

Result<void> set_demo(Configuration& configuration, std::string_view value) {
  if (value != "" && value != "true" && value != "false") return invalid(value, "true or false");
  configuration.demo = value != "false";
  return {};
}

Result<void> set_key_classes(Configuration& configuration, std::string_view value) {
  views::KeysOptions parsed;
  STELE_RETURN_IF_ERROR(views::parse_key_classes(value, parsed));
  configuration.redis_key_classes = value;
  return {};
}

using C = Configuration;
constexpr std::array kSettings = {
    Setting{"data-dir", "DIR", "where this node keeps its files (locked; default stele-data)",
            set_text<&C::data_dir>},
    Setting{"config", "FILE", "YAML file of these settings, by their names", set_text<&C::config_file>},
    Setting{"postgres", "URL|off",
            "the PostgreSQL to serve; none given: a private one is started in DIR; off: Redis alone, keys in "
            "memory",
            set_text<&C::postgres>},
    Setting{"postgres-bin", "DIR",
            "binaries for the private PostgreSQL (14 or newer; default: the newest found)",
            set_text<&C::postgres_bin>},
    Setting{"listen", "HOST", "address to listen on (default 127.0.0.1)", set_text<&C::listen>},
    Setting{"sql-port", "PORT", "PostgreSQL's protocol (default 6432; 0 = any free port, off = not served)",
            set_port<&C::sql_port>},
    Setting{"redis-port", "PORT", "Redis' protocol (default 6379)", set_port<&C::redis_port>},
    Setting{"redis-password", "TEXT",
            "what Redis clients must say by AUTH (better in the file of --config; default: nothing is asked)",
            set_text<&C::redis_password>},
    Setting{"redis-config", "FILE",
            "parameters of Redis' protocol in the form of redis.conf, for CONFIG REWRITE too (default: none)",
            set_text<&C::redis_config>},
    Setting{"redis-acl-file", "FILE", "users of Redis' protocol, as ACL SAVE writes them (default: none)",
            set_text<&C::redis_acl_file>},
    Setting{"redis-key-classes", "RULES",
            "how safe keys are, by prefix: durable,cache:=cache,session:=durable-sync (default: all durable)",
            set_key_classes},
    Setting{"elastic-port", "PORT", "Elasticsearch's REST API (default 9200)", set_port<&C::elastic_port>},
    Setting{"qdrant-port", "PORT", "Qdrant's REST API (default 6333)", set_port<&C::qdrant_port>},
    Setting{"qdrant-api-key", "KEY", "what Qdrant's clients must show as api-key (default: nothing)",
            set_text<&C::qdrant_api_key>},
    Setting{"qdrant-grpc-port", "PORT", "Qdrant's gRPC API (not served yet)", set_port<&C::qdrant_grpc_port>},
    Setting{"console-port", "PORT", "health, metrics and status (default 8800)", set_port<&C::console_port>},
    Setting{"tls-certificate", "FILE", "PEM certificate chain: the SQL and Redis heads offer TLS",
            set_text<&C::tls_certificate>},
    Setting{"tls-key", "FILE", "PEM private key of the certificate", set_text<&C::tls_key>},
    Setting{"demo", "", "load the machine's Debian package catalogue and say what to try", set_demo},
    Setting{"ready-file", "FILE", "written once all is ready: one JSON object with the ports",
            set_text<&C::ready_file>},
    Setting{"threads", "N", "reactors that serve connections (default: one a core; half of them serve SQL)",
            set_count<&C::threads>},
    Setting{"search-threads", "N", "workers that run searches (default: one a core)",
            set_count<&C::search_threads>},
    Setting{"collection-memory", "MB",
            "what the view of one table may hold; one that needs more fails (default 0: no limit)",
            set_count<&C::collection_memory>},
    Setting{"connections-max", "N", "connections of each head (default 10000)",
            set_count<&C::connections_max>},
    Setting{
        "request-memory", "MB",
        "what all HTTP requests under way may hold together, each byte of a body counted twice (default: a "
        "quarter of the machine's memory)",
        set_count<&C::request_memory>},
    Setting{"log-level", "LEVEL", "debug, info, warn or error (default info)", set_text<&C::log_level>},
};

const Setting* find_setting(std::string_view name) {
  for (const Setting& setting : kSettings) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

Result<void> apply(Configuration& configuration, const Setting& setting, std::string_view value,
                   std::string_view where) {
  auto applied = setting.apply(configuration, value);
  if (applied) return {};
  return make_error(ErrorCode::kInvalidArgument,
                    fmt::format("{}{}: {}", where, setting.name, applied.error().message));
}

Result<void> apply_file(Configuration& configuration, const std::string& path) {
  // yaml-cpp throws; it goes no further than here.
  try {
    const YAML::Node root = YAML::LoadFile(path);
    if (!root.IsMap()) return make_error(ErrorCode::kInvalidArgument, path + ": not a map of settings");
    for (const auto& entry : root) {
      const auto name = entry.first.as<std::string>();
      const Setting* setting = find_setting(name);
      if (setting == nullptr || name == "config") {
        return make_error(ErrorCode::kInvalidArgument, fmt::format("{}: unknown setting \"{}\"", path, name));
      }
      STELE_RETURN_IF_ERROR(apply(configuration, *setting, entry.second.as<std::string>(), path + ": "));
    }
  } catch (const YAML::Exception& problem) {
    return make_error(ErrorCode::kInvalidArgument, fmt::format("{}: {}", path, problem.what()));
  }
  return {};
}

struct Flag {
  const Setting* setting;
  std::string value;
};

// Splits the arguments into flags with their values and the rest.
Result<std::vector<Flag>> read_flags(std::span<const std::string> arguments, std::vector<std::string>& rest) {
  std::vector<Flag> flags;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (!argument.starts_with("--")) {
      rest.emplace_back(argument);
      continue;
    }
    const std::size_t equals = argument.find('=');
    const std::string_view name = argument.substr(2, equals == std::string_view::npos ? equals : equals - 2);
    const Setting* setting = find_setting(name);
    if (setting == nullptr) {
      return make_error(ErrorCode::kInvalidArgument, fmt::format("unknown flag --{}", name));
    }
    Flag flag{setting, {}};
    if (equals != std::string_view::npos) {
      flag.value = argument.substr(equals + 1);
    } else if (!setting->argument.empty()) {
      if (++i == arguments.size()) {
        return make_error(ErrorCode::kInvalidArgument,
                          fmt::format("--{} needs a value: {}", name, setting->argument));
      }
      flag.value = arguments[i];
    }
    flags.push_back(std::move(flag));
  }
  return flags;
}

}  // namespace

std::span<const Setting> settings() {
  return kSettings;
}

Result<Configuration> configure(std::span<const std::string> arguments, std::vector<std::string>& rest) {
  STELE_TRY(const std::vector<Flag> flags, read_flags(arguments, rest));
  Configuration configuration;
  for (const Flag& flag : flags) {
    if (flag.setting->name == "config") STELE_RETURN_IF_ERROR(apply_file(configuration, flag.value));
  }
  for (const Flag& flag : flags) {
    STELE_RETURN_IF_ERROR(apply(configuration, *flag.setting, flag.value, "--"));
  }
  return configuration;
}

}  // namespace stele::server
