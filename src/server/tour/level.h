#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "server/tour/expectation.h"

namespace stele::server {

enum class TourProtocol : std::uint8_t { kSql, kRedis, kElastic, kQdrant };

std::string_view to_string(TourProtocol protocol);  // "sql", "redis", "elastic", "qdrant"

// One request of a tour and what it must answer.
struct TourStep {
  TourProtocol protocol = TourProtocol::kSql;
  std::string request;  // a statement; "SET key value"; "PUT /path"
  std::string body;     // of an HTTP request: JSON, or NDJSON for _bulk
  std::vector<Expectation> expected;
  Duration within{};  // asked again until it is as expected, for so long; 0: once
};

struct TourItem {
  std::string name;
  std::string teaches;
  std::vector<TourStep> steps;
};

// What a level of the tour shows. A file in YAML, level_N.yaml here or anybody's:
//   level: 1
//   title: …
//   items:
//     - name: …
//       teaches: …
//       steps:
//         - sql: SELECT 1
//           expect: "1"                     # the whole answer
//         - redis: TTL key
//           expect: {at_most: 60}           # or at_least, contains
//         - elastic: POST /film/_search
//           body: '{"query": …}'
//           expect: {status: 200, hits.hits.0._id: "1", hits.max_score: {at_least: 0.1}}
//           within: 2000                    # ms
struct TourLevel {
  int number = 0;
  std::string title;
  std::vector<TourItem> items;

  // kInvalidArgument names the line.
  static Result<TourLevel> parse(std::string_view yaml);
};

// The levels that are built in.
std::span<const std::string_view> level_texts();
// A built-in level by its number, or a file by its path.
Result<TourLevel> find_level(const std::string& name);

}  // namespace stele::server
