// The editor's steps on lists.
#include <algorithm>

#include "keyspace/store/editor.h"
#include "keyspace/store/values.h"

namespace stele::keyspace::store {

namespace {

// A list from PostgreSQL with more runs of positions than one for so many elements is numbered anew.
constexpr std::size_t kElementsPerRun = 32;

// An element before it stands in its place.
class Encoded {
 public:
  explicit Encoded(std::string_view value)
      : size_(static_cast<std::size_t>(ListBytes::write(bytes_, value) - bytes_)) {}
  std::string_view bytes() const { return {bytes_, size_}; }

 private:
  char bytes_[FlatList::kBytesMax + 16];
  std::size_t size_;
};

}  // namespace

template <class Use>
void Editor::edit_list(Position& at, Use use) {
  auto* const list = at.entry->outside<List>();
  const std::size_t bytes = list->memory_bytes();
  use(*list);
  count_bytes(at, list->memory_bytes() - bytes);
}

void Editor::make_list(Position& at) {
  const FlatList flat(at.entry->inline_value());
  auto* const list = new List;
  std::int64_t position = flat.header().first_position;
  flat.walk(0, [&](std::string_view element) {
    list->load(position++, element);
    return true;
  });
  list->set_renumbered(flat.header().is_renumbered);
  Entry::Shape shape = at.entry->shape();
  shape.is_outside = true;
  Entry* const entry = at.entry->copy(shape, at.entry->name(), sizeof(List*));
  entry->set_outside_address(list);
  count_bytes(at, outside_bytes(*entry));
  replace(at, entry);
}

void Editor::insert_quietly(Position& at, std::size_t index, std::string_view value) {
  if (!at.entry->is_outside()) {
    const FlatList list(at.entry->inline_value());
    if (list.takes(1, ListBytes::size_of(value))) {
      FlatList::Header header = list.header();
      const std::size_t offset = list.offset_of(index);
      splice(at, offset, offset, Encoded(value).bytes());
      const auto place = static_cast<std::int64_t>(index);
      const bool moves_left = index < header.count - index;
      if (moves_left) --header.first_position;
      ++header.count;
      FlatList::write(at.entry->value(), header);
      const std::int64_t first = header.first_position;
      moves_left ? spans_.emplace_back(first, first + place + 1)
                 : spans_.emplace_back(first + place, header.end_position());
      return;
    }
    make_list(at);
  }
  edit_list(at, [&](List& list) { list.insert(index, value, spans_); });
}

void Editor::remove_quietly(Position& at, std::size_t index, std::size_t count) {
  if (at.entry->is_outside()) {
    edit_list(at, [&](List& list) {
      std::unique_ptr<List> rest = list.erase(index, count, spans_);
      if (rest) store_.garbage.add(rest.release());
    });
    return;
  }
  const FlatList list(at.entry->inline_value());
  FlatList::Header header = list.header();
  const std::int64_t first = header.first_position;
  const auto place = static_cast<std::int64_t>(index);
  if (index == 0) {
    header.first_position += static_cast<std::int64_t>(count);
    spans_.emplace_back(first, header.first_position);
  } else {
    spans_.emplace_back(first + place, header.end_position());
  }
  header.count -= count;
  splice(at, list.offset_of(index), list.offset_of(index + count), {});
  FlatList::write(at.entry->value(), header);
}

bool Editor::take_renumbered(Entry& entry) {
  if (entry.is_outside()) {
    auto* const list = entry.outside<List>();
    const bool is_renumbered = list->is_renumbered();
    list->set_renumbered(false);
    return is_renumbered;
  }
  FlatList::Header header = FlatList(entry.inline_value()).header();
  if (!header.is_renumbered) return false;
  header.is_renumbered = false;
  FlatList::write(entry.value(), header);
  return true;
}

void Editor::end_list_change(Position& at, ChangeEvent event, std::size_t bytes) {
  const bool is_behind = is_written_behind_here(at);
  if (is_behind) ensure_id(at);
  const ChangeSequence change = record(at, event, ValueType::kList);
  if (is_behind) {
    const bool is_replaced = take_renumbered(*at.entry);
    store_.dirty.positions_changed(bundle_, dirty_object(at), change, spans_, bytes, is_replaced);
  }
  spans_.clear();
  if (list_size(*at.entry) == 0) erase(at, ChangeEvent::kDelete);
}

void Editor::push(Position& at, ListEnd end, std::span<const std::string_view> values) {
  if (at.entry == nullptr) {
    const Entry::Shape shape = {.type = ValueType::kList, .has_id = is_written_behind_here(at)};
    Entry* const entry = Entry::make(shape, at.key.name, FlatList::kHeaderBytes);
    FlatList::write(entry->value(), {});
    insert(at, entry);
  }
  const bool is_left = end == ListEnd::kLeft;
  std::size_t bytes = 0;
  for (const std::string_view value : values) {
    insert_quietly(at, is_left ? 0 : list_size(*at.entry), value);
    bytes += value.size();
  }
  end_list_change(at, is_left ? ChangeEvent::kListPushLeft : ChangeEvent::kListPushRight, bytes);
}

void Editor::pop(Position& at, ListEnd end, std::size_t count, std::size_t skipped) {
  const bool is_left = end == ListEnd::kLeft;
  remove_quietly(at, is_left ? skipped : list_size(*at.entry) - count - skipped, count);
  end_list_change(at, is_left ? ChangeEvent::kListPopLeft : ChangeEvent::kListPopRight, 0);
}

void Editor::set_element(Position& at, std::size_t index, std::string_view value) {
  if (!at.entry->is_outside()) {
    const FlatList list(at.entry->inline_value());
    if (list.takes(0, ListBytes::size_of(value))) {
      const std::size_t offset = list.offset_of(index);
      const std::int64_t position = list.header().first_position + static_cast<std::int64_t>(index);
      splice(at, offset, offset + ListBytes::size_of(list.at(index)), Encoded(value).bytes());
      spans_.emplace_back(position, position + 1);
    } else {
      make_list(at);
    }
  }
  if (at.entry->is_outside()) edit_list(at, [&](List& list) { list.set(index, value, spans_); });
  end_list_change(at, ChangeEvent::kListSet, value.size());
}

void Editor::insert_element(Position& at, std::size_t index, std::string_view value) {
  insert_quietly(at, index, value);
  end_list_change(at, ChangeEvent::kListInsert, value.size());
}

void Editor::remove_elements(Position& at, std::span<const std::size_t> indices) {
  // From the right, so that the others keep their indices.
  for (std::size_t i = indices.size(); i > 0; --i) remove_quietly(at, indices[i - 1], 1);
  end_list_change(at, ChangeEvent::kListRemove, 0);
}

void Editor::trim(Position& at, std::size_t first, std::size_t count) {
  const std::size_t size = list_size(*at.entry);
  if (first + count < size) remove_quietly(at, first + count, size - first - count);
  if (first > 0) remove_quietly(at, 0, first);
  end_list_change(at, ChangeEvent::kListTrim, 0);
}

void Editor::load_list(Position& at, std::span<const ListElement> elements) {
  std::size_t runs = 1;
  std::size_t bytes = 0;
  constexpr std::int64_t kMax = FlatList::kPositionMax;
  bool is_renumbered = elements.front().position < -kMax || elements.back().position > kMax;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    bytes += ListBytes::size_of(elements[i].bytes);
    if (i > 0 && elements[i].position != elements[i - 1].position + 1) ++runs;
  }
  is_renumbered |= runs > 1 + elements.size() / kElementsPerRun;
  const bool is_flat = elements.size() <= FlatList::kElementsMax && bytes <= FlatList::kBytesMax;
  // Only a List has gaps.
  is_renumbered |= is_flat && runs > 1;
  FlatList::Header header{.first_position = is_renumbered ? 0 : elements.front().position,
                          .is_renumbered = is_renumbered};
  FlatList::write(at.entry->value(), header);
  if (!is_flat) {
    make_list(at);
    edit_list(at, [&](List& list) {
      std::int64_t position = 0;
      for (const ListElement& element : elements)
        list.load(is_renumbered ? position++ : element.position, element.bytes);
    });
    return;
  }
  std::string all(FlatList::kHeaderBytes, '\0');
  for (const ListElement& element : elements) {
    all.resize(all.size() + ListBytes::size_of(element.bytes));
    ListBytes::write(all.data() + all.size() - ListBytes::size_of(element.bytes), element.bytes);
  }
  header.count = elements.size();
  FlatList::write(all.data(), header);
  splice(at, 0, FlatList::kHeaderBytes, all);
}

}  // namespace stele::keyspace::store
