#include "keyspace/store/field_expiries.h"

namespace stele::keyspace::store {

namespace {

// Two nodes of trees as the allocator gives them.
std::size_t bytes_of(std::string_view field) {
  constexpr std::size_t kNodesBytes = 80 + 56;
  constexpr std::size_t kInPlaceMax = 15;
  return kNodesBytes + (field.size() > kInPlaceMax ? field.size() + 1 : 0);
}

}  // namespace

void FieldExpiries::erase(ByName::iterator at) {
  bytes_ -= bytes_of(at->first);
  by_time_.erase({at->second, at->first});
  by_name_.erase(at);
}

void FieldExpiries::set(std::string_view field, std::optional<WallMs> expires_at) {
  const auto present = by_name_.find(field);
  if (!expires_at) {
    if (present != by_name_.end()) erase(present);
    return;
  }
  if (present != by_name_.end()) {
    by_time_.erase({present->second, present->first});
    present->second = *expires_at;
    by_time_.emplace(*expires_at, present->first);
    return;
  }
  const auto added = by_name_.emplace(field, *expires_at).first;
  by_time_.emplace(*expires_at, added->first);
  bytes_ += bytes_of(field);
}

std::vector<std::string> FieldExpiries::due(WallMs now, std::size_t limit) const {
  std::vector<std::string> fields;
  for (const auto& [at, field] : by_time_) {
    if (at > now || fields.size() == limit) break;
    fields.emplace_back(field);
  }
  return fields;
}

std::size_t FieldExpiries::free_some(std::size_t count) {
  std::size_t freed = 0;
  for (; freed < count && !by_name_.empty(); ++freed) erase(by_name_.begin());
  return freed;
}

}  // namespace stele::keyspace::store
