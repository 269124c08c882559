#include "keyspace/store/lists.h"

#include <algorithm>

#include "keyspace/errors.h"
#include "keyspace/store/values.h"

namespace stele::keyspace::store {

namespace {

// The index from the left end of one that may be negative; nothing beyond the ends.
std::optional<std::size_t> index_in(const Entry& entry, std::int64_t index) {
  const auto size = static_cast<std::int64_t>(list_size(entry));
  if (index < 0) index += size;
  if (index < 0 || index >= size) return std::nullopt;
  return static_cast<std::size_t>(index);
}

// What LRANGE and LTRIM mean.
struct Part {
  Part(const Entry& entry, std::int64_t from, std::int64_t to) {
    const auto size = static_cast<std::int64_t>(list_size(entry));
    from = std::max<std::int64_t>(from < 0 ? from + size : from, 0);
    to = std::min(to < 0 ? to + size : to, size - 1);
    if (from > to) return;
    first = static_cast<std::size_t>(from);
    count = static_cast<std::size_t>(to - from) + 1;
  }
  std::size_t first = 0;
  std::size_t count = 0;
};

std::uint64_t magnitude(std::int64_t value) {
  return value < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

}  // namespace

Result<Position> StoreLists::find_to_shrink(KeyRef key) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  return session_.find(key, ValueType::kList);
}

Result<std::size_t> StoreLists::push(KeyRef key, ListEnd end, std::span<const std::string_view> values) {
  STELE_TRY(Position at, session_.find_to_grow(key, ValueType::kList));
  if (values.empty()) return at.entry == nullptr ? 0 : list_size(*at.entry);
  session_.editor().push(at, end, values);
  return list_size(*at.entry);
}

Result<std::size_t> StoreLists::push_if_present(KeyRef key, ListEnd end,
                                                std::span<const std::string_view> values) {
  STELE_TRY(Position at, session_.find_to_grow(key, ValueType::kList));
  if (at.entry == nullptr) return 0;
  if (!values.empty()) session_.editor().push(at, end, values);
  return list_size(*at.entry);
}

Result<std::optional<std::string_view>> StoreLists::pop(KeyRef key, ListEnd end) {
  STELE_TRY(Position at, find_to_shrink(key));
  if (at.entry == nullptr) return std::nullopt;
  const std::size_t index = end == ListEnd::kLeft ? 0 : list_size(*at.entry) - 1;
  const std::string_view value = session_.keep(list_element(*at.entry, index));
  session_.editor().pop(at, end, 1);
  return value;
}

Result<std::optional<std::vector<std::string_view>>> StoreLists::pop_many(KeyRef key, ListEnd end,
                                                                          std::size_t count) {
  STELE_TRY(Position at, find_to_shrink(key));
  if (at.entry == nullptr) return std::nullopt;
  const std::size_t size = list_size(*at.entry);
  count = std::min(count, size);
  std::vector<std::string_view> values;
  if (count == 0) return std::optional(std::move(values));
  values.reserve(count);
  std::string all;
  const auto take = [&](std::string_view element) {
    values.push_back(element);
    all += element;
    return values.size() < count;
  };
  with_list(*at.entry, [&](const auto& list) {
    end == ListEnd::kLeft ? list.walk(0, take) : list.walk_backward(size - 1, take);
  });
  std::string_view rest = session_.keep(all);
  for (std::string_view& value : values) {
    value = rest.substr(0, value.size());
    rest.remove_prefix(value.size());
  }
  session_.editor().pop(at, end, count);
  return std::optional(std::move(values));
}

Result<std::optional<std::string_view>> StoreLists::move(KeyRef from, ListEnd from_end, KeyRef to,
                                                         ListEnd to_end) {
  STELE_RETURN_IF_ERROR(session_.check_writable(from));
  STELE_RETURN_IF_ERROR(session_.check_writable(to));
  STELE_TRY(const Position source, session_.find(from, ValueType::kList));
  if (source.entry == nullptr) return std::nullopt;
  STELE_TRY(Position target, session_.find(to, ValueType::kList));
  const std::size_t index = from_end == ListEnd::kLeft ? 0 : list_size(*source.entry) - 1;
  const std::string_view value = session_.keep(list_element(*source.entry, index));
  session_.editor().push(target, to_end, std::span(&value, 1));
  // Where it is now: within one list it is the second when the same end was pushed at.
  Position again = session_.store().find(from, source.hash);
  session_.editor().pop(again, from_end, 1, from == to && from_end == to_end ? 1 : 0);
  return value;
}

Result<std::size_t> StoreLists::size(KeyRef key) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kList));
  return at.entry == nullptr ? 0 : list_size(*at.entry);
}

