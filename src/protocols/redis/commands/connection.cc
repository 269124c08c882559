// Who asks, and how: HELLO, AUTH, SELECT, PING and their like.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/client_names.h"
#include "protocols/redis/commands/client_tracking.h"
#include "protocols/redis/commands/permission.h"
#include "protocols/redis/commands/table.h"
#include "protocols/redis/version.h"

namespace stele::redis {

namespace {

void ping(Call& call) {
  if (call.size() > 2) return call.fail_arity();
  if (call.client().is_in_subscriber_mode()) {
    call.reply().array(2);
    call.reply().bulk("pong");
    return call.reply().bulk(call.size() == 2 ? call[1] : "");
  }
  call.size() == 2 ? call.reply().bulk(call[1]) : call.reply().simple("PONG");
}

void echo(Call& call) {
  call.reply().bulk(call[1]);
}

void quit(Call& call) {
  call.client().is_closing = true;
  call.reply().ok();
}

void reset(Call& call) {
  Client& client = call.client();
  client.transaction.clear();
  if (client.subscriptions_or_null) client.subscriptions_or_null->clear();
  stop_tracking(call.head(), client);
  call.head().monitors().remove(*client.record);
  client.record->is_monitor = false;
  client.db = keyspace::DatabaseNumber(0);
  client.protocol = 2;
  client.replies = ReplyMode::kOn;
  become_default_user(call.head(), client);
  ClientRecord& record = *client.record;
  record.set_names({});
  record.db = 0;
  record.protocol = 2;
  record.no_evict = false;
  record.no_touch = false;
  client.show_transaction();
  call.new_reply().simple("RESET");
}

void auth(Call& call) {
  if (call.size() > 3) return call.fail_syntax();
  if (call.size() == 2 && call.head().users().default_user()->rules()->needs_no_password()) {
    return call.fail(
        "AUTH <password> called without any password configured for the default user. Are you sure your "
        "configuration is correct?");
  }
  const bool is_named = call.size() == 3;
  if (authenticate(call, is_named ? call[1] : "default", call[is_named ? 2 : 1])) call.reply().ok();
}

void select(Call& call) {
  STELE_REDIS_TRY(const std::int64_t number, call, integer_argument(call[1]));
  if (number < 0 || number >= kDatabases) return call.fail("DB index is out of range");
  call.client().db = keyspace::DatabaseNumber(static_cast<std::uint16_t>(number));
  call.client().record->db = static_cast<std::uint16_t>(number);
  call.reply().ok();
}

void answer_hello(Call& call) {
  auto reply = call.new_reply();
  reply.map(7);
  reply.bulk("server");
  reply.bulk("redis");
  reply.bulk("version");
  reply.bulk(kRedisVersion);
  reply.bulk("proto");
  reply.integer(call.client().protocol);
  reply.bulk("id");
  reply.integer(static_cast<std::int64_t>(call.client().record->id));
  reply.bulk("mode");
  reply.bulk("standalone");
  reply.bulk("role");
  reply.bulk("master");
  reply.bulk("modules");
  reply.array(0);
}

struct HelloOptions {
  int protocol = 0;
  std::string_view user;
  std::string_view password;
  bool has_auth = false;
  std::optional<std::string_view> name;
};

bool read_hello(Call& call, HelloOptions& options) {
  const auto version = integer_argument(call[1]);
  if (!version) {
    call.fail("Protocol version is not an integer or out of range");
    return false;
  }
  if (*version < 2 || *version > 3) {
    call.fail_with_code("NOPROTO unsupported protocol version");
    return false;
  }
  options.protocol = static_cast<int>(*version);
  for (std::size_t i = 2; i < call.size(); ++i) {
    const std::size_t more = call.size() - 1 - i;
    if (call.is(i, "AUTH") && more >= 2) {
      options.has_auth = true;
      options.user = call[i + 1];
      options.password = call[i + 2];
      i += 2;
    } else if (call.is(i, "SETNAME") && more >= 1) {
      options.name = call[++i];
      if (!is_client_name(*options.name)) {
        call.fail(kBadClientName);
        return false;
      }
    } else {
      call.fail(fmt::format("Syntax error in HELLO option '{}'", call[i]));
      return false;
    }
  }
  return true;
}

void hello(Call& call) {
  HelloOptions options;
  if (call.size() > 1 && !read_hello(call, options)) return;
  if (options.has_auth && !authenticate(call, options.user, options.password)) return;
  Client& client = call.client();
  if (!client.is_authenticated) {
    return call.fail_with_code(
        "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH "
        "<user> <pass> option can be used to authenticate the client and select the RESP protocol version at "
        "the same time");
  }
  if (options.name) set_client_name(client, *options.name);
  if (options.protocol != 0) {
    client.protocol = options.protocol;
    client.record->protocol = options.protocol;
  }
  answer_hello(call);
}

constexpr std::uint32_t kAlways = flag::kLoading | flag::kStale | flag::kFast;
constexpr std::uint32_t kOpen = kAlways | flag::kNoScript | flag::kNoAuth | flag::kAllowBusy;
constexpr auto kNothing = Reach::kNothing;

constexpr std::array kCommands = {
    Command{"ping",
            -1,
            flag::kFast | flag::kInSubscriberMode,
            {},
            kNothing,
            ping,
            "connection",
            "1.0.0",
            "O(1)",
            "Answers PONG"},
    Command{"echo", 2, kAlways, {}, kNothing, echo, "connection", "1.0.0", "O(1)", "Answers its argument"},
    Command{"quit",
            -1,
            kOpen | flag::kAtOnce | flag::kInSubscriberMode,
            {},
            kNothing,
            quit,
            "connection",
            "1.0.0",
            "O(1)",
            "Closes the connection"},
    Command{"reset",
            1,
            kOpen | flag::kAtOnce | flag::kInSubscriberMode,
            {},
            kNothing,
            reset,
            "connection",
            "6.2.0",
            "O(1)",
            "Makes the connection as it was when it was new"},
    Command{"hello",
            -1,
            kOpen,
            {},
            kNothing,
            hello,
            "connection",
            "6.0.0",
            "O(1)",
            "Chooses the protocol, authenticates, names the connection"},
    Command{
        "auth", -2, kOpen, {}, kNothing, auth, "connection", "1.0.0", "O(1)", "Authenticates the connection"},
    Command{
        "select", 2, kAlways, {}, kNothing, select, "connection", "1.0.0", "O(1)", "Chooses the database"},
};

}  // namespace

std::span<const Command> connection_commands() {
  return kCommands;
}

}  // namespace stele::redis
