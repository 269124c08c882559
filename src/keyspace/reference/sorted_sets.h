#pragma once

#include "keyspace/reference/session.h"
#include "keyspace/sorted_sets.h"

namespace stele::keyspace::reference {

// The sorted-set commands over one session: a sorted set is an object whose fields have scores for values,
// and is put in order by each command.
class ReferenceSortedSets final : public SortedSets {
 public:
  explicit ReferenceSortedSets(Session& session) : session_(session) {}

  Result<std::optional<double>> score(KeyRef key, std::string_view member) override;
  Result<std::vector<std::optional<double>>> scores(KeyRef key,
                                                    std::span<const std::string_view> members) override;
  Result<std::size_t> size(KeyRef key) override;
  Result<std::optional<std::size_t>> rank(KeyRef key, std::string_view member, bool is_reversed) override;
  Result<std::vector<ScoredRef>> range(KeyRef key, const SortedRange& range,
                                       const RangeOrder& order) override;
  Result<std::size_t> count(KeyRef key, const SortedRange& range) override;
  Result<std::vector<ScoredRef>> random(KeyRef key, std::int64_t count) override;
  Result<ScoredPage> scan(KeyRef key, std::uint64_t cursor, std::size_t count) override;
  Result<SortedSetAdded> add(KeyRef key, std::span<const ScoredRef> members,
                             const ScoreCondition& condition) override;
  Result<std::optional<double>> increment(KeyRef key, std::string_view member, double by,
                                          const ScoreCondition& condition) override;
  Result<std::size_t> remove(KeyRef key, std::span<const std::string_view> members) override;
  Result<std::size_t> remove_range(KeyRef key, const SortedRange& range) override;
  Result<std::vector<Scored>> pop(KeyRef key, bool highest, std::size_t count) override;
  Result<std::vector<Scored>> combine(std::span<const KeyRef> keys, const ScoreCombination& combination,
                                      std::size_t limit) override;
  Result<std::size_t> replace(KeyRef to, std::span<const Scored> members, ChangeEvent event) override;

 private:
  // In order.
  Result<std::vector<ScoredRef>> all(KeyRef key);

  Session& session_;
};

}  // namespace stele::keyspace::reference
