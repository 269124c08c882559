#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "keyspace/keyspace.h"
#include "net/task.h"
#include "protocols/redis/blocked.h"
#include "protocols/redis/client.h"
#include "protocols/redis/commands/command.h"
#include "protocols/redis/head.h"
#include "protocols/redis/wire/reply_writer.h"

namespace stele::redis {

// One command while it runs: its arguments, who asks, the keys it may touch, where its reply goes. Handlers
// answer exactly once. Confined to its session; lives until the reply is complete.
class Call {
 public:
  Call(Head& head, Client& client, ReactorStatistics& statistics, const Command& command,
       std::span<const std::string_view> arguments, std::string& out)
      : head_(head),
        client_(client),
        statistics_(statistics),
        command_(command),
        arguments_(arguments),
        out_(out),
        reply_(out, client.protocol) {}

  const Command& command() const { return command_; }
  std::size_t size() const { return arguments_.size(); }
  std::string_view operator[](std::size_t i) const { return arguments_[i]; }
  std::span<const std::string_view> arguments(std::size_t from = 0) const { return arguments_.subspan(from); }
  // Whether the argument is that word, in any case of letters.
  bool is(std::size_t i, std::string_view upper_word) const;
  keyspace::KeyRef key(std::size_t i) const { return {client_.db, arguments_[i]}; }

  Head& head() { return head_; }
  Client& client() { return client_; }
  ReactorStatistics& statistics() { return statistics_; }
  wire::ReplyWriter& reply() { return reply_; }
  // For a command that changes the protocol: its own reply is in the new one.
  wire::ReplyWriter new_reply() { return {out_, client_.protocol}; }

  // The group that the command's reach asked for.
  bool has_group() const { return group_ != nullptr; }
  keyspace::Group& group() { return *group_; }
  void set_group(keyspace::Group* group) { group_ = group; }
  // A queued command of this EXEC, with the same group and output.
  Call within_exec(const Command& queued, std::span<const std::string_view> arguments) {
    Call inner(head_, client_, statistics_, queued, arguments, out_);
    inner.group_ = group_;
    inner.may_block_ = false;
    return inner;
  }

  // A command of the script that this command runs, for a client and an output of its own.
  Call within_script(const Command& called, std::span<const std::string_view> arguments, Client& client,
                     std::string& out) {
    Call inner(head_, client, statistics_, called, arguments, out);
    inner.group_ = group_;
    inner.may_block_ = false;
    return inner;
  }

  void count_lookup(bool found) { found ? statistics_.hits.add() : statistics_.misses.add(); }

  // Answers an error: with its code word, or as "ERR …".
  void fail(const Error& error);
  void fail(std::string_view text);            // "ERR " is put in front
  void fail_with_code(std::string_view text);  // as it is
  void fail_syntax() { fail("syntax error"); }
  void fail_arity();
  bool has_failed() const { return has_failed_; }

  // The rest of a command that has to wait: run once the group has ended, before the next command. It must
  // answer itself. Not within EXEC.
  void go_on(net::Task<void> rest) { rest_ = std::move(rest); }
  bool has_rest() const { return static_cast<bool>(rest_); }
  net::Task<void> take_rest() { return std::move(rest_); }

  // Whether the command may wait for its keys: not within EXEC or a script.
  bool may_block() const { return may_block_; }
  // The client waits: the session answers when it is served, or its time is over.
  void block(Block block) { block_ = std::move(block); }
  std::optional<Block> take_block() { return std::exchange(block_, std::nullopt); }

 private:
  Head& head_;
  Client& client_;
  ReactorStatistics& statistics_;
  const Command& command_;
  const std::span<const std::string_view> arguments_;
  std::string& out_;
  wire::ReplyWriter reply_;
  keyspace::Group* group_ = nullptr;
  bool has_failed_ = false;
  bool may_block_ = true;
  net::Task<void> rest_;
  std::optional<Block> block_;
};

// `auto value = …` or the error is answered and the handler ends.
#define STELE_REDIS_TRY(declaration, call, expression)           \
  auto STELE_CONCAT(result_, __LINE__) = (expression);           \
  if (!STELE_CONCAT(result_, __LINE__).has_value())              \
    return (call).fail(STELE_CONCAT(result_, __LINE__).error()); \
  declaration = *std::move(STELE_CONCAT(result_, __LINE__))

// The text of an error as a client sees it: "WRONGTYPE …", "ERR …".
std::string error_text(const Error& error);

// Arguments as numbers, with Redis' errors.
Result<std::int64_t> integer_argument(std::string_view text);
Result<long double> float_argument(std::string_view text);

// Whether two texts are the same but for the case of letters; the second is in upper case.
bool is_word(std::string_view text, std::string_view upper_word);

// How many keys a request says that follow: the number in an argument, as far as there are so many.
std::size_t counted_keys(std::string_view number, std::size_t arguments_behind);

// The keys that a request names, by the command's key positions: calls `take` with the index of each among
// its arguments.
template <class Arguments, class Take>
void for_each_key_index(const Command& command, const Arguments& arguments, Take take) {
  const KeyPositions& keys = command.keys;
  const int count = static_cast<int>(arguments.size());
  const int last = keys.last < 0 ? count + keys.last : keys.last;
  for (int i = keys.first; keys.first > 0 && i <= last && i < count; i += keys.step)
    take(static_cast<std::size_t>(i));
  for (std::size_t i = 1; keys.may_store && i + 1 < arguments.size(); ++i) {
    if (is_word(arguments[i], "STORE") || is_word(arguments[i], "STOREDIST")) take(i + 1);
  }
  for (auto i = static_cast<std::size_t>(keys.keyword_from); !keys.keyword.empty() && i < arguments.size();
       ++i) {
    if (!is_word(arguments[i], keys.keyword)) continue;
    const std::size_t half = (arguments.size() - i - 1) / 2;
    for (std::size_t j = i + 1; j <= i + half; ++j) take(j);
    break;
  }
  const auto at = static_cast<std::size_t>(keys.count_at);
  if (at == 0 || at >= arguments.size()) return;
  const std::size_t counted = counted_keys(arguments[at], arguments.size() - at - 1);
  for (std::size_t i = at + 1; i <= at + counted; ++i) take(i);
}
template <class Arguments>
std::vector<std::size_t> key_indices(const Command& command, const Arguments& arguments) {
  std::vector<std::size_t> indices;
  for_each_key_index(command, arguments, [&](std::size_t i) { indices.push_back(i); });
  return indices;
}

std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);

// Redis' HELP of a container: its lines, framed.
void answer_help(Call& call, std::string_view container, std::span<const std::string_view> lines);

}  // namespace stele::redis
