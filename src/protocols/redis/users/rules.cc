#include "protocols/redis/users/rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/random.h"
#include "protocols/redis/commands/call.h"

namespace stele::redis {

namespace {

constexpr std::size_t kHashDigits = 64;
// More than anyone writes by hand; a user's rules are copied with every change.
constexpr std::size_t kSelectorsMax = 1000;
constexpr std::size_t kPasswordsMax = 1000;

bool is_hash(std::string_view text) {
  return text.size() == kHashDigits &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    if (text.empty()) return words;
    words.push_back(text.substr(0, text.find_first_of(" \t\r\n")));
    text.remove_prefix(words.back().size());
  }
}

bool is_selector(std::string_view rule) {
  return rule.starts_with('(') && rule.ends_with(')') && rule.size() >= 2;
}

}  // namespace

Rules::Rules(bool all_channels) {
  selectors_.emplace_back(all_channels);
}

Rules Rules::all() {
  Rules rules(true);
  rules.is_enabled_ = rules.needs_no_password_ = true;
  (void)rules.selectors_[0].apply("allcommands");
  (void)rules.selectors_[0].apply("allkeys");
  return rules;
}

Result<void> Rules::change_password(std::string_view rule) {
  const std::string_view text = rule.substr(1);
  const bool is_hashed = rule[0] == '#' || rule[0] == '!';
  if (is_hashed && !is_hash(text)) {
    return make_error(ErrorCode::kInvalidArgument,
                      "The password hash must be exactly 64 characters and contain only lowercase "
                      "hexadecimal characters");
  }
  std::string hash = is_hashed ? std::string(text) : crypto::hex(crypto::sha256(text));
  const auto found = std::ranges::find(passwords_, hash);
  if (rule[0] == '<' || rule[0] == '!') {
    if (found == passwords_.end()) {
      return make_error(ErrorCode::kInvalidArgument,
                        "The password you are trying to remove from the user does not exist");
    }
    passwords_.erase(found);
    return {};
  }
  if (found == passwords_.end()) {
    if (passwords_.size() >= kPasswordsMax)
      return make_error(ErrorCode::kInvalidArgument, "The user has too many passwords");
    passwords_.push_back(std::move(hash));
  }
  needs_no_password_ = false;
  return {};
}

Result<void> Rules::add_selector(std::string_view rule, bool all_channels) {
  if (selectors_.size() >= kSelectorsMax)
    return make_error(ErrorCode::kInvalidArgument, "The user has too many selectors");
  Selector added(all_channels);
  for (const std::string_view word : words_of(rule.substr(1, rule.size() - 2))) {
    STELE_RETURN_IF_ERROR(added.apply(word));
  }
  selectors_.push_back(std::move(added));
  return {};
}

Result<void> Rules::apply(std::string_view rule, bool all_channels) {
  if (rule.empty()) return {};
  if (is_word(rule, "ON") || is_word(rule, "OFF")) {
    is_enabled_ = is_word(rule, "ON");
  } else if (is_word(rule, "SKIP-SANITIZE-PAYLOAD")) {
    sanitizing_ = "skip-sanitize-payload";
  } else if (is_word(rule, "SANITIZE-PAYLOAD")) {
    sanitizing_ = "sanitize-payload";
  } else if (is_word(rule, "NOPASS") || is_word(rule, "RESETPASS")) {
    needs_no_password_ = is_word(rule, "NOPASS");
    passwords_.clear();
  } else if (is_word(rule, "CLEARSELECTORS")) {
    selectors_.erase(selectors_.begin() + 1, selectors_.end());
  } else if (is_word(rule, "RESET")) {
    *this = Rules(all_channels);
    sanitizing_ = "sanitize-payload";
  } else if (std::string_view("><#!").find(rule[0]) != std::string_view::npos) {
    return change_password(rule);
  } else if (is_selector(rule)) {
    return add_selector(rule, all_channels);
  } else {
    return selectors_[0].apply(rule);
  }
  return {};
}

Result<void> Rules::apply_all(std::span<const std::string_view> rules, bool all_channels) {
  STELE_TRY(const auto merged, merge_selectors(rules));
  Rules changed = *this;
  for (const std::string& rule : merged) {
    const auto applied = changed.apply(rule, all_channels);
    if (applied) continue;
    return make_error(applied.error().code,
                      fmt::format("Error in ACL SETUSER modifier '{}': {}", rule, applied.error().message));
  }
  *this = std::move(changed);
  return {};
}

Verdict Rules::check(const Command& command, std::span<const std::string_view> arguments) const {
  AskedRequest request(command, arguments);
  Verdict worst{Denial::kCommand, 0};
  for (const Selector& selector : selectors_) {
    const Verdict verdict = selector.check(request);
    if (verdict.is_allowed()) return verdict;
    if (verdict.denial > worst.denial ||
        (verdict.denial == worst.denial && verdict.argument > worst.argument)) {
      worst = verdict;
    }
  }
  return worst;
}

bool Rules::may_read_all(const Command& command, std::span<const std::string_view> arguments) const {
  AskedRequest request(command, arguments);
  return std::ranges::any_of(selectors_,
                             [&](const Selector& selector) { return selector.may_read_all(request); });
}

bool Rules::is_unrestricted() const {
  return std::ranges::any_of(selectors_, &Selector::is_unrestricted);
}

bool Rules::fits(std::string_view password) const {
  if (!is_enabled_) return false;
  if (needs_no_password_) return true;
  const std::string hash = crypto::hex(crypto::sha256(password));
  bool is_one = false;
  for (const std::string& each : passwords_) is_one |= crypto::equal_in_constant_time(each, hash);
  return is_one;
}

std::vector<std::string_view> Rules::flags() const {
  std::vector<std::string_view> flags = {is_enabled_ ? "on" : "off"};
  if (needs_no_password_) flags.emplace_back("nopass");
  if (!sanitizing_.empty()) flags.push_back(sanitizing_);
  return flags;
}

std::string Rules::describe() const {
  std::string text;
  for (const std::string_view flag : flags()) text += fmt::format("{} ", flag);
  for (const std::string& hash : passwords_) text += fmt::format("#{} ", hash);
  text += selectors_[0].describe();
  for (std::size_t i = 1; i < selectors_.size(); ++i) text += fmt::format(" ({})", selectors_[i].describe());
  return text;
}

Result<std::vector<std::string>> merge_selectors(std::span<const std::string_view> rules) {
  std::vector<std::string> merged;
  std::string_view opening;
  bool is_open = false;
  for (const std::string_view rule : rules) {
    if (is_open) {
      merged.back() += fmt::format(" {}", rule);
      is_open = !rule.ends_with(')');
      continue;
    }
    merged.emplace_back(rule);
    is_open = rule.starts_with('(') && !rule.ends_with(')');
    if (is_open) opening = rule;
  }
  if (is_open) {
    return make_error(ErrorCode::kInvalidArgument,
                      fmt::format("Unmatched parenthesis in acl selector starting at '{}'.", opening));
  }
  return merged;
}

}  // namespace stele::redis
