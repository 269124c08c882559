#include "views/keys/keys_options.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace stele::views {
namespace {

using keyspace::KeyClass;

constexpr std::array<std::pair<std::string_view, KeyClass>, 3> kClasses = {{
    {"cache", KeyClass::kCache},
    {"durable", KeyClass::kDurable},
    {"durable-sync", KeyClass::kDurableSync},
}};

Result<KeyClass> parse_class(std::string_view word) {
  for (const auto& [name, key_class] : kClasses)
    if (name == word) return key_class;
  return make_error(ErrorCode::kInvalidArgument,
                    "'" + std::string(word) + "' is no class of keys: cache, durable or durable-sync");
}

}  // namespace

Result<void> parse_key_classes(std::string_view text, KeysOptions& options) {
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    const std::size_t equals = item.rfind('=');
    if (equals == std::string_view::npos) {
      STELE_TRY(options.otherwise, parse_class(item));
      continue;
    }
    if (equals == 0) return make_error(ErrorCode::kInvalidArgument, "a prefix is missing before '='");
    STELE_TRY(const KeyClass key_class, parse_class(item.substr(equals + 1)));
    options.rules.push_back({std::string(item.substr(0, equals)), key_class});
  }
  return {};
}

}  // namespace stele::views
