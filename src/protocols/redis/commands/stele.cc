// STELE: what Redis has no command for.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "net/reactor.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/table.h"
#include "views/freshness.h"

namespace stele::redis {

namespace {

constexpr std::int64_t kWaitMs = 10'000;
constexpr std::int64_t kWaitMsMax = 600'000;

void lsn(Call& call) {
  const views::Freshness* const freshness = call.head().services().freshness_or_null;
  if (freshness == nullptr) return call.fail("there is no PostgreSQL behind this node, so no position");
  views::LsnToken token = freshness->token();
  token.lsn = std::min(token.lsn, call.head().keys().visible());
  call.reply().bulk(token.to_string());
}

net::Task<void> wait_for(Call* call, views::LsnToken token, Duration time_max) {
  const TimePoint deadline = net::Reactor::current()->now() + time_max;
  views::Freshness& freshness = *call->head().services().freshness_or_null;
  const auto reached = co_await freshness.wait_visible(token, deadline);
  if (reached) {
    call->reply().ok();
  } else {
    call->fail(fmt::format("the keys did not reach that position: {}", reached.error().message));
  }
}

void wait(Call& call) {
  if (call.size() > 4) return call.fail_arity();
  const auto token = views::LsnToken::parse(call[2]);
  if (!token) return call.fail(fmt::format("invalid position '{}'", call[2]));
  std::int64_t time_ms = kWaitMs;
  if (call.size() == 4) {
    STELE_REDIS_TRY(time_ms, call, integer_argument(call[3]));
    if (time_ms < 0) return call.fail("timeout is negative");
  }
  if (call.head().services().freshness_or_null == nullptr) {
    return call.fail("there is no PostgreSQL behind this node, so no position");
  }
  call.go_on(wait_for(&call, *token, std::chrono::milliseconds(std::min(time_ms, kWaitMsMax))));
}

void key_class(Call& call) {
  call.reply().bulk(to_string(call.head().keys().class_of(call[2])));
}

net::Task<void> invalidate_now(Call* call, views::Invalidation what) {
  const auto removed = co_await call->head().keys().invalidate(what, std::string((*call)[3]));
  if (removed) {
    call->reply().integer(static_cast<std::int64_t>(*removed));
  } else {
    call->fail(removed.error());
  }
}

void invalidate(Call& call) {
  if (call.is(2, "TAG")) return call.go_on(invalidate_now(&call, views::Invalidation::kTag));
  if (call.is(2, "PREFIX")) return call.go_on(invalidate_now(&call, views::Invalidation::kPrefix));
  if (call.is(2, "TABLE")) return call.go_on(invalidate_now(&call, views::Invalidation::kTable));
  call.fail("STELE INVALIDATE takes TAG, PREFIX or TABLE");
}

net::Task<void> tag_now(Call* call) {
  std::vector<std::string> tags;
  for (const std::string_view tag : call->arguments(3)) tags.emplace_back(tag);
  const auto tagged =
      co_await call->head().keys().tag({call->client().db, std::string((*call)[2])}, std::move(tags));
  if (tagged) {
    call->reply().ok();
  } else {
    call->fail(tagged.error());
  }
}

void tag(Call& call) {
  call.go_on(tag_now(&call));
}

void help(Call& call) {
  constexpr std::array<std::string_view, 10> kLines = {
      "CLASS <key>",
      "    Answer the class of a key: cache, durable, 'durable, sync' or mapped.",
      "INVALIDATE TAG|PREFIX|TABLE <name>",
      "    Remove the keys with that tag, or that begin so, or that are read from that table.",
      "LSN",
      "    Answer up to which position of PostgreSQL's log the keys show.",
      "TAG <key> <tag> [<tag> ...]",
      "    Let INVALIDATE TAG remove a key.",
      "WAIT <lsn> [<timeout in ms>]",
      "    Answer OK once the keys show that position.",
  };
  answer_help(call, "stele", kLines);
}

constexpr std::uint32_t kFlags = flag::kLoading | flag::kStale;

constexpr std::array kSteleCommands = {
    Command{"stele|lsn",
            2,
            kFlags | flag::kFast,
            {},
            Reach::kNothing,
            lsn,
            "server",
            "7.0.0",
            "O(1)",
            "Answers up to which position of PostgreSQL's log the keys show"},
    Command{"stele|wait",
            -3,
            kFlags | flag::kNoMulti,
            {},
            Reach::kNothing,
            wait,
            "server",
            "7.0.0",
            "O(1)",
            "Waits until the keys show a position of PostgreSQL's log"},
    Command{"stele|class",
            3,
            kFlags | flag::kFast,
            {},
            Reach::kNothing,
            key_class,
            "server",
            "7.0.0",
            "O(1)",
            "Answers what is promised for a key"},
    Command{"stele|invalidate",
            4,
            flag::kNoMulti | flag::kNoScript,
            {},
            Reach::kNothing,
            invalidate,
            "server",
            "7.0.0",
            "O(N log N) where N is the number of keys that go",
            "Removes keys that were read from PostgreSQL, or tagged"},
    Command{"stele|tag",
            -4,
            flag::kNoMulti | flag::kNoScript,
            {2, 2, 1, "RO"},
            Reach::kNothing,
            tag,
            "server",
            "7.0.0",
            "O(log N)",
            "Lets an invalidation by tag remove a key"},
    Command{"stele|help",
            2,
            kFlags,
            {},
            Reach::kNothing,
            help,
            "server",
            "7.0.0",
            "O(1)",
            "Says what STELE can do"},
};

constexpr std::array kCommands = {
    Command{"stele",
            -2,
            0,
            {},
            Reach::kNothing,
            nullptr,
            "server",
            "7.0.0",
            "Depends on subcommand.",
            "Tells where the keys stand beside PostgreSQL",
            kSteleCommands},
};

}  // namespace

std::span<const Command> stele_commands() {
  return kCommands;
}

}  // namespace stele::redis
