#pragma once

#include <string_view>

namespace stele::views::sql_text {

extern const std::string_view kTables;
extern const std::string_view kTriggers;
extern const std::string_view kPublish;
extern const std::string_view kPublication;
extern const std::string_view kKeys;
extern const std::string_view kCachedKeys;
extern const std::string_view kKeyPublication;

}  // namespace stele::views::sql_text
