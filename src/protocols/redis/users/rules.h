#pragma once

#include <bitset>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protocols/redis/commands/command.h"
#include "protocols/redis/users/key_uses.h"

namespace stele::redis {

constexpr std::size_t kCommandBits = 512;
using CommandBits = std::bitset<kCommandBits>;

// Why a request is refused, the graver the later.
enum class Denial : std::uint8_t { kNone, kCommand, kKey, kAuth, kChannel };

struct Verdict {
  Denial denial = Denial::kNone;
  std::size_t argument = 0;  // the key or channel

  bool is_allowed() const { return denial == Denial::kNone; }
};

// A request as rules look at it: its keys are searched for once.
class AskedRequest {
 public:
  AskedRequest(const Command& command, std::span<const std::string_view> arguments)
      : command(command), arguments(arguments) {}

  const Command& command;
  const std::span<const std::string_view> arguments;
  const std::vector<KeyUse>& keys();

 private:
  std::vector<KeyUse> keys_;
  bool has_keys_ = false;
};

// Which commands, keys and channels are allowed together: a user's own, or what stands in parentheses.
class Selector {
 public:
  explicit Selector(bool all_channels) : all_channels_(all_channels) {}

  // One rule: "+@read", "~key:*", "resetchannels", …; the error says what is wrong with it.
  Result<void> apply(std::string_view rule);
  Verdict check(AskedRequest& request) const;
  // Whether it may read whatever key there is, by this request.
  bool may_read_all(AskedRequest& request) const;
  bool is_unrestricted() const { return all_commands_ && all_keys_ && all_channels_; }

  bool has_all_channels() const { return all_channels_; }
  const std::vector<std::string>& channels() const { return channels_; }

  // As the rules would be written: all of them, or a part.
  std::string describe() const;
  std::string describe_commands() const;
  std::string describe_keys() const;
  std::string describe_channels() const;

  bool operator==(const Selector&) const = default;

 private:
  struct KeyPattern {
    std::string pattern;
    bool reads = true;
    bool writes = true;

    bool operator==(const KeyPattern&) const = default;
  };

  Result<void> add_key_pattern(std::string_view rule);
  Result<void> add_channel(std::string_view rule);
  Result<void> change_command(std::string_view rule);
  Result<void> allow_argument(std::string_view name);
  Result<void> change_category(std::string_view rule);
  void change(const Command& command, bool is_allowed);
  void change_all(bool is_allowed);
  void change_all_of(std::uint32_t category, bool is_allowed);
  bool may_run(const AskedRequest& request) const;
  bool may_use(const KeyUse& use, std::string_view key) const;
  bool may_use_channel(std::string_view channel, bool is_pattern) const;
  std::string closest_categories(Selector& written) const;
  void describe_differences(const Command& command, Selector& written, std::string& text) const;

  bool all_commands_ = false;
  bool future_commands_ = false;  // its rules began with +@all
  bool all_keys_ = false;
  bool all_channels_;
  CommandBits commands_;
  // Commands that are allowed with certain first arguments only.
  std::map<std::size_t, std::vector<std::string>> first_arguments_;
  std::vector<KeyPattern> keys_;
  std::vector<std::string> channels_;
};

// What a user may do, and how he logs in. A value; passwords are there as hexadecimal SHA-256 only.
class Rules {
 public:
  // A new user's: disabled, and nothing is allowed. `all_channels` is acl-pubsub-default.
  explicit Rules(bool all_channels = false);
  // The default user's: everything, without a password.
  static Rules all();

  // One rule, as ACL SETUSER takes it; the error says what is wrong with it, and nothing has changed.
  Result<void> apply(std::string_view rule, bool all_channels);
  // Several, of which selectors may come in pieces: "(+get", "~a)". All or none.
  Result<void> apply_all(std::span<const std::string_view> rules, bool all_channels);

  Verdict check(const Command& command, std::span<const std::string_view> arguments) const;
  // SORT … BY: whether a selector allows the request and to read all keys.
  bool may_read_all(const Command& command, std::span<const std::string_view> arguments) const;
  bool is_unrestricted() const;
  bool is_enabled() const { return is_enabled_; }
  bool needs_no_password() const { return needs_no_password_; }
  bool fits(std::string_view password) const;

  const std::vector<Selector>& selectors() const { return selectors_; }
  const std::vector<std::string>& passwords() const { return passwords_; }
  std::vector<std::string_view> flags() const;
  // As a line of an ACL file has it, behind the name.
  std::string describe() const;

  bool operator==(const Rules&) const = default;

 private:
  Result<void> change_password(std::string_view rule);
  Result<void> add_selector(std::string_view rule, bool all_channels);

  bool is_enabled_ = false;
  bool needs_no_password_ = false;
  std::string_view sanitizing_;  // "sanitize-payload", "skip-sanitize-payload" or nothing
  std::vector<std::string> passwords_;
  std::vector<Selector> selectors_;  // the first is the user's own
};

// Pieces of selectors put together; the error names the parenthesis that is not closed.
Result<std::vector<std::string>> merge_selectors(std::span<const std::string_view> rules);

}  // namespace stele::redis
