#include "postgres/connect_options.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include "postgres/conninfo.h"

namespace stele::postgres {

namespace {

constexpr std::string_view kDefaultSocketDirectory = "/var/run/postgresql";
constexpr std::uint16_t kDefaultPort = 5432;

Error invalid(std::string_view key, std::string_view value) {
  return make_error(ErrorCode::kInvalidArgument,
                    fmt::format("invalid value for connection option {}: \"{}\"", key, value));
}

constexpr std::array kSslModes = std::to_array<std::pair<std::string_view, SslMode>>({
    {"disable", SslMode::kDisable},
    {"allow", SslMode::kAllow},
    {"prefer", SslMode::kPrefer},
    {"require", SslMode::kRequire},
    {"verify-ca", SslMode::kVerifyCa},
    {"verify-full", SslMode::kVerifyFull},
});

// What parse() gathers before it can say where the server is.
struct Draft {
  ConnectOptions options;
  std::string hosts, ports, host_addresses, ssl_mode, connect_timeout;
};

// Options that are texts of their own.
struct TextOption {
  std::string_view key;
  std::string_view variable;  // of the environment
  std::string& (*place)(Draft& draft);
};

constexpr std::array kTextOptions = std::to_array<TextOption>({
    {"host", "PGHOST", [](Draft& d) -> std::string& { return d.hosts; }},
    {"hostaddr", "PGHOSTADDR", [](Draft& d) -> std::string& { return d.host_addresses; }},
    {"port", "PGPORT", [](Draft& d) -> std::string& { return d.ports; }},
    {"user", "PGUSER", [](Draft& d) -> std::string& { return d.options.user; }},
    {"password", "PGPASSWORD", [](Draft& d) -> std::string& { return d.options.password; }},
    {"dbname", "PGDATABASE", [](Draft& d) -> std::string& { return d.options.database; }},
    {"sslmode", "PGSSLMODE", [](Draft& d) -> std::string& { return d.ssl_mode; }},
    {"sslrootcert", "PGSSLROOTCERT", [](Draft& d) -> std::string& { return d.options.ssl_root_certificate; }},
    {"sslcert", "PGSSLCERT", [](Draft& d) -> std::string& { return d.options.ssl_certificate; }},
    {"sslkey", "PGSSLKEY", [](Draft& d) -> std::string& { return d.options.ssl_key; }},
    {"application_name", "PGAPPNAME", [](Draft& d) -> std::string& { return d.options.application_name; }},
    {"connect_timeout", "PGCONNECT_TIMEOUT", [](Draft& d) -> std::string& { return d.connect_timeout; }},
    {"replication", "", [](Draft& d) -> std::string& { return d.options.replication; }},
});

// Known to libpq, of no effect here.
constexpr std::array<std::string_view, 16> kIgnored = {
    "fallback_application_name", "keepalives",       "keepalives_idle", "keepalives_interval",
    "keepalives_count",          "tcp_user_timeout", "gssencmode",      "krbsrvname",
    "channel_binding",           "passfile",         "sslcompression",  "sslcrldir",
    "target_session_attrs",      "sslsni",           "gsslib",          "ssl_min_protocol_version"};
// Words that ask for what is missing here.
constexpr std::array kUnsupported = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"gssencmode", "require"},
    {"channel_binding", "require"},
});

Result<void> apply(Draft& draft, std::string_view key, const std::string& value) {
  const auto* known = std::ranges::find(kTextOptions, key, &TextOption::key);
  if (known != kTextOptions.end()) {
    known->place(draft) = value;
    return {};
  }
  if (key == "service" || key == "requirepeer" || key == "sslcrl" ||
      std::ranges::find(kUnsupported, std::pair(key, std::string_view(value))) != kUnsupported.end() ||
      (key == "target_session_attrs" && value != "any" && !value.empty())) {
    return make_error(ErrorCode::kUnsupported,
                      fmt::format("connection option {}={} is not supported", key, value));
  }
  if (std::ranges::find(kIgnored, key) != kIgnored.end()) return {};
  if (key == "options" || key == "client_encoding") {
    draft.options.settings.emplace_back(key, value);
    return {};
  }
  return make_error(ErrorCode::kInvalidArgument, fmt::format("invalid connection option \"{}\"", key));
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t comma = list.find(',');
    parts.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    list.remove_prefix(comma + 1);
  }
}

Result<std::uint16_t> parse_port(const std::string& text) {
  if (text.empty()) return kDefaultPort;
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port < 1 || port > 65535) {
    return invalid("port", text);
  }
  return static_cast<std::uint16_t>(port);
}

