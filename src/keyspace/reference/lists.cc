#include "keyspace/reference/lists.h"

#include <algorithm>
#include <iterator>

#include "keyspace/errors.h"

namespace stele::keyspace::reference {

namespace {

using ListEdit = Store::ListEdit;

// The element at an index that may be negative; the end without one.
auto element_at(const Object& object, std::int64_t index) {
  const auto size = static_cast<std::int64_t>(object.elements.size());
  if (index < 0) index += size;
  if (index < 0 || index >= size) return object.elements.end();
  return std::next(object.elements.begin(), index);
}

// The indices that LRANGE and LTRIM mean; none if first > last.
struct Span {
  Span(const Object& object, std::int64_t from, std::int64_t to) {
    const auto size = static_cast<std::int64_t>(object.elements.size());
    first = std::max<std::int64_t>(from < 0 ? from + size : from, 0);
    last = std::min(to < 0 ? to + size : to, size - 1);
  }
  std::int64_t first;
  std::int64_t last;
};

}  // namespace

void ReferenceLists::push(Object& object, ListEnd end, std::span<const std::string_view> values) {
  ListEdit edit;
  const auto& elements = object.elements;
  const bool is_left = end == ListEnd::kLeft;
  std::int64_t position = 0;
  if (!elements.empty()) position = is_left ? elements.begin()->first - 1 : elements.rbegin()->first + 1;
  for (const std::string_view value : values) {
    edit.set.push_back({position, std::string(value)});
    position += is_left ? -1 : 1;
  }
  session_.store().edit_list(object, edit,
                             is_left ? ChangeEvent::kListPushLeft : ChangeEvent::kListPushRight);
}

Result<std::size_t> ReferenceLists::push(KeyRef key, ListEnd end, std::span<const std::string_view> values) {
  STELE_TRY(Object * object, session_.find_to_grow(key, ValueType::kList));
  if (values.empty()) return object ? object->elements.size() : 0;
  if (!object) object = &session_.store().insert_list(key);
  push(*object, end, values);
  return object->elements.size();
}

Result<std::size_t> ReferenceLists::push_if_present(KeyRef key, ListEnd end,
                                                    std::span<const std::string_view> values) {
  STELE_TRY(Object* const object, session_.find_to_grow(key, ValueType::kList));
  if (!object) return 0;
  return push(key, end, values);
}

void ReferenceLists::drop(Object& object, ListEnd end, std::size_t count) {
  ListEdit edit;
  kept_.clear();
  const auto take = [&](const auto& element) {
    kept_.push_back(element.second);
    edit.removed.push_back(element.first);
  };
  const auto wanted = static_cast<std::ptrdiff_t>(count);
  if (end == ListEnd::kLeft) {
    std::for_each(object.elements.begin(), std::next(object.elements.begin(), wanted), take);
    session_.store().edit_list(object, edit, ChangeEvent::kListPopLeft);
  } else {
    std::for_each(object.elements.rbegin(), std::next(object.elements.rbegin(), wanted), take);
    session_.store().edit_list(object, edit, ChangeEvent::kListPopRight);
  }
}

Result<std::optional<std::string_view>> ReferenceLists::pop(KeyRef key, ListEnd end) {
  STELE_TRY(const auto popped, pop_many(key, end, 1));
  if (!popped) return std::nullopt;
  return popped->front();
}

Result<std::optional<std::vector<std::string_view>>> ReferenceLists::pop_many(KeyRef key, ListEnd end,
                                                                              std::size_t count) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Object* const object, session_.find(key, ValueType::kList));
  if (!object) return std::nullopt;
  count = std::min(count, object->elements.size());
  if (count == 0) return std::optional(std::vector<std::string_view>());
  drop(*object, end, count);
  return std::optional(std::vector<std::string_view>(kept_.begin(), kept_.end()));
}

Result<std::optional<std::string_view>> ReferenceLists::move(KeyRef from, ListEnd from_end, KeyRef to,
                                                             ListEnd to_end) {
  STELE_RETURN_IF_ERROR(session_.check_writable(from));
  STELE_RETURN_IF_ERROR(session_.check_writable(to));
  STELE_TRY(Object* const source, session_.find(from, ValueType::kList));
  if (!source) return std::nullopt;
  STELE_RETURN_IF_ERROR(session_.find(to, ValueType::kList));
  const auto& elements = source->elements;
  const auto moved = from_end == ListEnd::kLeft ? *elements.begin() : *elements.rbegin();
  const std::string_view value = session_.keep(moved.second);
  STELE_RETURN_IF_ERROR(push(to, to_end, std::span(&value, 1)));
  const bool is_left = from_end == ListEnd::kLeft;
  session_.store().edit_list(*source, {.set = {}, .removed = {moved.first}},
                             is_left ? ChangeEvent::kListPopLeft : ChangeEvent::kListPopRight);
  return value;
}

