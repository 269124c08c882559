// CONFIG: the parameters that there are, and RESETSTAT.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/config_parameters.h"
#include "protocols/redis/commands/configuration_file.h"
#include "protocols/redis/commands/glob.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

void get(Call& call) {
  std::vector<const ConfigParameter*> found;
  for (const ConfigParameter& parameter : config_parameters()) {
    const bool fits = std::ranges::any_of(call.arguments(2), [&](std::string_view pattern) {
      return parameter.is_hidden ? to_lower(pattern) == parameter.name
                                 : fits_glob_ignoring_case(pattern, parameter.name);
    });
    if (fits) found.push_back(&parameter);
  }
  call.reply().map(found.size());
  for (const ConfigParameter* const parameter : found) {
    call.reply().bulk(parameter->name);
    call.reply().bulk(parameter->get(call.head()));
  }
}

void fail_for(Call& call, std::string_view name, std::string_view problem) {
  call.fail(fmt::format("CONFIG SET failed (possibly related to argument '{}') - {}", name, problem));
}

// Looks at all of them before any is set; false after an error was answered.
bool check_values(Call& call) {
  for (std::size_t i = 2; i < call.size(); i += 2) {
    const ConfigParameter* const parameter = find_config_parameter(call[i]);
    if (parameter == nullptr) {
      call.fail(fmt::format("Unknown option or number of arguments for CONFIG SET - '{}'", call[i]));
      return false;
    }
    for (std::size_t j = 2; j < i; j += 2) {
      if (find_config_parameter(call[j]) != parameter) continue;
      fail_for(call, call[i], "duplicate parameter");
      return false;
    }
    // To say again how things are changes nothing.
    const bool is_same = parameter->get(call.head()) == call[i + 1];
    if (parameter->check == nullptr && !is_same) {
      fail_for(call, call[i], "can't set immutable config");
      return false;
    }
    if (parameter->check == nullptr) continue;
    if (const auto problem = parameter->check(call[i + 1])) {
      fail_for(call, call[i], *problem);
      return false;
    }
  }
  return true;
}

void set(Call& call) {
  if (call.size() % 2 != 0) return call.fail_syntax();
  if (!check_values(call)) return;
  for (std::size_t i = 2; i < call.size(); i += 2) {
    const ConfigParameter* const parameter = find_config_parameter(call[i]);
    if (parameter->set != nullptr) parameter->set(call.head(), call[i + 1]);
  }
  call.reply().ok();
}

// Into the file that the node was started with.
void rewrite(Call& call) {
  if (call.head().services().configuration_file.empty())
    return call.fail("The server is running without a config file");
  const auto rewritten = rewrite_configuration_file(call.head());
  if (rewritten) return call.reply().ok();
  call.fail(fmt::format("Rewriting config file: {}", rewritten.error().message));
}

void resetstat(Call& call) {
  call.head().reset_statistics();
  call.reply().ok();
}

void help(Call& call) {
  constexpr std::array<std::string_view, 8> kLines = {
      "GET <pattern> [<pattern> ...]",
      "    Answer the parameters that fit, with their values.",
      "SET <parameter> <value> [<parameter> <value> ...]",
      "    Change parameters, all or none.",
      "RESETSTAT",
      "    Begin the figures of INFO anew.",
      "REWRITE",
      "    Write what has changed into the configuration file.",
  };
  answer_help(call, "config", kLines);
}

constexpr std::uint32_t kFlags =
    flag::kAdmin | flag::kNoScript | flag::kLoading | flag::kStale | flag::kDangerous;

constexpr std::array kConfigCommands = {
    Command{"config|get",
            -3,
            kFlags,
            {},
            Reach::kNothing,
            get,
            "server",
            "2.0.0",
            "O(N) where N is the number of parameters",
            "Answers parameters"},
    Command{"config|set",
            -4,
            kFlags,
            {},
            Reach::kNothing,
            set,
            "server",
            "2.0.0",
            "O(N) where N is the number of parameters",
            "Changes parameters"},
    Command{"config|resetstat",
            2,
            kFlags,
            {},
            Reach::kNothing,
            resetstat,
            "server",
            "2.0.0",
            "O(1)",
            "Begins the figures of INFO anew"},
    Command{"config|rewrite",
            2,
            kFlags,
            {},
            Reach::kNothing,
            rewrite,
            "server",
            "2.8.0",
            "O(1)",
            "Writes what has changed into the configuration file"},
    Command{"config|help",
            2,
            flag::kLoading | flag::kStale,
            {},
            Reach::kNothing,
            help,
            "server",
            "5.0.0",
            "O(1)",
            "Says what CONFIG can do"},
};

constexpr std::array kCommands = {
    Command{"config",
            -2,
            0,
            {},
            Reach::kNothing,
            nullptr,
            "server",
            "2.0.0",
            "Depends on subcommand.",
            "Answers and changes parameters",
            kConfigCommands},
};

}  // namespace

std::span<const Command> config_commands() {
  return kCommands;
}

}  // namespace stele::redis