Result<void> place_addresses(Draft& draft) {
  const std::vector<std::string> hosts =
      split(draft.host_addresses.empty() ? draft.hosts : draft.host_addresses);
  const std::vector<std::string> ports = split(draft.ports);
  if (ports.size() != 1 && ports.size() != hosts.size()) return invalid("port", draft.ports);
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    STELE_TRY(const std::uint16_t port, parse_port(ports[ports.size() == 1 ? 0 : i]));
    const std::string_view host = hosts[i].empty() ? kDefaultSocketDirectory : std::string_view(hosts[i]);
    if (host.starts_with('/')) {
      draft.options.addresses.push_back({socket_path(host, port), 0});
    } else {
      draft.options.addresses.push_back({std::string(host), port});
    }
  }
  return {};
}

std::string system_user() {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return found->pw_name;
  }
  return "postgres";
}

// No NUL can travel in a startup packet.
Result<void> check_texts(const ConnectOptions& options) {
  for (const std::string* text : {&options.user, &options.password, &options.database,
                                  &options.application_name, &options.replication}) {
    if (text->find('\0') != std::string::npos) {
      return make_error(ErrorCode::kInvalidArgument, "a connection option contains a NUL");
    }
  }
  for (const auto& [name, value] : options.settings) {
    if (value.find('\0') != std::string::npos) return invalid(name, "(contains a NUL)");
  }
  return {};
}

Result<void> finish(Draft& draft) {
  STELE_RETURN_IF_ERROR(place_addresses(draft));
  if (!draft.ssl_mode.empty()) {
    STELE_TRY(draft.options.ssl_mode, parse_ssl_mode(draft.ssl_mode));
  }
  if (!draft.connect_timeout.empty()) {
    int seconds = 0;
    const char* end = draft.connect_timeout.data() + draft.connect_timeout.size();
    const auto [at, error] = std::from_chars(draft.connect_timeout.data(), end, seconds);
    if (error != std::errc() || at != end) return invalid("connect_timeout", draft.connect_timeout);
    if (seconds > 0) draft.options.connect_timeout = std::chrono::seconds(seconds);
  }
  if (!draft.host_addresses.empty() && draft.options.ssl_mode == SslMode::kVerifyFull) {
    return make_error(ErrorCode::kUnsupported,
                      "hostaddr with sslmode=verify-full is not supported: name the host");
  }
  if (draft.options.user.empty()) draft.options.user = system_user();
  if (draft.options.database.empty()) draft.options.database = draft.options.user;
  if (draft.options.ssl_root_certificate == "system") draft.options.ssl_root_certificate.clear();
  return check_texts(draft.options);
}

}  // namespace

Result<SslMode> parse_ssl_mode(std::string_view word) {
  for (const auto& [name, mode] : kSslModes) {
    if (name == word) return mode;
  }
  return invalid("sslmode", word);
}

std::string socket_path(std::string_view directory, std::uint16_t port) {
  return fmt::format("{}/.s.PGSQL.{}", directory, port);
}

Result<ConnectOptions> ConnectOptions::parse(std::string_view text, const Environment& environment) {
  Draft draft;
  for (const TextOption& option : kTextOptions) {
    if (option.variable.empty()) continue;
    if (auto value = environment(option.variable)) option.place(draft) = *std::move(value);
  }
  if (auto value = environment("PGOPTIONS"); value && !value->empty()) {
    draft.options.settings.emplace_back("options", *std::move(value));
  }
  STELE_TRY(const ConninfoPairs pairs,
            is_postgres_url(text) ? parse_postgres_url(text) : parse_conninfo(text));
  // A host that is named replaces an address of the environment.
  if (std::ranges::find(pairs, "host", &ConninfoPairs::value_type::first) != pairs.end()) {
    draft.host_addresses.clear();
  }
  for (const auto& [key, value] : pairs) STELE_RETURN_IF_ERROR(apply(draft, key, value));
  STELE_RETURN_IF_ERROR(finish(draft));
  return std::move(draft.options);
}

Result<ConnectOptions> ConnectOptions::parse(std::string_view text) {
  return parse(text, [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());  // NOLINT(concurrency-mt-unsafe)
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  });
}

std::string ConnectOptions::to_string() const {
  const std::string address = addresses.empty() ? std::string() : addresses.front().to_string();
  return fmt::format("postgres://{}@{}/{}", user, address, database);
}

}  // namespace stele::postgres
