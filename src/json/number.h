#pragma once

#include <string>

namespace stele::json {

// How a floating-point number is spelt; always the shortest digits that read back as the same value.
enum class NumberForm {
  kPlain,  // 1, 0.1, 1e+30: as few bytes as possible; what has no number is null
  kJava,   // 1.0, 0.1, 1.0E30 (Double.toString, so Elasticsearch); what has no number is "NaN", "Infinity"
};

void append_number(std::string& out, double value, NumberForm form);
// A float has fewer digits than the double of the same value: 0.1f is 0.1.
void append_number(std::string& out, float value, NumberForm form);

}  // namespace stele::json
