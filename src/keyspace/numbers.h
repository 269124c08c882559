#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stele::keyspace {

// Numbers as Redis reads and writes them inside values. Source: Redis 7.0 util.c, string2ll, string2ld and
// ld2string(LD_STR_HUMAN).

// Exactly the text that printing the number gives: no sign but "-", no spaces, no leading zeros, no "-0".
std::optional<std::int64_t> parse_integer(std::string_view text);
// Whatever strtold takes as a whole, without leading spaces; not NaN.
std::optional<long double> parse_float(std::string_view text);
// 17 decimals at most, without trailing zeros: "10.6", "5", "0.00000000000000001".
std::string format_float(long double value);

// A score: whatever strtod takes as a whole, without leading spaces; infinity, but not NaN. Source: string2d.
std::optional<double> parse_score(std::string_view text);
// 17 significant digits: "1", "0.10000000000000001", "1e+17", "inf".
std::string format_score(double score);

}  // namespace stele::keyspace
