#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stele::server {

// What a head answered, as a person would read it.
struct TourAnswer {
  std::string text;           // rows, a reply, a body, or the error
  std::optional<int> status;  // of HTTP
  std::string failed = {};    // why there is no answer; then nothing else is set
};

// One thing that must hold of an answer.
struct Expectation {
  enum class Kind : std::uint8_t { kEqual, kContains, kAtLeast, kAtMost };

  std::string place;  // "": the whole text; "status"; else a path into the JSON body, "hits.hits.0._id"
  Kind kind = Kind::kEqual;
  std::string wanted;
};

// What does not hold, in a line; empty if all is as expected.
std::string disappointment(const TourAnswer& answer, const std::vector<Expectation>& expected);

}  // namespace stele::server
