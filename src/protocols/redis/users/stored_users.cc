#include "protocols/redis/users/stored_users.h"

#include <fmt/format.h>

#include <utility>

#include "base/log.h"
#include "json/document.h"
#include "json/escape.h"
#include "net/reactor.h"
#include "views/administration.h"
#include "views/catalog.h"

namespace stele::redis {

namespace {

constexpr Logger kLog("redis.acl");
constexpr std::string_view kKind = "redis.user";
constexpr Duration kTimeMax = std::chrono::seconds(10);

// {"rules": "on #… ~* +@all"}; names and patterns may be any bytes, which JSON has as code points.
std::string definition_of(const Rules& rules) {
  std::string text;
  for (const char c : rules.describe()) {
    const auto byte = static_cast<unsigned char>(c);
    byte < 0x80 ? text += c
                : text += fmt::format("{}{}", static_cast<char>(0xc0 | byte >> 6),
                                      static_cast<char>(0x80 | (byte & 0x3f)));
  }
  std::string definition = R"({"rules": )";
  json::append_quoted(definition, text);
  return definition + "}";
}

// The bytes of such a text.
std::string bytes_of(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80 || i + 1 == text.size()) {
      bytes += text[i];
    } else {
      bytes += static_cast<char>((byte & 0x03) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3f));
    }
  }
  return bytes;
}

std::optional<Rules> rules_of(const views::CatalogObject& object) {
  const auto document = json::Document::parse(object.definition);
  if (!document) return std::nullopt;
  const auto member = document->root().find("rules");
  if (!member || !member->is_string()) return std::nullopt;
  const std::string text = bytes_of(member->string());
  std::vector<std::string_view> words;
  for (std::string_view left = text; !left.empty();) {
    words.push_back(left.substr(0, left.find(' ')));
    left.remove_prefix(std::min(left.size(), words.back().size() + 1));
  }
  Rules rules;
  if (!rules.apply_all(words, false)) return std::nullopt;
  return rules;
}

}  // namespace

net::Task<Result<void>> StoredUsers::store(std::vector<Change> changes) {
  views::CatalogChange change;
  const auto state = catalog_.current();
  for (Change& each : changes) {
    const views::CatalogObject* const stored = state->find_object(kKind, each.name);
    // A user that is configured only is stored from his first change on.
    std::optional<std::string> former = std::string();
    if (stored != nullptr) {
      if (rules_of(*stored) != each.former) {
        co_return make_error(ErrorCode::kConflict, fmt::format("the user '{}' was changed by another node "
                                                               "just now: try again",
                                                               each.name));
      }
      former = stored->definition;
    } else if (!each.rules) {
      continue;
    }
    change.objects.push_back(
        {{std::string(kKind), each.name, each.rules ? definition_of(*each.rules) : std::string()},
         std::move(former)});
  }
  if (change.empty()) co_return Result<void>();
  const TimePoint deadline = net::Reactor::current()->now() + kTimeMax;
  auto changed = co_await administration_.change_catalog(access::Principal{}, std::move(change), deadline);
  co_return changed;
}

std::optional<Users::UserRules> StoredUsers::take_news() {
  auto state = catalog_.current();
  const std::lock_guard lock(mutex_);
  if (state == seen_) return std::nullopt;
  seen_ = std::move(state);
  Users::UserRules users;
  for (const views::CatalogObject* const object : seen_->objects(kKind)) {
    auto rules = rules_of(*object);
    if (rules) {
      users.emplace(object->name, *std::move(rules));
    } else {
      kLog.warn("a stored user cannot be read, and stays as he was name={}", object->name);
    }
  }
  return users;
}

}  // namespace stele::redis
