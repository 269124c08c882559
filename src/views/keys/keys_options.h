#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "keyspace/key_class.h"

namespace stele::views {

struct FlusherOptions {
  Duration interval = std::chrono::milliseconds(250);  // between flushes; the promise is a second
  std::size_t flush_bytes = 1U << 20;                  // flushed at once beyond
  std::size_t backlog_bytes_max = 64U << 20;           // no more durable writes beyond
  std::size_t element_bytes_max = 64U << 20;           // of a name, a field, a field's value
};

// Of the keys of a node that has a PostgreSQL.
struct KeysOptions {
  keyspace::KeyClass otherwise = keyspace::KeyClass::kDurable;  // of names that no rule is for
  std::vector<keyspace::KeyClasses::Rule> rules;                // no kMapped: those are rows of stele.key_map
  std::size_t max_memory_bytes = 0;
  FlusherOptions flusher;
  Duration flush_lock_timeout = std::chrono::milliseconds(500);
  Duration owner_silence = std::chrono::seconds(10);  // of another node, after which this one takes over
  Duration mapped_lock_timeout = std::chrono::seconds(2);
};

// "durable,cache:=cache,session:=durable-sync": the class of all other names, and prefixes with theirs.
// kInvalidArgument names what is wrong.
Result<void> parse_key_classes(std::string_view text, KeysOptions& options);

}  // namespace stele::views
