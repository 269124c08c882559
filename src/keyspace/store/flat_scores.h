#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "keyspace/store/fields.h"
#include "keyspace/value.h"

namespace stele::keyspace::store {

// A small sorted set: FlatFields in the order of score and member, whose values are the scores: an integer in
// as many bytes as it needs (none for 0), any other double in eight.
class FlatScores {
 public:
  explicit FlatScores(std::string_view bytes) : fields_(bytes) {}

  // As FlatFields::for_each.
  template <class Visit>
  void for_each(Visit visit) const {
    fields_.for_each([&](const FieldRef& field, std::size_t begin, std::size_t end) {
      return visit(ScoredRef{field.name, score(field.value)}, begin, end);
    });
  }
  std::size_t size() const { return fields_.size(); }

  static constexpr std::size_t kMembersMax = FlatFields::kFieldsMax;
  static bool takes(std::string_view member) { return member.size() <= FlatFields::kFieldBytesMax; }

  // A score as bytes; borrows from itself.
  class Bytes {
   public:
    explicit Bytes(double score) {
      constexpr double kMost = 9007199254740992.0;  // 2^53
      if (score == std::trunc(score) && std::abs(score) <= kMost && !(score == 0 && std::signbit(score))) {
        const auto value = static_cast<std::int64_t>(score);
        while (size_ < sizeof(value) && !fits(value, size_)) ++size_;
        std::memcpy(bytes_, &value, size_);
        return;
      }
      size_ = sizeof(score);
      std::memcpy(bytes_, &score, size_);
    }
    std::string_view view() const { return {bytes_, size_}; }

   private:
    static bool fits(std::int64_t value, std::size_t bytes) {
      if (bytes == 0) return value == 0;
      const std::int64_t half = std::int64_t{1} << (bytes * 8 - 1);
      return value >= -half && value < half;
    }

    char bytes_[8] = {};
    std::size_t size_ = 0;
  };

 private:
  static double score(std::string_view bytes) {
    if (bytes.size() == sizeof(double)) {
      double score = 0;
      std::memcpy(&score, bytes.data(), sizeof(score));
      return score;
    }
    if (bytes.empty()) return 0;
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data(), bytes.size());
    const std::size_t unused = 64 - bytes.size() * 8;  // the sign is the highest bit that was kept
    return static_cast<double>(static_cast<std::int64_t>(value << unused) >> unused);
  }

  FlatFields fields_;
};

}  // namespace stele::keyspace::store
