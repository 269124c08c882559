#include "engine/segment/document_record.h"

#include <algorithm>

#include "base/check.h"
#include "engine/postings/varint.h"

namespace stele::engine {
namespace {

enum class Tag : std::uint8_t { kNull = 0, kFalse = 1, kTrue = 2, kInteger = 3, kReal = 4, kString = 5 };

std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63);
}
std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1U) ^ (~(value & 1U) + 1));
}

void append_string(std::string& out, std::string_view text) {
  append_varint(out, text.size());
  out.append(text);
}
std::string_view take_string(std::string_view& bytes) {
  const std::uint64_t size = take_varint(bytes);
  return take_bytes(bytes, std::min<std::uint64_t>(size, bytes.size()));
}

void append_value(std::string& out, const Value& value) {
  const auto tag = [&out](Tag what) { out.push_back(static_cast<char>(what)); };
  if (const auto* boolean = value.boolean()) {
    tag(*boolean ? Tag::kTrue : Tag::kFalse);
  } else if (const auto* integer = value.integer()) {
    tag(Tag::kInteger);
    append_varint(out, zigzag(*integer));
  } else if (const auto* real = value.real()) {
    tag(Tag::kReal);
    append_le(out, *real);
  } else if (const auto* text = value.string()) {
    tag(Tag::kString);
    append_string(out, *text);
  } else {
    // What fields keep is coerced: lists are spliced in, objects left out.
    STELE_CHECK(value.is_null());
    tag(Tag::kNull);
  }
}

bool take_value(std::string_view& bytes, Value& value) {
  if (bytes.empty()) return false;
  const auto tag = static_cast<Tag>(bytes[0]);
  bytes.remove_prefix(1);
  switch (tag) {
    case Tag::kNull:
      return true;
    case Tag::kFalse:
    case Tag::kTrue:
      value = Value(tag == Tag::kTrue);
      return true;
    case Tag::kInteger:
      value = Value(unzigzag(take_varint(bytes)));
      return true;
    case Tag::kReal:
      if (bytes.size() < 8) return false;
      value = Value(load_le<double>(bytes.data()));
      bytes.remove_prefix(8);
      return true;
    case Tag::kString:
      value = Value(take_string(bytes));
      return true;
  }
  return false;
}

Error corrupted() {
  return make_error(ErrorCode::kCorruption, "segment: a document's record does not make sense");
}

}  // namespace

void append_record(std::string& out, const Document& document) {
  append_string(out, document.key.bytes());
  append_varint(out, zigzag(document.version));
  append_varint(out, zigzag(document.seq_no));
  append_varint(out, document.lsn.value());
  append_string(out, document.routing);
  append_string(out, document.source);
  append_varint(out, document.fields.size());
  for (const FieldValues& field : document.fields) {
    append_varint(out, field.field.value());
    append_varint(out, field.values.size());
    for (const Value& value : field.values) append_value(out, value);
  }
}

std::string_view record_key(std::string_view record) {
  return take_string(record);
}

Result<Document> read_record(std::string_view record) {
  Document document;
  auto key = DocKey::from_bytes(take_string(record));
  if (!key) return std::move(key).error();
  document.key = *std::move(key);
  document.version = unzigzag(take_varint(record));
  document.seq_no = unzigzag(take_varint(record));
  document.lsn = Lsn(take_varint(record));
  document.routing = take_string(record);
  document.source = take_string(record);
  const std::uint64_t fields = take_varint(record);
  if (fields > record.size()) return corrupted();
  document.fields.resize(fields);
  for (FieldValues& field : document.fields) {
    field.field = FieldId(static_cast<std::uint32_t>(take_varint(record)));
    const std::uint64_t values = take_varint(record);
    if (values > record.size()) return corrupted();
    field.values.resize(values);
    for (Value& value : field.values)
      if (!take_value(record, value)) return corrupted();
  }
  return document;
}

}  // namespace stele::engine
