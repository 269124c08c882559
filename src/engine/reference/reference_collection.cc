#include "engine/reference/reference_collection.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "engine/reference/normalize.h"

namespace stele::engine::reference {
namespace {

constexpr std::size_t kInlineBytes = std::size_t{4} << 20U;  // what the writer joins itself, at most
constexpr std::size_t kSegmentsMax = 64;  // beyond, neighbours are joined whatever their sizes

std::size_t total_size(const SegmentList& list, std::size_t begin, std::size_t end) {
  std::size_t total = 0;
  for (std::size_t i = begin; i < end; ++i) total += list[i]->size();
  return total;
}

std::size_t total_bytes(const SegmentList& list, std::size_t begin, std::size_t end) {
  std::size_t total = 0;
  for (std::size_t i = begin; i < end; ++i) total += list[i]->content_bytes();
  return total;
}

// Joining a large segment with a few small ones again and again would copy it each time.
bool is_balanced(const SegmentList& list, std::size_t begin, std::size_t end) {
  std::size_t largest = 0;
  for (std::size_t i = begin; i < end; ++i) largest = std::max(largest, list[i]->size());
  return largest * 2 <= total_size(list, begin, end);
}

std::vector<std::shared_ptr<Segment>> parts_of(const SegmentList& list, std::size_t begin, std::size_t end) {
  return {list.begin() + static_cast<std::ptrdiff_t>(begin), list.begin() + static_cast<std::ptrdiff_t>(end)};
}

void replace_parts(SegmentList& list, std::size_t begin, std::size_t end, std::shared_ptr<Segment> joined) {
  const auto first = list.erase(list.begin() + static_cast<std::ptrdiff_t>(begin),
                                list.begin() + static_cast<std::ptrdiff_t>(end));
  if (joined->size() > 0) list.insert(first, std::move(joined));
}

}  // namespace

DocumentPtr ReferenceView::get(const DocKey& key) const {
  DocumentPtr found;
  for (std::size_t i = segments_->size(); i-- > 0 && !found;) {
    const Segment& segment = *(*segments_)[i];
    segment.find(key, [&](DocOrdinal ordinal) {
      if (!segment.is_visible(ordinal, lsn_)) return false;
      found = segment.document(ordinal);
      return true;
    });
  }
  return found;
}

std::size_t ReferenceView::document_count() const {
  std::size_t count = 0;
  for (const auto& segment : *segments_) {
    if (segment->all_visible(lsn_)) {
      count += segment->size();
      continue;
    }
    for (DocOrdinal i = 0; i < segment->size(); ++i) count += segment->is_visible(i, lsn_) ? 1 : 0;
  }
  return count;
}

ReferenceCollection::ReferenceCollection(CollectionOptions options, Schema schema, VisibleLsn& visible,
                                         std::shared_ptr<const SegmentFactory> factory,
                                         std::unique_ptr<SegmentStore> store, bool restore)
    : options_(std::move(options)),
      visible_(visible),
      factory_(std::move(factory)),
      store_(std::move(store)),
      schema_(std::make_shared<const Schema>(std::move(schema))) {
  SegmentList list;
  if (store_ && restore && store_->damage().empty()) {
    list.assign(store_->segments().begin(), store_->segments().end());
    next_sequence_ = store_->manifest().next_sequence;
    applied_.store(store_->manifest().lsn.value());
  }
  segments_ = std::make_shared<const SegmentList>(std::move(list));
}

Result<void> ReferenceCollection::check(const ChangeBatch& batch, const Schema& schema) const {
  if (batch.lsn.value() < applied_.load() || batch.lsn.is_none())
    return make_error(ErrorCode::kInvalidArgument,
                      fmt::format("collection [{}]: a batch at {} after {}", options_.name,
                                  batch.lsn.to_string(), Lsn(applied_.load()).to_string()));
  for (const Change& change : batch.changes) STELE_RETURN_IF_ERROR(check_change(change, schema));
  if (options_.memory_bytes_max == 0) return {};
  const std::size_t bytes = stats().memory_bytes;
  if (bytes <= options_.memory_bytes_max) return {};
  return make_error(ErrorCode::kResourceExhausted,
                    fmt::format("collection [{}]: holds {} bytes, more than {}", options_.name, bytes,
                                options_.memory_bytes_max));
}

Result<ApplyReport> ReferenceCollection::apply(ChangeBatch batch) {
  const std::lock_guard lock(writer_mutex_);
  const std::shared_ptr<const Schema> schema = this->schema();
  STELE_RETURN_IF_ERROR(check(batch, *schema));
  ApplyReport report;
  Pending pending;
  pending.documents.reserve(batch.changes.size());
  pending.places.reserve(batch.changes.size());
  for (Change& change : batch.changes) {
    switch (change.kind) {
      case Change::Kind::kUpsert:
        upsert(pending, std::move(change), batch.lsn, *schema, report);
        break;
      case Change::Kind::kDelete:
        report.deleted += remove(pending, change.document.key, batch.lsn) ? 1 : 0;
        break;
      case Change::Kind::kTruncate:
        report.deleted += truncate(pending, batch.lsn);
        break;
    }
  }
  append(std::move(pending), *schema);
  applied_.store(batch.lsn.value());
  return report;
}

DocumentPtr ReferenceCollection::former(const Pending& pending, const DocKey& key) const {
  if (const auto place = pending.places.find(key); place != pending.places.end())
    return pending.documents[place->second];
  return latest(key);
}

bool ReferenceCollection::remove(Pending& pending, const DocKey& key, Lsn lsn) {
  if (const auto place = pending.places.find(key); place != pending.places.end()) {
    pending.documents[place->second] = nullptr;
    pending.places.erase(place);
    return true;
  }
  // The writer alone replaces the list, and it is the writer that is here.
  const SegmentList& list = *segments_;
  const std::optional<Place> place = find_alive(list, key);
  if (!place) return false;
  list[place->segment]->kill(place->ordinal, lsn);
  return true;
}

std::size_t ReferenceCollection::truncate(Pending& pending, Lsn lsn) {
  std::size_t count = pending.places.size();
  pending = {};
  for (const auto& segment : *segments()) {
    for (DocOrdinal i = 0; i < segment->size(); ++i) {
      if (!segment->is_alive(i)) continue;
      segment->kill(i, lsn);
      ++count;
    }
  }
  return count;
}

void ReferenceCollection::upsert(Pending& pending, Change change, Lsn lsn, const Schema& schema,
                                 ApplyReport& report) {
  const DocKey former_key = change.former_key.is_none() ? change.document.key : change.former_key;
  if (change.source_unchanged || !change.unchanged.empty())
    merge_former(change, former(pending, former_key).get());
  auto document = std::make_shared<Document>(std::move(change.document));
  document->lsn = lsn;
  normalize(*document, schema, report);
  remove(pending, document->key, lsn);
  if (former_key != document->key) remove(pending, former_key, lsn);
  pending.places.emplace(document->key, pending.documents.size());
  pending.documents.push_back(std::move(document));
  ++report.upserted;
}

void ReferenceCollection::append(Pending pending, const Schema& schema) {
  std::erase(pending.documents, nullptr);
  if (pending.documents.empty()) return;
  std::vector<std::uint64_t> sequences(pending.documents.size());
  std::iota(sequences.begin(), sequences.end(), next_sequence_);
  next_sequence_ += sequences.size();
  SegmentList list = *segments();
  list.push_back(factory_->build(schema, std::move(pending.documents), std::move(sequences)));
  join_tail(list, schema);
  publish(std::move(list));
}

bool ReferenceCollection::is_claimed(const SegmentList& list, const Window& window) const {
  return std::any_of(claimed_.begin(), claimed_.end(), [&](const auto& claimed) {
    const auto end = list.begin() + static_cast<std::ptrdiff_t>(window.end);
    return std::find(list.begin() + static_cast<std::ptrdiff_t>(window.begin), end, claimed) != end;
  });
}

void ReferenceCollection::join_tail(SegmentList& list, const Schema& schema) {
  while (list.size() >= kFanIn) {
    const Window tail{list.size() - kFanIn, list.size()};
    if (total_size(list, tail.begin, tail.end) > kInlineDocuments ||
        total_bytes(list, tail.begin, tail.end) > kInlineBytes || !is_balanced(list, tail.begin, tail.end) ||
        is_claimed(list, tail))
      return;
    const auto parts = parts_of(list, tail.begin, tail.end);
    auto joined = factory_->join(schema, parts, visible_.oldest());
    joined->adopt_deaths(parts);
    replace_parts(list, tail.begin, tail.end, std::move(joined));
  }
}

std::optional<ReferenceCollection::Window> ReferenceCollection::choose_window(const SegmentList& list,
                                                                              Lsn oldest) const {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i]->versions().dead_count() * 4 < list[i]->size()) continue;
    const std::size_t droppable = list[i]->versions().droppable_count(oldest);
    const bool worth = droppable * 4 >= list[i]->size() && list[i]->size() >= kInlineDocuments;
    if (worth || droppable == list[i]->size()) return Window{i, i + 1};
  }
  std::optional<Window> best;
  std::size_t best_total = factory_->documents_max() + 1;
  for (std::size_t begin = 0; begin + kFanIn <= list.size(); ++begin) {
    const std::size_t total = total_size(list, begin, begin + kFanIn);
    const bool wanted = list.size() > kSegmentsMax || is_balanced(list, begin, begin + kFanIn);
    if (!wanted || total >= best_total) continue;
    best = Window{begin, begin + kFanIn};
    best_total = total;
  }
  if (best) return best;
  const std::shared_ptr<const Schema> schema = this->schema();
  for (std::size_t i = 0; i < list.size(); ++i)
    if (factory_->is_unfinished(*schema, *list[i])) return Window{i, i + 1};
  return best;
}