Result<std::size_t> ReferenceLists::size(KeyRef key) {
  STELE_TRY(const Object* const object, session_.find(key, ValueType::kList));
  return object ? object->elements.size() : 0;
}

Result<std::optional<std::string_view>> ReferenceLists::at(KeyRef key, std::int64_t index) {
  STELE_TRY(const Object* const object, session_.find(key, ValueType::kList));
  if (!object) return std::nullopt;
  const auto found = element_at(*object, index);
  if (found == object->elements.end()) return std::nullopt;
  return found->second;
}

Result<std::vector<std::string_view>> ReferenceLists::range(KeyRef key, std::int64_t first,
                                                            std::int64_t last) {
  STELE_TRY(const Object* const object, session_.find(key, ValueType::kList));
  std::vector<std::string_view> values;
  if (!object) return values;
  const Span span(*object, first, last);
  std::int64_t index = 0;
  for (const auto& [position, bytes] : object->elements) {
    if (index >= span.first && index <= span.last) values.push_back(bytes);
    ++index;
  }
  return values;
}

Result<void> ReferenceLists::set(KeyRef key, std::int64_t index, std::string_view value) {
  STELE_TRY(Object* const object, session_.find_to_grow(key, ValueType::kList));
  if (!object) return no_such_key();
  const auto found = element_at(*object, index);
  if (found == object->elements.end()) return index_out_of_range();
  session_.store().edit_list(*object, {.set = {{found->first, std::string(value)}}, .removed = {}},
                             ChangeEvent::kListSet);
  return {};
}

Result<std::int64_t> ReferenceLists::insert(KeyRef key, bool before, std::string_view pivot,
                                            std::string_view value) {
  STELE_TRY(Object* const object, session_.find_to_grow(key, ValueType::kList));
  if (!object) return 0;
  const auto& elements = object->elements;
  auto at = std::ranges::find_if(elements, [&](const auto& each) { return each.second == pivot; });
  if (at == elements.end()) return -1;
  if (!before) ++at;
  // What is there moves by one, up to a gap.
  ListEdit edit;
  const std::int64_t position = at == elements.end() ? elements.rbegin()->first + 1 : at->first;
  edit.set.push_back({position, std::string(value)});
  for (std::int64_t taken = position; at != elements.end() && at->first <= taken; ++at) {
    ++taken;
    edit.set.push_back({taken, at->second});
  }
  session_.store().edit_list(*object, edit, ChangeEvent::kListInsert);
  return static_cast<std::int64_t>(elements.size());
}

Result<std::size_t> ReferenceLists::remove(KeyRef key, std::int64_t count, std::string_view value) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Object* const object, session_.find(key, ValueType::kList));
  if (!object) return 0;
  ListEdit edit;
  const std::size_t wanted = count == 0 ? object->elements.size()
                                        : (count < 0 ? std::size_t{0} - static_cast<std::size_t>(count)
                                                     : static_cast<std::size_t>(count));
  const auto look = [&](const auto& element) {
    if (element.second == value && edit.removed.size() < wanted) edit.removed.push_back(element.first);
  };
  if (count >= 0) std::for_each(object->elements.begin(), object->elements.end(), look);
  if (count < 0) std::for_each(object->elements.rbegin(), object->elements.rend(), look);
  if (!edit.removed.empty()) session_.store().edit_list(*object, edit, ChangeEvent::kListRemove);
  return edit.removed.size();
}

Result<void> ReferenceLists::trim(KeyRef key, std::int64_t first, std::int64_t last) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Object* const object, session_.find(key, ValueType::kList));
  if (!object) return {};
  const Span span(*object, first, last);
  ListEdit edit;
  std::int64_t index = 0;
  for (const auto& [position, bytes] : object->elements) {
    if (index < span.first || index > span.last) edit.removed.push_back(position);
    ++index;
  }
  session_.store().edit_list(*object, edit, ChangeEvent::kListTrim);
  return {};
}

Result<std::vector<std::size_t>> ReferenceLists::positions(KeyRef key, const Search& search) {
  STELE_TRY(const std::vector<std::string_view> values, range(key, 0, -1));
  std::vector<std::size_t> found;
  const bool from_right = search.rank < 0;
  std::uint64_t to_skip = from_right ? std::uint64_t{0} - static_cast<std::uint64_t>(search.rank)
                                     : static_cast<std::uint64_t>(search.rank);
  const std::size_t compared =
      search.compare_max == 0 ? values.size() : std::min(search.compare_max, values.size());
  for (std::size_t i = 0; i < compared; ++i) {
    const std::size_t index = from_right ? values.size() - 1 - i : i;
    if (values[index] != search.value) continue;
    if (to_skip > 1) {
      --to_skip;
      continue;
    }
    found.push_back(index);
    if (search.count > 0 && found.size() == search.count) break;
  }
  return found;
}

}  // namespace stele::keyspace::reference
