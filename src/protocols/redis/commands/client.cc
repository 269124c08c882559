// CLIENT: what a connection says of itself, and who else is there.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/client_line.h"
#include "protocols/redis/commands/client_names.h"
#include "protocols/redis/commands/client_tracking.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using Records = std::vector<std::shared_ptr<ClientRecord>>;

constexpr std::int64_t kPauseMsMax = 1000LL * 3600 * 24 * 365;

void setname(Call& call) {
  if (!is_client_name(call[2])) return call.fail(kBadClientName);
  set_client_name(call.client(), call[2]);
  call.reply().ok();
}

void getname(Call& call) {
  const std::string name = call.client().record->names().name;
  name.empty() ? call.reply().null() : call.reply().bulk(name);
}

void setinfo(Call& call) {
  const bool is_name = call.is(2, "LIB-NAME");
  if (!is_name && !call.is(2, "LIB-VER")) {
    return call.fail(fmt::format("Unrecognized option '{}'", call[2]));
  }
  if (!is_client_name(call[3])) {
    return call.fail(fmt::format("{} cannot contain spaces, newlines or special characters.",
                                 is_name ? "lib-name" : "lib-ver"));
  }
  ClientRecord& record = *call.client().record;
  ClientRecord::Names names = record.names();
  (is_name ? names.library : names.library_version) = call[3];
  record.set_names(std::move(names));
  call.reply().ok();
}

void id(Call& call) {
  call.reply().integer(static_cast<std::int64_t>(call.client().record->id));
}

void info(Call& call) {
  call.reply().verbatim(client_line(*call.client().record, call.head().services().clock->now()) + "\n");
}

// Of the types that there are: a subscriber, or none.
bool is_of_type(const ClientRecord& record, std::string_view type) {
  return is_word(type, "PUBSUB") ? record.is_subscriber()
                                 : is_word(type, "NORMAL") && !record.is_subscriber();
}

bool is_client_type(std::string_view type) {
  return is_word(type, "NORMAL") || is_word(type, "MASTER") || is_word(type, "REPLICA") ||
         is_word(type, "SLAVE") || is_word(type, "PUBSUB");
}

void list(Call& call) {
  Records records = call.head().clients().all();
  if (call.size() == 4 && call.is(2, "TYPE")) {
    if (!is_client_type(call[3])) return call.fail(fmt::format("Unknown client type '{}'", call[3]));
    std::erase_if(records, [&](const auto& each) { return !is_of_type(*each, call[3]); });
  } else if (call.size() > 3 && call.is(2, "ID")) {
    std::vector<std::uint64_t> wanted;
    for (const std::string_view text : call.arguments(3)) {
      const auto number = integer_argument(text);
      if (!number || *number <= 0) return call.fail("Invalid client ID");
      wanted.push_back(static_cast<std::uint64_t>(*number));
    }
    std::erase_if(records,
                  [&](const auto& each) { return std::ranges::find(wanted, each->id) == wanted.end(); });
  } else if (call.size() != 2) {
    return call.fail_syntax();
  }
  std::string lines;
  for (const auto& record : records) {
    lines += client_line(*record, call.head().services().clock->now()) + "\n";
  }
  call.reply().verbatim(lines);
}

struct KillFilter {
  std::optional<std::uint64_t> id;
  std::optional<std::string_view> address;
  std::optional<std::string_view> local_address;
  std::optional<std::string_view> type;
  std::optional<std::string_view> user;
  bool skips_me = true;

  bool fits(const ClientRecord& record) const {
    return (!id || *id == record.id) && (!address || *address == record.address) &&
           (!local_address || *local_address == record.local_address) &&
           (!type || is_of_type(record, *type)) && (!user || *user == record.user()->name());
  }
};

bool read_kill_filter(Call& call, KillFilter& filter) {
  for (std::size_t i = 2; i < call.size(); i += 2) {
    const std::string_view value = i + 1 < call.size() ? call[i + 1] : std::string_view();
    if (i + 1 == call.size()) {
      call.fail_syntax();
      return false;
    }
    if (call.is(i, "ID")) {
      const auto number = integer_argument(value);
      if (!number || *number <= 0) {
        call.fail("client-id should be greater than 0");
        return false;
      }
      filter.id = static_cast<std::uint64_t>(*number);
    } else if (call.is(i, "ADDR")) {
      filter.address = value;
    } else if (call.is(i, "LADDR")) {
      filter.local_address = value;
    } else if (call.is(i, "USER")) {
      filter.user = value;
      if (call.head().users().find(value) == nullptr) {
        call.fail(fmt::format("No such user '{}'", value));
        return false;
      }
    } else if (call.is(i, "TYPE") && is_client_type(value)) {
      filter.type = value;
    } else if (call.is(i, "SKIPME") && (is_word(value, "YES") || is_word(value, "NO"))) {
      filter.skips_me = is_word(value, "YES");
    } else {
      call.is(i, "TYPE") ? call.fail(fmt::format("Unknown client type '{}'", value)) : call.fail_syntax();
      return false;
    }
  }
  return true;
}

