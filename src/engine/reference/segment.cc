#include "engine/reference/segment.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "base/check.h"

namespace stele::engine::reference {
namespace {

std::size_t document_bytes(const Document& document) {
  std::size_t bytes = sizeof(Document) + 32 + document.source.capacity() + document.routing.capacity() +
                      document.key.bytes().size() + document.fields.capacity() * sizeof(FieldValues) +
                      document.vectors.capacity() * sizeof(VectorValue);
  for (const FieldValues& field : document.fields) {
    bytes += field.values.capacity() * sizeof(Value);
    for (const Value& value : field.values) bytes += heap_bytes(value);
  }
  for (const VectorValue& vector : document.vectors) bytes += vector.elements.capacity() * sizeof(float);
  return bytes;
}

// A value of the main field as its multi-field takes it; what does not fit is left out.
std::vector<Value> coerced(FieldType type, const std::vector<Value>& values) {
  std::vector<Value> fitting;
  for (const Value& value : values) {
    if (value.is_null()) {
      fitting.emplace_back();
    } else if (auto fit = coerce(type, value)) {
      fitting.push_back(*std::move(fit));
    }
  }
  return fitting;
}

void add_values(FieldIndexBuilder& builder, DocOrdinal document, const FieldDefinition& field,
                const std::vector<Value>& values) {
  const bool stringy = field.type == FieldType::kText || field.type == FieldType::kKeyword;
  const auto fits = [](const Value& value) { return value.string() != nullptr || value.is_null(); };
  if (field.values_of.empty() || (stringy && std::ranges::all_of(values, fits)))
    builder.add(document, values);
  else
    builder.add(document, coerced(field.type, values));
}

}  // namespace

Segment::Segment(std::vector<DocumentPtr> documents, std::vector<std::uint64_t> sequences)
    : documents_(std::move(documents)),
      sequences_(std::move(sequences)),
      died_(std::make_unique<std::atomic<std::uint64_t>[]>(documents_.size())) {
  STELE_CHECK(documents_.size() == sequences_.size());
  born_.reserve(documents_.size());
  for (std::size_t i = 0; i < documents_.size(); ++i) {
    born_.push_back(documents_[i]->lsn.value());
    last_born_ = std::max(last_born_, born_.back());
    died_[i].store(kAlive, std::memory_order_relaxed);
  }
  index_keys();
}

void Segment::index_keys() {
  slots_.resize(std::bit_ceil(documents_.size() * 2 + 1));
  const std::size_t mask = slots_.size() - 1;
  // From the newest on: probing then meets the newest version of a key first.
  for (std::size_t i = documents_.size(); i-- > 0;) {
    const std::uint64_t hash = std::hash<DocKey>{}(documents_[i]->key);
    std::size_t at = hash & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = (hash >> 32U << 32U) | (i + 1);
  }
}

std::shared_ptr<Segment> Segment::build(const Schema& schema, std::vector<DocumentPtr> documents,
                                        std::vector<std::uint64_t> sequences) {
  std::shared_ptr<Segment> segment(new Segment(std::move(documents), std::move(sequences)));
  // Sorted by field in one pass over the documents, then built field by field: each has tables of its own.
  struct Entry {
    DocOrdinal document;
    const FieldValues* field;
    const VectorValue* vector;
  };
  std::vector<std::vector<Entry>> entries(schema.size());
  for (DocOrdinal i = 0; i < segment->size(); ++i) {
    const Document& document = *segment->documents_[i];
    for (const FieldValues& field : document.fields)
      entries[field.field.value()].push_back({i, &field, nullptr});
    for (const VectorValue& vector : document.vectors)
      entries[vector.field.value()].push_back({i, nullptr, &vector});
    segment->bytes_.push_back(static_cast<std::uint32_t>(
        std::min<std::size_t>(document_bytes(document), std::numeric_limits<std::uint32_t>::max())));
  }
  segment->fields_.resize(schema.size());
  const auto build = [&](const std::vector<Entry>& from, FieldId id) {
    FieldIndexBuilder builder(schema.field(id), segment->size());
    for (const Entry& entry : from) {
      if (entry.vector != nullptr)
        builder.add_vector(entry.document, entry.vector->elements);
      else
        add_values(builder, entry.document, schema.field(id), entry.field->values);
    }
    segment->fields_[id.value()] = std::make_unique<FieldIndex>(builder.finish());
  };
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    if (entries[i].empty()) continue;
    build(entries[i], FieldId(i));
    for (const FieldId multi : schema.multi_fields(FieldId(i))) build(entries[i], multi);
  }
  segment->measure_memory();
  return segment;
}

