#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace stele::postgres {

using ConninfoPairs = std::vector<std::pair<std::string, std::string>>;

// The pairs of "host=/run/pg user='a b'": values may be quoted; \ escapes inside and outside of quotes.
Result<ConninfoPairs> parse_conninfo(std::string_view text);
// The same pairs from a postgres:// or postgresql:// URL; several hosts and ports become comma-separated
// lists. Percent-encoding is undone.
Result<ConninfoPairs> parse_postgres_url(std::string_view text);
bool is_postgres_url(std::string_view text);

}  // namespace stele::postgres