void kill(Call& call) {
  KillFilter filter;
  const bool is_old_form = call.size() == 3;
  if (is_old_form) {
    filter.address = call[2];
    filter.skips_me = false;
  } else if (!read_kill_filter(call, filter)) {
    return;
  }
  std::int64_t killed = 0;
  for (const auto& record : call.head().clients().all()) {
    const bool is_me = record->id == call.client().record->id;
    if (!filter.fits(*record) || (is_me && filter.skips_me)) continue;
    if (is_me) {
      call.client().is_closing = true;
    } else {
      call.head().clients().remove(record->id);
      record->end();
    }
    ++killed;
  }
  if (!is_old_form) return call.reply().integer(killed);
  killed > 0 ? call.reply().ok() : call.fail("No such client");
}

void pause(Call& call) {
  if (call.size() > 4) return call.fail_syntax();
  const bool is_for_writes = call.size() == 4 && call.is(3, "WRITE");
  if (call.size() == 4 && !is_for_writes && !call.is(3, "ALL")) return call.fail_syntax();
  const auto ms = integer_argument(call[2]);
  if (!ms || *ms > kPauseMsMax) return call.fail("timeout is not an integer or out of range");
  if (*ms < 0) return call.fail("timeout is negative");
  Settings& settings = call.head().settings();
  const TimePoint now = std::chrono::steady_clock::now();
  const TimePoint until = now + std::chrono::milliseconds(*ms);
  // The longer and the stricter of two holds.
  const bool is_paused = settings.paused_until.load() > now;
  settings.pauses_all = !is_for_writes || (is_paused && settings.pauses_all);
  settings.paused_until = is_paused ? std::max(settings.paused_until.load(), until) : until;
  call.reply().ok();
}

void unpause(Call& call) {
  call.head().settings().paused_until = TimePoint{};
  call.reply().ok();
}

void reply_mode(Call& call) {
  ReplyMode& mode = call.client().replies;
  if (call.is(2, "ON")) {
    mode = ReplyMode::kOn;
    call.reply().ok();
  } else if (call.is(2, "OFF")) {
    mode = ReplyMode::kOff;
  } else if (call.is(2, "SKIP")) {
    if (mode == ReplyMode::kOn) mode = ReplyMode::kSkipNext;
  } else {
    call.fail_syntax();
  }
}

void set_switch(Call& call, std::atomic<bool>& value) {
  if (!call.is(2, "ON") && !call.is(2, "OFF")) return call.fail_syntax();
  value = call.is(2, "ON");
  call.reply().ok();
}

void no_evict(Call& call) {
  set_switch(call, call.client().record->no_evict);
  call.head().client_memory().evict();
}

void no_touch(Call& call) {
  set_switch(call, call.client().record->no_touch);
}

