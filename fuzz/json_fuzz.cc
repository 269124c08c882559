// fuzz: json
// Whatever parses is written again from its values, and that text must parse to the same values; pretty and
// compact forms too. Each number is written in both forms and must read back as it was.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/check.h"
#include "json/document.h"
#include "json/pretty.h"
#include "json/writer.h"

namespace {

using stele::json::Document;
using stele::json::Kind;
using stele::json::Value;
using stele::json::Writer;

// What is written reads back as the same number.
void check_number(double value, stele::json::NumberForm form) {
  std::string text;
  stele::json::append_number(text, value, form);
  STELE_CHECK(std::strtod(text.c_str(), nullptr) == value);
}

void write(Writer& w, Value value) {
  switch (value.kind()) {
    case Kind::kNull:
      w.null();
      break;
    case Kind::kBool:
      w.boolean(value.boolean());
      break;
    case Kind::kInt64:
      w.integer(*value.as_int64());
      break;
    case Kind::kUInt64:
      w.unsigned_integer(*value.as_uint64());
      break;
    case Kind::kDouble:
      check_number(value.number(), stele::json::NumberForm::kJava);
      check_number(value.number(), stele::json::NumberForm::kPlain);
      w.number(value.number());
      break;
    case Kind::kBigNumber:
      w.raw(value.raw());
      break;
    case Kind::kString:
      w.string(value.string());
      break;
    case Kind::kArray:
      w.begin_array();
      for (const Value element : value.elements()) write(w, element);
      w.end_array();
      break;
    case Kind::kObject:
      w.begin_object();
      for (const auto& [key, member] : value.members()) {
        w.key(key);
        write(w, member);
      }
      w.end_object();
      break;
  }
}

std::string written(const Document& document) {
  std::string out;
  Writer w(out);
  write(w, document.root());
  return out;
}

std::string reparsed(std::string_view text) {
  const auto document = Document::parse_borrowed(text);
  STELE_CHECK(document.has_value());
  return written(*document);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = Document::parse_borrowed(text);
  if (!document.has_value()) {
    STELE_CHECK(!document.error().detail("offset").empty());
    return 0;
  }
  document->root().duplicate_key();
  const std::string out = written(*document);
  STELE_CHECK(reparsed(out) == out);
  STELE_CHECK(reparsed(document->root().raw()) == out);
  STELE_CHECK(reparsed(stele::json::pretty(text)) == out);
  STELE_CHECK(reparsed(stele::json::compact(text)) == out);
  return 0;
}