bool ReferenceCollection::maintain() {
  const std::unique_lock joining(joining_mutex_, std::try_to_lock);
  if (!joining.owns_lock()) return false;
  SegmentList parts;
  std::shared_ptr<const Schema> schema;
  // Taken before the parts: whoever pins later sees at least this.
  const Lsn oldest = visible_.oldest();
  {
    const std::lock_guard lock(writer_mutex_);
    const std::shared_ptr<const SegmentList> list = segments();
    const auto window = choose_window(*list, oldest);
    if (!window) return false;
    parts = parts_of(*list, window->begin, window->end);
    claimed_ = parts;
    schema = this->schema();
  }
  std::shared_ptr<Segment> joined = factory_->join(*schema, parts, oldest);
  const std::lock_guard lock(writer_mutex_);
  joined->adopt_deaths(parts);
  SegmentList list = *segments();
  const auto first = static_cast<std::size_t>(std::find(list.begin(), list.end(), parts[0]) - list.begin());
  replace_parts(list, first, first + parts.size(), std::move(joined));
  claimed_.clear();
  const bool more = choose_window(list, oldest).has_value();
  publish(std::move(list));
  return more;
}

Result<void> ReferenceCollection::add_fields(std::vector<FieldDefinition> fields) {
  const std::lock_guard lock(writer_mutex_);
  STELE_TRY(Schema extended, schema()->with(std::move(fields)));
  auto next = std::make_shared<const Schema>(std::move(extended));
  const std::lock_guard list_lock(list_mutex_);
  schema_ = std::move(next);
  return {};
}

