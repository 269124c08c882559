#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/query/query.h"
#include "protocols/qdrant/collection/collection.h"
#include "protocols/qdrant/filter/filter.h"
#include "protocols/qdrant/filter/text_match.h"

namespace stele::qdrant {

// Does a filter hold for a document? Asks the payload as it is stored, so that every member can be filtered
// by, indexed or not, as Qdrant does without an index. Immutable; any thread. Cost: one parse of the payload
// for each document asked about; as_query() asks the fields first where they can say which documents to leave
// out.
class PayloadFilter final : public engine::DocumentTest {
 public:
  PayloadFilter(const Collection& collection, FilterPtr filter);

  bool matches(const engine::Document& document) const override;
  // The same for a payload alone (ids and vectors are unknown).
  bool matches_payload(json::Value payload) const;

 private:
  struct Subject;
  bool check(const Filter& filter, const Subject& subject) const;
  bool check(const Condition& condition, const Subject& subject) const;
  bool check_field(const FieldCondition& condition, const Subject& subject) const;
  bool check_value(const FieldCondition& condition, const TextIndex* index, json::Value value) const;
  bool check_scalar(const FieldCondition& condition, const TextIndex* index, json::Value value) const;

  FilterPtr filter_;
  std::map<std::string, TextIndex, std::less<>> text_indexes_;  // by path
  std::map<std::string, VectorParams, std::less<>> vectors_;    // by name
};

// The filter as the engine executes it; null for none.
engine::QueryPtr as_query(const Collection& collection, const FilterPtr& filter_or_null);

}  // namespace stele::qdrant
