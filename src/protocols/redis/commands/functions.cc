// FUNCTION, FCALL: libraries of functions in Lua.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <string>
#include <vector>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/glob.h"
#include "protocols/redis/commands/script_run.h"
#include "protocols/redis/commands/table.h"
#include "protocols/redis/lua/shebang.h"
#include "protocols/redis/rdb/decode.h"
#include "protocols/redis/rdb/encode.h"
#include "protocols/redis/rdb/reader.h"
#include "protocols/redis/rdb/types.h"
#include "protocols/redis/scripts/restore.h"

namespace stele::redis {

namespace {

void fail_size(Call& call) {
  call.fail(
      fmt::format("unknown subcommand or wrong number of arguments for '{}'. Try FUNCTION HELP.", call[1]));
}

void function_load(Call& call) {
  bool replaces = false;
  for (std::size_t i = 2; i + 1 < call.size(); ++i) {
    if (!call.is(i, "REPLACE")) return call.fail("Unknown option given: " + std::string(call[i]));
    replaces = true;
  }
  ScriptRun run;
  run.name = "load";
  run.is_function = true;
  call.head().scripts().interpreter();  // whose client the commands of functions see
  CommandHost host(call, run);
  const auto name = call.head().functions().load(host, call[call.size() - 1], replaces);
  if (!name) return call.fail(name.error());
  call.reply().bulk(*name);
}

void function_delete(Call& call) {
  if (!call.head().functions().remove(call[2])) return call.fail("Library not found");
  call.reply().ok();
}

void function_flush(Call& call) {
  if (call.size() > 3) return fail_size(call);
  if (call.size() == 3 && !call.is(2, "ASYNC") && !call.is(2, "SYNC")) {
    return call.fail("FUNCTION FLUSH only supports SYNC|ASYNC option");
  }
  call.head().functions().flush();
  call.reply().ok();
}

void function_dump(Call& call) {
  std::string bytes;
  for (const auto& library : call.head().functions().libraries()) {
    bytes += static_cast<char>(rdb::Opcode::kFunction);
    rdb::append_string(bytes, library->code);
  }
  call.reply().bulk(rdb::make_payload(std::move(bytes), rdb::kVersionWritten));
}

Result<std::vector<std::string>> read_libraries(std::string_view bytes) {
  std::deque<std::string> texts;
  rdb::Reader in(bytes, texts, rdb::decoded_bytes_max(bytes.size()));
  std::vector<std::string> codes;
  while (in.remaining() > 0) {
    if (static_cast<rdb::Opcode>(in.byte()) != rdb::Opcode::kFunction) {
      return make_error(ErrorCode::kInvalidArgument, "given type is not a function");
    }
    codes.emplace_back(in.string());
  }
  if (!in.ok()) return make_error(ErrorCode::kInvalidArgument, "Failed loading library payload");
  return codes;
}

void function_restore(Call& call) {
  if (call.size() > 4) return fail_size(call);
  RestorePolicy policy = RestorePolicy::kAppend;
  if (call.size() == 4 && call.is(3, "REPLACE")) {
    policy = RestorePolicy::kReplace;
  } else if (call.size() == 4 && call.is(3, "FLUSH")) {
    policy = RestorePolicy::kFlush;
  } else if (call.size() == 4 && !call.is(3, "APPEND")) {
    return call.fail("Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.");
  }
  const auto payload = rdb::open_payload(call[2]);
  if (!payload) return call.fail("DUMP payload version or checksum are wrong");
  STELE_REDIS_TRY(const std::vector<std::string> codes, call, read_libraries(payload->value));
  ScriptRun run;
  run.name = "restore";
  run.is_function = true;
  call.head().scripts().interpreter();
  CommandHost host(call, run);
  const auto restored = restore_libraries(call.head().functions(), host, codes, policy);
  if (!restored) return call.fail(restored.error());
  call.reply().ok();
}

void answer_flags(wire::ReplyWriter& reply, std::uint32_t flags) {
  constexpr std::array<std::string_view, 5> kNames = {"no-writes", "allow-oom", "allow-stale", "no-cluster",
                                                      "allow-cross-slot-keys"};
  std::vector<std::string_view> names;
  for (const std::string_view name : kNames) {
    if ((flags & lua::script_flag_of(name)) != 0) names.push_back(name);
  }
  reply.set(names.size());
  for (const std::string_view name : names) reply.bulk(name);
}

void answer_library(wire::ReplyWriter& reply, const Library& library, bool with_code) {
  reply.map(with_code ? 4 : 3);
  reply.bulk("library_name");
  reply.bulk(library.name);
  reply.bulk("engine");
  reply.bulk("LUA");
  reply.bulk("functions");
  reply.array(library.functions.size());
  for (const lua::RegisteredFunction& function : library.functions) {
    reply.map(3);
    reply.bulk("name");
    reply.bulk(function.name);
    reply.bulk("description");
    function.description.empty() ? reply.null() : reply.bulk(function.description);
    reply.bulk("flags");
    answer_flags(reply, function.flags);
  }
  if (!with_code) return;
  reply.bulk("library_code");
  reply.bulk(library.code);
}

void function_list(Call& call) {
  bool with_code = false;
  std::optional<std::string_view> pattern;
  for (std::size_t i = 2; i < call.size(); ++i) {
    if (call.is(i, "WITHCODE") && !with_code) {
      with_code = true;
    } else if (call.is(i, "LIBRARYNAME") && !pattern) {
      if (i + 1 == call.size()) return call.fail("library name argument was not given");
      pattern = call[++i];
    } else {
      return call.fail("Unknown argument " + std::string(call[i]));
    }
  }
  auto libraries = call.head().functions().libraries();
  if (pattern) {
    std::erase_if(libraries,
                  [&](const auto& each) { return !fits_glob_ignoring_case(*pattern, each->name); });
  }
  call.reply().array(libraries.size());
  for (const auto& library : libraries) answer_library(call.reply(), *library, with_code);
}

// Each word ends with a NUL.
void answer_words(wire::ReplyWriter& reply, std::string_view words) {
  reply.array(static_cast<std::size_t>(std::ranges::count(words, '\0')));
  while (!words.empty()) {
    const std::size_t end = words.find('\0');
    reply.bulk(words.substr(0, end));
    words.remove_prefix(end + 1);
  }
}

void function_stats(Call& call) {
  wire::ReplyWriter& reply = call.reply();
  const RunningScript& running = call.head().scripts().running();
  const auto shown = running.shown();
  reply.map(2);
  reply.bulk("running_script");
  if (shown && running.is_function()) {
    reply.map(3);
    reply.bulk("name");
    reply.bulk(shown->name);
    reply.bulk("command");
    answer_words(reply, shown->request);
    reply.bulk("duration_ms");
    reply.integer(std::chrono::duration_cast<std::chrono::milliseconds>(shown->since).count());
  } else {
    reply.null();
  }
  std::int64_t functions = 0;
  const auto libraries = call.head().functions().libraries();
  for (const auto& library : libraries) functions += static_cast<std::int64_t>(library->functions.size());
  reply.bulk("engines");
  reply.map(1);
  reply.bulk("LUA");
  reply.map(2);
  reply.bulk("libraries_count");
  reply.integer(static_cast<std::int64_t>(libraries.size()));
  reply.bulk("functions_count");
  reply.integer(functions);
}

void function_kill(Call& call) {
  kill_script(call, true);
}

void fcall(Call& call) {
  const auto function = call.head().functions().find(call[1]);
  if (!function) return call.fail("Function not found");
  if (!integer_argument(call[2])) return call.fail("Bad number of keys provided");
  std::span<const std::string_view> keys;
  std::span<const std::string_view> arguments;
  if (!read_script_arguments(call, keys, arguments)) return;
  ScriptRun run;
  run.name = function->name;
  run.is_function = true;
  run.has_shebang = true;
  run.flags = function->flags;
  run.is_read_only =
      call.command().is(flag::kReadOnly) || (function->flags & lua::script_flag::kNoWrites) != 0;
  if (!may_run(call, run)) return;
  call.head().scripts().interpreter();
  Functions& functions = call.head().functions();
  CommandHost host(call, run);
  const auto problem = functions.interpreter().run(host, function->name, keys, arguments,
                                                   call.client().protocol, call.reply().out());
  functions.note_memory();
  if (problem) call.fail_with_code(*problem);
}

void function_help(Call& call) {
  constexpr std::array<std::string_view, 16> kLines = {
      "LOAD [REPLACE] <FUNCTION CODE>",
      "    Create a new library with the given library name and code.",
      "DELETE <LIBRARY NAME>",
      "    Delete the given library.",
      "LIST [LIBRARYNAME PATTERN] [WITHCODE]",
      "    Return general information on all the libraries.",
      "STATS",
      "    Return information about the current function running.",
      "KILL",
      "    Kill the current running function.",
      "FLUSH [ASYNC|SYNC]",
      "    Delete all the libraries.",
      "DUMP",
      "    Return a serialized payload representing the current libraries.",
      "RESTORE <PAYLOAD> [FLUSH|APPEND|REPLACE]",
      "    Restore the libraries represented by the given payload.",
  };
  answer_help(call, "function", kLines);
}

constexpr std::uint32_t kRuns = flag::kNoScript | flag::kStale | flag::kRunsScript;
constexpr auto kWhole = Reach::kWhole;
constexpr auto kNothing = Reach::kNothing;
constexpr std::string_view kGroup = "scripting";
constexpr std::string_view kCost = "Depends on the function that is executed.";

// Functions are no keys: loading them is no write of the keyspace, though Redis says so.
constexpr std::array kFunctionCommands = {
    Command{"function|load",
            -3,
            flag::kNoScript | flag::kDenyOom,
            {},
            kWhole,
            function_load,
            kGroup,
            "7.0.0",
            "O(1)",
            "Keeps a library of functions"},
    Command{"function|delete",
            3,
            flag::kNoScript,
            {},
            kWhole,
            function_delete,
            kGroup,
            "7.0.0",
            "O(1)",
            "Forgets a library"},
    Command{"function|flush",
            -2,
            flag::kNoScript,
            {},
            kWhole,
            function_flush,
            kGroup,
            "7.0.0",
            "O(N) where N is the number of functions",
            "Forgets all libraries"},
    Command{"function|dump",
            2,
            flag::kNoScript,
            {},
            kNothing,
            function_dump,
            kGroup,
            "7.0.0",
            "O(N) where N is the number of functions",
            "Answers all libraries in Redis' own format"},
    Command{"function|restore",
            -3,
            flag::kNoScript | flag::kDenyOom,
            {},
            kWhole,
            function_restore,
            kGroup,
            "7.0.0",
            "O(N) where N is the number of functions",
            "Loads the libraries that were dumped"},
    Command{"function|list",
            -2,
            flag::kNoScript,
            {},
            kNothing,
            function_list,
            kGroup,
            "7.0.0",
            "O(N) where N is the number of functions",
            "Lists libraries"},
    Command{"function|stats",
            2,
            flag::kNoScript | flag::kAllowBusy,
            {},
            kNothing,
            function_stats,
            kGroup,
            "7.0.0",
            "O(1)",
            "Tells what runs"},
    Command{"function|kill",
            2,
            flag::kNoScript | flag::kAllowBusy,
            {},
            kNothing,
            function_kill,
            kGroup,
            "7.0.0",
            "O(1)",
            "Ends the function that runs"},
    Command{"function|help",
            2,
            flag::kLoading | flag::kStale,
            {},
            kNothing,
            function_help,
            kGroup,
            "7.0.0",
            "O(1)",
            "Says what FUNCTION can do"},
};

constexpr std::array kCommands = {
    Command{"function",
            -2,
            0,
            {},
            kNothing,
            nullptr,
            kGroup,
            "7.0.0",
            "Depends on subcommand.",
            "Keeps libraries of functions",
            kFunctionCommands},
    Command{"fcall",
            -3,
            kRuns,
            {0, 0, 0, "RW access update", 2},
            kWhole,
            fcall,
            kGroup,
            "7.0.0",
            kCost,
            "Calls a function"},
    Command{"fcall_ro",
            -3,
            kRuns | flag::kReadOnly,
            {0, 0, 0, "RO access", 2},
            kWhole,
            fcall,
            kGroup,
            "7.0.0",
            kCost,
            "Calls a function that only reads"},
};

}  // namespace

std::span<const Command> function_commands() {
  return kCommands;
}

}  // namespace stele::redis
