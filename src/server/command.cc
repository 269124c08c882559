#include "server/command.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <utility>

#include "base/log.h"
#include "server/cli_client.h"
#include "server/demo_load.h"
#include "server/doctor.h"
#include "server/import/import.h"
#include "server/publish.h"
#include "server/serve.h"
#include "server/status.h"
#include "server/tour/tour.h"

namespace stele::server {

namespace {

using Arguments = std::vector<std::string>;

Result<void> serve(const Configuration& configuration, const Arguments&) {
  return run_serve(configuration);
}

Result<void> doctor(const Configuration& configuration, const Arguments&) {
  return run_doctor(configuration);
}

Result<void> status(const Configuration& configuration, const Arguments&) {
  return run_status(configuration);
}

Result<void> publish(const Configuration& configuration, const Arguments& arguments) {
  return run_publish(configuration, arguments[0], arguments.size() > 1 ? arguments[1] : "{}");
}

Result<void> demo(const Configuration& configuration, const Arguments& arguments) {
  if (arguments[0] != "load") {
    return make_error(ErrorCode::kInvalidArgument,
                      fmt::format("unknown demo command \"{}\": load", arguments[0]));
  }
  return run_demo_load(configuration);
}

Result<void> tour(const Configuration& configuration, const Arguments& arguments) {
  STELE_TRY(TourLevel level, find_level(arguments.empty() ? "1" : arguments[0]));
  const auto address = [&](const Port& port) { return net::Address{configuration.listen, port.value_or(0)}; };
  TourServers servers{.redis = address(configuration.redis_port),
                      .elastic = address(configuration.elastic_port),
                      .qdrant = address(configuration.qdrant_port),
                      .redis_password = configuration.redis_password};
  STELE_TRY(servers.sql, sql_options(configuration));
  return run_to_end([&] { return take_tour(servers, level); });
}

Result<void> import(const Configuration& configuration, const Arguments& arguments) {
  return run_import(configuration, arguments[0], arguments.size() > 1 ? arguments[1] : "");
}

Result<void> print_version(const Configuration&, const Arguments&) {
  fmt::print("stele {}\n", version());
  return {};
}

constexpr std::array kCommands = {
    Command{"serve", "", "serve PostgreSQL over every head, in the foreground", 0, 0, serve},
    Command{"doctor", "", "check what Stele needs of the PostgreSQL of --postgres (or of a running node's)",
            0, 0, doctor},
    Command{"status", "", "show a running node's collections and how far its views are", 0, 0, status},
    Command{"publish", "TABLE [OPTIONS]", "make a table a collection (OPTIONS: a JSON object)", 1, 2,
            publish},
    Command{
        "import", "SOURCE [once]",
        "copy redis://user:password@host:port/database (rediss: TLS; no database: all), or an RDB file, into "
        "the node at --redis-port; a live Redis is followed until Ctrl-C, with \"once\" only until its keys "
        "are here; keys are replaced, so that it may be begun anew at any time",
        1, 2, import},
    Command{"demo", "load", "load the machine's Debian package catalogue into a running node", 1, 1, demo},
    Command{"tour", "[LEVEL|FILE]", "show a level's steps against a running node, and keep the evidence", 0,
            1, tour},
    Command{"version", "", "print the version", 0, 0, print_version},
};

const Command* find_command(std::string_view name) {
  for (const Command& command : kCommands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

// Not understood: status 2, and where to look.
int misunderstood(std::string_view problem) {
  fmt::print(stderr, "stele: {}\nTry 'stele --help'.\n", problem);
  return 2;
}

}  // namespace

std::span<const Command> commands() {
  return kCommands;
}

std::string_view version() {
  return STELE_VERSION;
}

std::string help_text() {
  std::string text =
      "Stele serves one PostgreSQL to SQL, Redis, Elasticsearch and Qdrant clients.\n\nUsage: stele COMMAND "
      "[SETTINGS]\n\n";
  for (const Command& command : kCommands) {
    text += fmt::format("  {:26} {}\n", fmt::format("{} {}", command.name, command.arguments), command.help);
  }
  text += "\nSettings (also keys of --config, without dashes):\n";
  for (const Setting& setting : settings()) {
    text += fmt::format("  {:26} {}\n", fmt::format("--{} {}", setting.name, setting.argument), setting.help);
  }
  return text;
}

int run_command_line(std::span<const std::string> arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--help" || argument == "-h" || argument == "help") {
      fmt::print("{}", help_text());
      return 0;
    }
    if (argument == "--version") {
      fmt::print("stele {}\n", version());
      return 0;
    }
  }
  Arguments rest;
  const auto configuration = configure(arguments, rest);
  if (!configuration) return misunderstood(configuration.error().message);
  if (rest.empty()) return misunderstood("which command?");
  const Command* command = find_command(rest.front());
  if (command == nullptr) return misunderstood(fmt::format("unknown command \"{}\"", rest.front()));
  rest.erase(rest.begin());
  if (rest.size() < command->arguments_min || rest.size() > command->arguments_max) {
    return misunderstood(fmt::format("usage: stele {} {}", command->name, command->arguments));
  }
  if (!set_log_level(std::string_view(configuration->log_level))) {
    return misunderstood(
        fmt::format("--log-level: \"{}\" is not debug, info, warn or error", configuration->log_level));
  }
  const auto done = command->run(*configuration, rest);
  if (done) return 0;
  fmt::print(stderr, "stele: {}\n", done.error().message);
  return 1;
}

}  // namespace stele::server