void unblock(Call& call) {
  const bool with_error = call.size() == 4 && call.is(3, "ERROR");
  if (call.size() > 4) return call.fail_arity();
  if (call.size() == 4 && !with_error && !call.is(3, "TIMEOUT"))
    return call.fail("CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
  STELE_REDIS_TRY(const std::int64_t id, call, integer_argument(call[2]));
  bool is_unblocked = false;
  for (const auto& record : call.head().clients().all()) {
    if (record->id == static_cast<std::uint64_t>(id)) is_unblocked = record->unblock(with_error);
  }
  call.reply().integer(is_unblocked ? 1 : 0);
}

void help(Call& call) {
  constexpr std::array<std::string_view, 30> kLines = {
      "CACHING (YES|NO)",
      "    Say whether the keys of the next command are tracked.",
      "GETREDIR",
      "    Answer the number of the connection that gets the invalidations.",
      "GETNAME",
      "    Answer the name of this connection.",
      "ID",
      "    Answer the number of this connection.",
      "INFO",
      "    Answer what is known of this connection.",
      "KILL <ip:port> | <option> <value> ...",
      "    End connections: ID, ADDR, LADDR, USER, TYPE, SKIPME (yes|no).",
      "LIST [TYPE <type> | ID <id> ...]",
      "    Answer what is known of all connections.",
      "NO-EVICT (ON|OFF)",
      "    Accepted: connections are never evicted.",
      "NO-TOUCH (ON|OFF)",
      "    Accepted: times of access are not kept.",
      "REPLY (ON|OFF|SKIP)",
      "    Say whether replies are wanted.",
      "SETINFO (LIB-NAME|LIB-VER) <value>",
      "    Say which library this client is.",
      "SETNAME <name>",
      "    Name this connection.",
      "TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> ...] [OPTIN] [OPTOUT] [NOLOOP]",
      "    Be told of changes of keys that this connection has read.",
      "TRACKINGINFO",
      "    Answer how this connection tracks.",
      "UNBLOCK <id> [TIMEOUT|ERROR]",
      "    End the waiting of a connection.",
  };
  answer_help(call, "client", kLines);
}

constexpr std::uint32_t kOwn = flag::kNoScript | flag::kLoading | flag::kStale;
constexpr std::uint32_t kAdmin = kOwn | flag::kAdmin | flag::kDangerous;
constexpr auto kNothing = Reach::kNothing;
constexpr std::string_view kGroup = "connection";

constexpr std::array kClientCommands = {
    Command{
        "client|setname", 3, kOwn, {}, kNothing, setname, kGroup, "2.6.9", "O(1)", "Names the connection"},
    Command{"client|getname",
            2,
            kOwn,
            {},
            kNothing,
            getname,
            kGroup,
            "2.6.9",
            "O(1)",
            "Answers the connection's name"},
    Command{"client|setinfo",
            4,
            kOwn,
            {},
            kNothing,
            setinfo,
            kGroup,
            "7.2.0",
            "O(1)",
            "Says which library the client is"},
    Command{
        "client|id", 2, kOwn, {}, kNothing, id, kGroup, "5.0.0", "O(1)", "Answers the connection's number"},
    Command{"client|info",
            2,
            kOwn,
            {},
            kNothing,
            info,
            kGroup,
            "6.2.0",
            "O(1)",
            "Answers what is known of the connection"},
    Command{"client|list",
            -2,
            kAdmin,
            {},
            kNothing,
            list,
            kGroup,
            "2.4.0",
            "O(N) where N is the number of connections",
            "Answers what is known of all connections"},
    Command{"client|kill",
            -3,
            kAdmin,
            {},
            kNothing,
            kill,
            kGroup,
            "2.4.0",
            "O(N) where N is the number of connections",
            "Ends connections"},
    Command{"client|reply",
            3,
            kOwn,
            {},
            kNothing,
            reply_mode,
            kGroup,
            "3.2.0",
            "O(1)",
            "Says whether replies are wanted"},
    Command{"client|no-evict",
            3,
            kAdmin,
            {},
            kNothing,
            no_evict,
            kGroup,
            "7.0.0",
            "O(1)",
            "Accepted: connections are never evicted"},
    Command{"client|no-touch",
            3,
            kOwn,
            {},
            kNothing,
            no_touch,
            kGroup,
            "7.2.0",
            "O(1)",
            "Accepted: times of access are not kept"},
    Command{"client|pause",
            -3,
            kAdmin,
            {},
            kNothing,
            pause,
            kGroup,
            "3.0.0",
            "O(1)",
            "Lets commands wait for a while"},
    Command{
        "client|unpause", 2, kAdmin, {}, kNothing, unpause, kGroup, "6.2.0", "O(1)", "Lets commands go on"},
    Command{"client|tracking",
            -3,
            kOwn,
            {},
            kNothing,
            client_tracking,
            kGroup,
            "6.0.0",
            "O(1)",
            "Tells the client of changes of keys that it has read"},
    Command{"client|caching",
            3,
            kOwn,
            {},
            kNothing,
            client_caching,
            kGroup,
            "6.0.0",
            "O(1)",
            "Says whether the next command's keys are tracked"},
    Command{"client|getredir",
            2,
            kOwn,
            {},
            kNothing,
            client_getredir,
            kGroup,
            "6.0.0",
            "O(1)",
            "Answers where invalidations go"},
    Command{"client|trackinginfo",
            2,
            kOwn,
            {},
            kNothing,
            client_trackinginfo,
            kGroup,
            "6.2.0",
            "O(1)",
            "Answers how the connection tracks"},
    Command{"client|unblock",
            -3,
            kAdmin,
            {},
            kNothing,
            unblock,
            kGroup,
            "5.0.0",
            "O(N) where N is the number of connections",
            "Ends the waiting of a connection"},
    Command{"client|help",
            2,
            flag::kLoading | flag::kStale,
            {},
            kNothing,
            help,
            kGroup,
            "5.0.0",
            "O(1)",
            "Says what CLIENT can do"},
};

constexpr std::array kCommands = {
    Command{"client",
            -2,
            0,
            {},
            kNothing,
            nullptr,
            kGroup,
            "2.4.0",
            "Depends on subcommand.",
            "Tells about connections",
            kClientCommands},
};

}  // namespace

bool is_client_name(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return c >= '!' && c <= '~'; });
}

void set_client_name(Client& client, std::string_view name) {
  ClientRecord::Names names = client.record->names();
  names.name = name;
  client.record->set_names(std::move(names));
}

std::span<const Command> client_commands() {
  return kCommands;
}

}  // namespace stele::redis