std::shared_ptr<Segment> Segment::join(const Schema& schema, std::span<const std::shared_ptr<Segment>> parts,
                                       Lsn oldest) {
  std::vector<DocumentPtr> documents;
  std::vector<std::uint64_t> sequences;
  std::vector<std::uint32_t> bytes;
  std::vector<std::vector<DocOrdinal>> renumbered;
  for (const auto& part : parts) {
    std::vector<DocOrdinal>& numbers = renumbered.emplace_back(part->size(), kDropped);
    for (DocOrdinal i = 0; i < part->size(); ++i) {
      if (part->died(i) <= oldest.value()) continue;
      numbers[i] = static_cast<DocOrdinal>(documents.size());
      documents.push_back(part->documents_[i]);
      sequences.push_back(part->sequences_[i]);
      bytes.push_back(part->bytes_[i]);
    }
  }
  std::shared_ptr<Segment> joined(new Segment(std::move(documents), std::move(sequences)));
  joined->bytes_ = std::move(bytes);
  joined->fields_.resize(schema.size());
  for (std::uint32_t id = 0; id < schema.size(); ++id) {
    std::optional<FieldIndexBuilder> builder;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const FieldIndex* field = parts[i]->field(FieldId(id));
      if (field == nullptr) continue;
      if (!builder) builder.emplace(schema.field(FieldId(id)), joined->size());
      builder->append(*field, renumbered[i]);
    }
    if (builder) joined->fields_[id] = std::make_unique<FieldIndex>(builder->finish());
  }
  joined->measure_memory();
  return joined;
}

void Segment::adopt_deaths(std::span<const std::shared_ptr<Segment>> parts) {
  // Both are in the order of sequences, which are unique in a collection.
  DocOrdinal to = 0;
  for (const auto& part : parts) {
    for (DocOrdinal from = 0; from < part->size() && to < size(); ++from) {
      if (part->sequences_[from] != sequences_[to]) continue;
      if (!part->is_alive(from)) kill(to, Lsn(part->died(from)));
      ++to;
    }
  }
  STELE_CHECK(to == size());
}

void Segment::kill(DocOrdinal ordinal, Lsn lsn) {
  if (lsn.value() < first_death_.load(std::memory_order_relaxed))
    first_death_.store(lsn.value(), std::memory_order_relaxed);
  died_[ordinal].store(lsn.value(), std::memory_order_relaxed);
  dead_count_.fetch_add(1, std::memory_order_relaxed);
}

std::size_t Segment::droppable_count(Lsn oldest) const {
  if (first_death_.load(std::memory_order_relaxed) > oldest.value()) return 0;
  std::size_t count = 0;
  for (DocOrdinal i = 0; i < size(); ++i) count += died(i) <= oldest.value() ? 1 : 0;
  return count;
}

void Segment::measure_memory() {
  memory_bytes_ = sizeof(Segment) +
                  size() * (sizeof(DocumentPtr) + 3 * sizeof(std::uint64_t) + sizeof(std::uint32_t)) +
                  slots_.capacity() * sizeof(std::uint64_t) + fields_.capacity() * sizeof(fields_[0]);
  for (const std::uint32_t bytes : bytes_) memory_bytes_ += bytes;
  for (const auto& field : fields_)
    if (field) memory_bytes_ += field->memory_bytes();
}

}  // namespace stele::engine::reference
