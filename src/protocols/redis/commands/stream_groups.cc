// XGROUP and XACK.
#include <fmt/format.h>

#include <array>
#include <vector>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/stream_arguments.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::StreamGroupStart;
using keyspace::StreamId;

void fail_subcommand(Call& call) {
  call.fail(
      fmt::format("unknown subcommand or wrong number of arguments for '{}'. Try XGROUP HELP.", call[1]));
}

// Where the key must be, and the group too.
bool find_group(Call& call) {
  const auto info = call.group().streams().info(call.key(2));
  if (!info) {
    call.fail(info.error());
    return false;
  }
  if (!*info) {
    call.fail(
        "The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the "
        "MKSTREAM option to create an empty stream automatically.");
    return false;
  }
  return true;
}

bool has_group(Call& call) {
  if (!find_group(call)) return false;
  const auto group = call.group().streams().group(call.key(2), call[3]);
  if (group && *group) return true;
  call.fail_with_code(fmt::format("NOGROUP No such consumer group '{}' for key name '{}'", call[3], call[2]));
  return false;
}

// MKSTREAM and ENTRIESREAD behind the id.
bool read_start_options(Call& call, bool is_creation, bool& creates_stream, StreamGroupStart& start) {
  for (std::size_t i = 5; i < call.size(); ++i) {
    if (is_creation && call.is(i, "MKSTREAM")) {
      creates_stream = true;
    } else if (call.is(i, "ENTRIESREAD") && i + 1 < call.size()) {
      const auto read = integer_argument(call[++i]);
      if (!read) {
        call.fail(read.error());
        return false;
      }
      if (*read < -1) {
        call.fail("value for ENTRIESREAD must be positive or -1");
        return false;
      }
      start.entries_read.reset();
      if (*read >= 0) start.entries_read = static_cast<std::uint64_t>(*read);
    } else {
      fail_subcommand(call);
      return false;
    }
  }
  return true;
}

void xgroup_create(Call& call) {
  bool creates_stream = false;
  StreamGroupStart start;
  if (!read_start_options(call, true, creates_stream, start)) return;
  if (!creates_stream && !find_group(call)) return;
  if (call[4] != "$" && !read_stream_id(call, call[4], false, start.id.emplace())) return;
  STELE_REDIS_TRY(const bool is_new, call,
                  call.group().streams().create_group(call.key(2), call[3], start, creates_stream));
  if (!is_new) return call.fail_with_code("BUSYGROUP Consumer Group name already exists");
  call.reply().ok();
}

void xgroup_setid(Call& call) {
  bool creates_stream = false;
  StreamGroupStart start;
  if (!read_start_options(call, false, creates_stream, start)) return;
  if (!has_group(call)) return;
  if (call[4] != "$" && !read_stream_id(call, call[4], true, start.id.emplace())) return;
  const auto done = call.group().streams().set_group(call.key(2), call[3], start);
  if (!done) return call.fail(done.error());
  call.reply().ok();
}

void xgroup_destroy(Call& call) {
  if (!find_group(call)) return;
  STELE_REDIS_TRY(const bool was_there, call, call.group().streams().destroy_group(call.key(2), call[3]));
  call.reply().integer(was_there ? 1 : 0);
}

void xgroup_createconsumer(Call& call) {
  if (!has_group(call)) return;
  STELE_REDIS_TRY(const bool is_new, call,
                  call.group().streams().create_consumer(call.key(2), call[3], call[4]));
  call.reply().integer(is_new ? 1 : 0);
}

void xgroup_delconsumer(Call& call) {
  if (!has_group(call)) return;
  STELE_REDIS_TRY(const std::size_t pending, call,
                  call.group().streams().remove_consumer(call.key(2), call[3], call[4]));
  call.reply().integer(static_cast<std::int64_t>(pending));
}

void xgroup_help(Call& call) {
  constexpr auto kLines = std::to_array<std::string_view>({
      "CREATE <key> <groupname> <id|$> [option]",
      "    Create a new consumer group. Options are:",
      "    * MKSTREAM",
      "      Create the empty stream if it does not exist.",
      "    * ENTRIESREAD entries_read",
      "      Set the group's entries_read counter (internal use).",
      "CREATECONSUMER <key> <groupname> <consumer>",
      "    Create a new consumer in the specified group.",
      "DELCONSUMER <key> <groupname> <consumer>",
      "    Remove the specified consumer.",
      "DESTROY <key> <groupname>",
      "    Remove the specified group.",
      "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
      "    Set the current group ID and entries_read counter.",
  });
  answer_help(call, "xgroup", kLines);
}

void xack(Call& call) {
  const auto group = call.group().streams().group(call.key(1), call[2]);
  if (!group) return call.fail(group.error());
  if (!*group) return call.reply().integer(0);
  std::vector<StreamId> ids;
  if (!read_stream_ids(call, 3, ids)) return;
  STELE_REDIS_TRY(const std::size_t acknowledged, call,
                  call.group().streams().acknowledge(call.key(1), call[2], ids));
  call.reply().integer(static_cast<std::int64_t>(acknowledged));
}

constexpr std::uint32_t kWrite = flag::kWrite;
constexpr std::uint32_t kGrows = flag::kWrite | flag::kDenyOom;
constexpr auto kKeys = Reach::kKeys;
constexpr std::string_view kStream = "stream";
constexpr std::string_view kOne = "O(1)";
constexpr std::string_view kByPending = "O(N) where N is the number of pending entries";
constexpr KeyPositions kInsertKey = {2, 2, 1, "RW insert"};
constexpr KeyPositions kDeleteKey = {2, 2, 1, "RW delete"};

constexpr std::array kGroupCommands = {
    Command{"xgroup|create", -5, kGrows, kInsertKey, kKeys, xgroup_create, kStream, "5.0.0", kOne,
            "Creates a group of consumers"},
    Command{"xgroup|createconsumer", 5, kGrows, kInsertKey, kKeys, xgroup_createconsumer, kStream, "6.2.0",
            kOne, "Creates a consumer"},
    Command{"xgroup|delconsumer", 5, kWrite, kDeleteKey, kKeys, xgroup_delconsumer, kStream, "5.0.0", kOne,
            "Removes a consumer and what is pending for it"},
    Command{"xgroup|destroy", 4, kWrite, kDeleteKey, kKeys, xgroup_destroy, kStream, "5.0.0", kByPending,
            "Removes a group"},
    Command{"xgroup|setid",
            -5,
            kWrite,
            {2, 2, 1, "RW update"},
            kKeys,
            xgroup_setid,
            kStream,
            "5.0.0",
            kOne,
            "Sets what a group was delivered last"},
    Command{"xgroup|help",
            2,
            flag::kLoading | flag::kStale,
            {},
            Reach::kNothing,
            xgroup_help,
            kStream,
            "5.0.0",
            kOne,
            "Says what XGROUP can do"},
};

constexpr std::array kCommands = {
    Command{"xgroup",
            -2,
            0,
            {},
            Reach::kNothing,
            nullptr,
            kStream,
            "5.0.0",
            "Depends on subcommand",
            "A container for commands on groups of consumers",
            kGroupCommands},
    Command{"xack",
            -4,
            kWrite | flag::kFast,
            {1, 1, 1, "RW"},
            kKeys,
            xack,
            kStream,
            "5.0.0",
            "O(1) for each id",
            "Says that entries were dealt with"},
};

}  // namespace

std::span<const Command> stream_group_commands() {
  return kCommands;
}

}  // namespace stele::redis