Result<std::optional<std::string_view>> StoreLists::at(KeyRef key, std::int64_t index) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kList));
  if (at.entry == nullptr) return std::nullopt;
  const auto found = index_in(*at.entry, index);
  if (!found) return std::nullopt;
  return list_element(*at.entry, *found);
}

Result<std::vector<std::string_view>> StoreLists::range(KeyRef key, std::int64_t first, std::int64_t last) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kList));
  std::vector<std::string_view> values;
  if (at.entry == nullptr) return values;
  const Part part(*at.entry, first, last);
  if (part.count == 0) return values;
  values.reserve(part.count);
  walk_list(*at.entry, part.first, [&](std::string_view element) {
    values.push_back(element);
    return values.size() < part.count;
  });
  return values;
}

Result<void> StoreLists::set(KeyRef key, std::int64_t index, std::string_view value) {
  STELE_TRY(Position at, session_.find_to_grow(key, ValueType::kList));
  if (at.entry == nullptr) return no_such_key();
  const auto found = index_in(*at.entry, index);
  if (!found) return index_out_of_range();
  session_.editor().set_element(at, *found, value);
  return {};
}

Result<std::int64_t> StoreLists::insert(KeyRef key, bool before, std::string_view pivot,
                                        std::string_view value) {
  STELE_TRY(Position at, session_.find_to_grow(key, ValueType::kList));
  if (at.entry == nullptr) return 0;
  const std::size_t size = list_size(*at.entry);
  std::size_t index = 0;
  walk_list(*at.entry, 0, [&](std::string_view element) {
    if (element == pivot) return false;
    ++index;
    return true;
  });
  if (index == size) return -1;
  session_.editor().insert_element(at, before ? index : index + 1, value);
  return static_cast<std::int64_t>(size) + 1;
}

Result<std::size_t> StoreLists::remove(KeyRef key, std::int64_t count, std::string_view value) {
  STELE_TRY(Position at, find_to_shrink(key));
  if (at.entry == nullptr) return 0;
  const std::size_t size = list_size(*at.entry);
  const std::uint64_t wanted = count == 0 ? size : magnitude(count);
  std::vector<std::size_t> indices;
  std::size_t index = count < 0 ? size - 1 : 0;
  const auto look = [&](std::string_view element) {
    if (element == value) indices.push_back(index);
    count < 0 ? --index : ++index;
    return indices.size() < wanted;
  };
  with_list(*at.entry,
            [&](const auto& list) { count < 0 ? list.walk_backward(size - 1, look) : list.walk(0, look); });
  if (indices.empty()) return 0;
  if (count < 0) std::ranges::reverse(indices);
  session_.editor().remove_elements(at, indices);
  return indices.size();
}

Result<void> StoreLists::trim(KeyRef key, std::int64_t first, std::int64_t last) {
  STELE_TRY(Position at, find_to_shrink(key));
  if (at.entry == nullptr) return {};
  const Part part(*at.entry, first, last);
  session_.editor().trim(at, part.first, part.count);
  return {};
}

Result<std::vector<std::size_t>> StoreLists::positions(KeyRef key, const Search& search) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kList));
  std::vector<std::size_t> found;
  if (at.entry == nullptr) return found;
  const std::size_t size = list_size(*at.entry);
  const bool from_right = search.rank < 0;
  std::uint64_t to_skip = magnitude(search.rank) - 1;
  std::size_t compared = 0;
  const std::size_t compare_max = search.compare_max == 0 ? size : std::min(search.compare_max, size);
  const auto look = [&](std::string_view element) {
    const std::size_t index = from_right ? size - 1 - compared : compared;
    ++compared;
    if (element == search.value && to_skip > 0) {
      --to_skip;
    } else if (element == search.value) {
      found.push_back(index);
    }
    return compared < compare_max && (search.count == 0 || found.size() < search.count);
  };
  with_list(*at.entry,
            [&](const auto& list) { from_right ? list.walk_backward(size - 1, look) : list.walk(0, look); });
  return found;
}

}  // namespace stele::keyspace::store
