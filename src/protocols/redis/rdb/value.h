#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "keyspace/value.h"

namespace stele::redis::rdb {

// A value between the keyspace and RDB's bytes, in the form in which the keyspace's commands take it. Views
// into what it was made from, and into `texts`; movable, since those do not move with it.
struct Value {
  keyspace::ValueType type = keyspace::ValueType::kNone;
  std::vector<std::string_view> elements;    // kString: its bytes; kList, in order; kSet, each once
  std::vector<keyspace::FieldRef> fields;    // kHash, each once
  std::vector<keyspace::ScoredRef> members;  // kSortedSet, each once; to be encoded, they are in order
  std::deque<std::string> texts;             // what stands nowhere else: numbers, what was compressed
};

}  // namespace stele::redis::rdb
