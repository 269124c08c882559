#include "engine/reference/memory_segment.h"

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

std::vector<std::uint64_t> births(const std::vector<DocumentPtr>& documents) {
  std::vector<std::uint64_t> born;
  born.reserve(documents.size());
  for (const DocumentPtr& document : documents) born.push_back(document->lsn.value());
  return born;
}

}  // namespace

MemorySegment::MemorySegment(std::vector<DocumentPtr> documents, std::vector<std::uint64_t> sequences)
    : Segment(Versions(births(documents))),
      documents_(std::move(documents)),
      sequences_(std::move(sequences)) {
  STELE_CHECK(documents_.size() == sequences_.size());
  index_keys();
}

void MemorySegment::index_keys() {
  slots_.resize(std::bit_ceil(documents_.size() * 2 + 1));
  const std::size_t mask = slots_.size() - 1;
  // From the newest on: probing then meets the newest version of a key first.
  for (std::size_t i = documents_.size(); i-- > 0;) {
    const std::uint64_t hash = hash_key(documents_[i]->key);
    std::size_t at = hash & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = (hash >> 32U << 32U) | (i + 1);
  }
}

bool MemorySegment::find_versions(const DocKey& key, std::uint64_t hash, AcceptCall call,
                                  void* target) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask; slots_[at] != 0; at = (at + 1) & mask) {
    const auto ordinal = static_cast<DocOrdinal>(slots_[at]) - 1;
    if (slots_[at] >> 32U == hash >> 32U && documents_[ordinal]->key == key && call(target, ordinal))
      return true;
  }
  return false;
}

std::shared_ptr<MemorySegment> MemorySegment::build(const Schema& schema, std::vector<DocumentPtr> documents,
                                                    std::vector<std::uint64_t> sequences) {
  std::shared_ptr<MemorySegment> segment(new MemorySegment(std::move(documents), std::move(sequences)));
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

std::shared_ptr<MemorySegment> MemorySegment::join(const Schema& schema,
                                                   std::span<const std::shared_ptr<Segment>> parts,
                                                   Lsn oldest) {
  std::vector<DocumentPtr> documents;
  std::vector<std::uint64_t> sequences;
  std::vector<std::uint32_t> bytes;
  std::vector<std::vector<DocOrdinal>> renumbered;
  for (const auto& any : parts) {
    const auto* part = dynamic_cast<const MemorySegment*>(any.get());
    STELE_CHECK(part != nullptr);
    std::vector<DocOrdinal>& numbers = renumbered.emplace_back(part->size(), kDropped);
    for (DocOrdinal i = 0; i < part->size(); ++i) {
      if (part->versions_.died(i) <= oldest.value()) continue;
      numbers[i] = static_cast<DocOrdinal>(documents.size());
      documents.push_back(part->documents_[i]);
      sequences.push_back(part->sequences_[i]);
      bytes.push_back(part->bytes_[i]);
    }
  }
  std::shared_ptr<MemorySegment> joined(new MemorySegment(std::move(documents), std::move(sequences)));
  joined->versions_.forget_births(oldest);
  joined->bytes_ = std::move(bytes);
  joined->fields_.resize(schema.size());
  for (std::uint32_t id = 0; id < schema.size(); ++id) {
    std::optional<FieldIndexBuilder> builder;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const auto* field = dynamic_cast<const FieldIndex*>(parts[i]->field(FieldId(id)));
      if (field == nullptr) continue;
      if (!builder) builder.emplace(schema.field(FieldId(id)), joined->size());
      builder->append(*field, renumbered[i]);
    }
    if (builder) joined->fields_[id] = std::make_unique<FieldIndex>(builder->finish());
  }
  joined->measure_memory();
  return joined;
}

void MemorySegment::measure_memory() {
  content_bytes_ = sizeof(MemorySegment) +
                   size() * (sizeof(DocumentPtr) + sizeof(std::uint64_t) + sizeof(std::uint32_t)) +
                   slots_.capacity() * sizeof(std::uint64_t) + fields_.capacity() * sizeof(fields_[0]);
  for (const std::uint32_t bytes : bytes_) content_bytes_ += bytes;
  for (const auto& field : fields_)
    if (field) content_bytes_ += field->memory_bytes();
}

std::shared_ptr<Segment> MemorySegments::build(const Schema& schema, std::vector<DocumentPtr> documents,
                                               std::vector<std::uint64_t> sequences) const {
  return MemorySegment::build(schema, std::move(documents), std::move(sequences));
}

std::shared_ptr<Segment> MemorySegments::join(const Schema& schema,
                                              std::span<const std::shared_ptr<Segment>> parts,
                                              Lsn oldest) const {
  return MemorySegment::join(schema, parts, oldest);
}

}  // namespace stele::engine::reference
