#include "protocols/redis/users/users.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace stele::redis {

namespace {

constexpr std::string_view kDefault = "default";
constexpr std::string_view kSpaces = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(kSpaces), text.size());
  const std::size_t end = text.find_last_not_of(kSpaces);
  return text.substr(begin, end == std::string_view::npos ? 0 : end + 1 - begin);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// The rules of one line; what is wrong with them is added to `errors`.
Rules read_rules(std::span<const std::string_view> words, std::string_view place, bool all_channels,
                 std::string& errors) {
  Rules rules(all_channels);
  const auto merged = merge_selectors(words);
  if (!merged) {
    errors += fmt::format("{}: Unmatched parenthesis in selector definition.", place);
    return rules;
  }
  bool has_told = false;
  for (const std::string& each : *merged) {
    const std::string_view rule = trimmed(each);
    const auto applied = rules.apply(rule, all_channels);
    if (applied) continue;
    const std::string& problem = applied.error().message;
    if (problem.starts_with("Unknown")) {
      errors += fmt::format("{}: Error in applying operation '{}': {}. ", place, rule, problem);
    } else if (!std::exchange(has_told, true)) {
      errors += fmt::format("{}: {}. ", place, problem);
    }
  }
  return rules;
}

}  // namespace

std::shared_ptr<const Rules> User::rules() const {
  const std::lock_guard lock(mutex_);
  return rules_;
}

void User::set_rules(Rules rules) {
  auto made = std::make_shared<const Rules>(std::move(rules));
  const std::lock_guard lock(mutex_);
  is_unrestricted_ = made->is_unrestricted();
  rules_ = std::move(made);
}

Users::Users(const std::string& password) : default_(std::make_shared<User>("default", Rules::all())) {
  users_.emplace(kDefault, default_);
  if (!password.empty()) require_password(password);
}

std::shared_ptr<User> Users::find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = users_.find(name);
  return found == users_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<User>> Users::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<User>> all;
  all.reserve(users_.size());
  for (const auto& [name, user] : users_) all.push_back(user);
  return all;
}

void Users::note_default() {
  const auto rules = default_->rules();
  asks_for_password_ = !rules->needs_no_password() || !rules->is_enabled();
}

std::shared_ptr<User> Users::put(std::string_view name, Rules rules) {
  const std::lock_guard lock(mutex_);
  const auto found = users_.find(name);
  if (found == users_.end()) {
    return users_.emplace(name, std::make_shared<User>(std::string(name), std::move(rules))).first->second;
  }
  found->second->set_rules(std::move(rules));
  if (found->second == default_) note_default();
  return found->second;
}

std::shared_ptr<User> Users::remove(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = users_.find(name);
  if (found == users_.end() || found->second == default_) return nullptr;
  std::shared_ptr<User> removed = std::move(found->second);
  users_.erase(found);
  return removed;
}

std::vector<std::shared_ptr<User>> Users::replace(UserRules rules) {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<User>> former;
  for (auto& [name, user] : users_) {
    if (user != default_) former.push_back(std::move(user));
  }
  users_.clear();
  users_.emplace(kDefault, default_);
  const auto own = rules.find(kDefault);
  default_->set_rules(own == rules.end() ? Rules::all() : std::move(own->second));
  note_default();
  if (own != rules.end()) rules.erase(own);
  for (auto& [name, each] : rules) users_.emplace(name, std::make_shared<User>(name, std::move(each)));
  return former;
}

std::string Users::required_password() const {
  const std::lock_guard lock(mutex_);
  return required_password_;
}

void Users::require_password(std::string_view password) {
  const std::lock_guard lock(mutex_);
  Rules rules = *default_->rules();
  (void)rules.apply("resetpass", false);
  (void)rules.apply(password.empty() ? "nopass" : fmt::format(">{}", password), false);
  default_->set_rules(std::move(rules));
  required_password_ = password;
  note_default();
}

std::string describe_line(const User& user) {
  return fmt::format("user {} {}", user.name(), user.rules()->describe());
}

bool is_user_name(std::string_view name) {
  return std::ranges::none_of(name, [](char c) { return c == '\0' || c == ' ' || (c >= '\t' && c <= '\r'); });
}

Result<Users::UserRules> read_acl_file(std::string_view text, std::string_view file, bool all_channels) {
  Users::UserRules users;
  std::string errors;
  std::size_t number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    const std::string_view content = trimmed(line);
    if (content.empty()) continue;
    const std::string place = fmt::format("{}:{}", file, number);
    const auto words = split(content, ' ');
    if (words[0] != "user" || words.size() < 2) {
      errors += fmt::format("{} should start with user keyword followed by the username. ", place);
    } else if (!is_user_name(words[1])) {
      errors += fmt::format("'{}: username '{}' contains invalid characters. ", place, words[1]);
    } else if (users.contains(words[1])) {
      errors += fmt::format("WARNING: Duplicate user '{}' found on line {}. ", words[1], number);
    } else {
      const std::span<const std::string_view> rules = std::span(words).subspan(2);
      users.emplace(words[1], read_rules(rules, place, all_channels, errors));
    }
  }
  if (errors.empty()) return users;
  return make_error(ErrorCode::kInvalidArgument,
                    errors +
                        "WARNING: ACL errors detected, no change to the previously active ACL rules was "
                        "performed");
}

}  // namespace stele::redis