DocumentPtr ReferenceCollection::latest(const DocKey& key) const {
  const std::shared_ptr<const SegmentList> list = segments();
  const std::optional<Place> place = find_alive(*list, key);
  return place ? (*list)[place->segment]->document(place->ordinal) : nullptr;
}

std::optional<ReferenceCollection::Place> ReferenceCollection::find_alive(const SegmentList& list,
                                                                          const DocKey& key) const {
  const std::uint64_t hash = hash_key(key);
  std::optional<Place> found;
  const auto look_into = [&](std::size_t at) {
    const Segment& segment = *list[at];
    return segment.find(key, hash, [&](DocOrdinal ordinal) {
      if (!segment.is_alive(ordinal)) return false;
      found = Place{at, ordinal};
      return true;
    });
  };
  // One version of a key is alive at most, wherever it is; what is changed together mostly lies together.
  const std::size_t likely = last_found_.load(std::memory_order_relaxed);
  if (likely < list.size() && look_into(likely)) return found;
  for (std::size_t at = list.size(); at-- > 0;) {
    if (at == likely || !look_into(at)) continue;
    last_found_.store(at, std::memory_order_relaxed);
    return found;
  }
  return found;
}

std::shared_ptr<const Schema> ReferenceCollection::schema() const {
  const std::lock_guard lock(list_mutex_);
  return schema_;
}

std::shared_ptr<const SegmentList> ReferenceCollection::segments() const {
  const std::lock_guard lock(list_mutex_);
  return segments_;
}

void ReferenceCollection::publish(SegmentList list) {
  auto next = std::make_shared<const SegmentList>(std::move(list));
  const std::lock_guard lock(list_mutex_);
  segments_.swap(next);
}

CollectionStats ReferenceCollection::stats() const {
  CollectionStats stats;
  const std::shared_ptr<const SegmentList> list = segments();
  stats.segments = list->size();
  for (const auto& segment : *list) {
    const std::size_t dead = segment->versions().dead_count();
    stats.documents += segment->size() - dead;
    stats.dead_versions += dead;
    stats.memory_bytes += segment->memory_bytes();
  }
  stats.applied = Lsn(applied_.load());
  return stats;
}

std::shared_ptr<const CollectionView> ReferenceCollection::view(Lsn lsn) const {
  const std::lock_guard lock(list_mutex_);
  return std::make_shared<ReferenceView>(options_.name, options_.key_layout, lsn, schema_, segments_);
}

}  // namespace stele::engine::reference
