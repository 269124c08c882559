#include "postgres/types/array.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <utility>

#include "base/bytes.h"
#include "postgres/types/numeric.h"

namespace stele::postgres {

namespace {

Error invalid_array(std::string_view reason) {
  return make_error(ErrorCode::kInvalidArgument, "invalid array: " + std::string(reason));
}

bool is_null_word(std::string_view word) {
  return word.size() == 4 && (word[0] | 32) == 'n' && (word[1] | 32) == 'u' && (word[2] | 32) == 'l' &&
         (word[3] | 32) == 'l';
}

// Reads "{a,"b c",NULL}" and "{{1,2},{3,4}}" with an optional "[0:1]=" before.
class TextArray {
 public:
  TextArray(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {}

  Result<ArrayElements> read() {
    skip_bounds();
    if (at_ >= text_.size() || text_[at_] != '{') return invalid_array("no opening brace");
    if (text_.substr(at_) == "{}") return std::move(array_);
    do {
      STELE_RETURN_IF_ERROR(step());
    } while (depth_ > 0);
    if (at_ != text_.size()) return invalid_array("bytes after the closing brace");
    array_.dimensions.assign(sizes_.begin(), sizes_.begin() + static_cast<std::ptrdiff_t>(deepest_));
    return std::move(array_);
  }

 private:
  void skip_bounds() {
    if (text_.empty() || text_.front() != '[') return;
    const std::size_t equals = text_.find('=');
    if (equals != std::string_view::npos) at_ = equals + 1;
  }

  // One brace, delimiter or element.
  Result<void> step() {
    if (at_ >= text_.size()) return invalid_array("no closing brace");
    const char next = text_[at_];
    if (next == '{') return enter();
    if (next == '}') return leave();
    if (next == delimiter_) {
      if (!has_item_) return invalid_array("a delimiter without an element before it");
      has_item_ = false;
      ++at_;
      if (at_ < text_.size() && text_[at_] == '}') return invalid_array("a delimiter before a closing brace");
      return {};
    }
    return element();
  }

  Result<void> enter() {
    if (has_item_) return invalid_array("no delimiter");
    if (depth_ == kArrayDimensionsMax) return invalid_array("too many dimensions");
    if (deepest_is_known_ && depth_ == deepest_) return invalid_array("dimensions differ");
    counts_[depth_++] = 0;
    if (!deepest_is_known_) deepest_ = depth_;
    ++at_;
    return {};
  }

  Result<void> leave() {
    if (depth_ == 0 || !has_item_) return invalid_array("an empty part");
    --depth_;
    if (sizes_[depth_] == 0) sizes_[depth_] = counts_[depth_];
    if (sizes_[depth_] != counts_[depth_]) return invalid_array("dimensions differ");
    if (depth_ > 0) ++counts_[depth_ - 1];
    ++at_;
    return {};
  }

  Result<void> element() {
    if (has_item_) return invalid_array("no delimiter");
    if (depth_ != deepest_) return invalid_array("dimensions differ");
    deepest_is_known_ = true;
    const bool is_quoted = text_[at_] == '"';
    if (is_quoted) ++at_;
    STELE_TRY(const std::string_view bytes, is_quoted ? quoted() : unquoted());
    const bool is_null = !is_quoted && is_null_word(bytes);
    array_.elements.push_back(is_null ? ColumnValue{} : ColumnValue{ColumnKind::kText, bytes});
    ++counts_[depth_ - 1];
    has_item_ = true;
    return {};
  }

  // Up to the closing quote, which is consumed.
  Result<std::string_view> quoted() {
    const std::size_t special = text_.find_first_of("\"\\", at_);
    if (special == std::string_view::npos) return invalid_array("no closing quote");
    if (text_[special] == '"') {
      const std::string_view bytes = text_.substr(at_, special - at_);
      at_ = special + 1;
      return bytes;
    }
    return unescape('"');
  }

  Result<std::string_view> unquoted() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != delimiter_ && text_[at_] != '}') {
      const char c = text_[at_];
      if (c == '\\' || c == '"' || c == '{') return invalid_array("a character that needs quotes");
      ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  Result<std::string_view> unescape(char end) {
    std::vector<char>& out = array_.unescaped;
    // Never grown after this, so that views into it stay.
    if (out.capacity() == 0) out.reserve(text_.size());
    const std::size_t begin = out.size();
    while (at_ < text_.size() && text_[at_] != end) {
      if (text_[at_] == '\\') ++at_;
      if (at_ >= text_.size()) break;
      out.push_back(text_[at_++]);
    }
    if (at_ >= text_.size()) return invalid_array("no closing quote");
    ++at_;
    return std::string_view(out.data() + begin, out.size() - begin);
  }

  std::string_view text_;
  char delimiter_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t deepest_ = 0;
  bool deepest_is_known_ = false;  // from the first element on
  bool has_item_ = false;          // an element or part stands before at_
  std::array<std::int32_t, kArrayDimensionsMax> counts_{};
  std::array<std::int32_t, kArrayDimensionsMax> sizes_{};
  ArrayElements array_;
};

struct BinaryHeader {
  std::vector<std::int32_t> dimensions;
  std::uint64_t count = 0;
};

Result<BinaryHeader> read_header(ByteReader& reader) {
  const auto dimension_count = reader.big_endian<std::uint32_t>();
  reader.big_endian<std::int32_t>();   // whether there are NULLs
  reader.big_endian<std::uint32_t>();  // the element's type
  if (!reader.ok() || dimension_count > kArrayDimensionsMax) return invalid_array("dimensions");
  BinaryHeader header;
  header.count = dimension_count == 0 ? 0 : 1;
  for (std::uint32_t i = 0; i < dimension_count; ++i) {
    const auto size = reader.big_endian<std::int32_t>();
    reader.big_endian<std::int32_t>();  // lower bound
    // Each element takes at least four bytes, so that no product below can be large.
    if (size <= 0 || static_cast<std::size_t>(size) > reader.remaining() / 4) return invalid_array("sizes");
    header.count *= static_cast<std::uint64_t>(size);
    if (header.count > reader.remaining() / 4) return invalid_array("sizes");
    header.dimensions.push_back(size);
  }
  return header;
}

Result<ArrayElements> decode_binary(std::string_view bytes) {
  ByteReader reader(bytes);
  STELE_TRY(BinaryHeader header, read_header(reader));
  ArrayElements array;
  array.dimensions = std::move(header.dimensions);
  array.elements.reserve(header.count);
  for (std::uint64_t i = 0; i < header.count; ++i) {
    const auto size = reader.big_endian<std::int32_t>();
    if (size < 0) {
      array.elements.push_back({});
    } else {
      array.elements.push_back({ColumnKind::kBinary, reader.take(static_cast<std::size_t>(size))});
    }
  }
  if (!reader.ok() || !reader.empty()) return invalid_array("length");
  return array;
}

Result<void> binary_floats(std::string_view bytes, std::vector<float>& out) {
  ByteReader reader(bytes);
  STELE_TRY(const BinaryHeader header, read_header(reader));
  if (header.dimensions.size() > 1) return invalid_array("a vector has one dimension");
  out.reserve(header.count);
  for (std::uint64_t i = 0; i < header.count; ++i) {
    const auto size = reader.big_endian<std::int32_t>();
    if (size == 4) {
      out.push_back(std::bit_cast<float>(reader.big_endian<std::uint32_t>()));
    } else if (size == 8) {
      out.push_back(static_cast<float>(std::bit_cast<double>(reader.big_endian<std::uint64_t>())));
    } else {
      return invalid_array(size < 0 ? "a vector has no NULLs" : "not numbers");
    }
  }
  if (!reader.ok() || !reader.empty()) return invalid_array("length");
  return {};
}

Result<void> text_floats(std::string_view text, std::vector<float>& out) {
  if (text.starts_with('[')) text.remove_prefix(std::min(text.find('=') + 1, text.size()));
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return invalid_array("no braces");
  text = text.substr(1, text.size() - 2);
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    float number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + comma, number);
    // Specials, and numbers of float8 beyond float's range, take the slow way.
    if (error != std::errc{} || end != text.data() + comma) {
      STELE_TRY(number, parse_float(text.substr(0, comma)));
    }
    out.push_back(number);
    if (comma + 1 == text.size()) return invalid_array("a comma before the closing brace");
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return {};
}

}  // namespace

Result<ArrayElements> decode_array(ColumnValue value, char delimiter) {
  if (value.kind == ColumnKind::kBinary) return decode_binary(value.bytes);
  return TextArray(value.bytes, delimiter).read();
}

Result<void> decode_floats(ColumnValue value, std::vector<float>& out) {
  out.clear();
  if (value.kind == ColumnKind::kBinary) return binary_floats(value.bytes, out);
  return text_floats(value.bytes, out);
}

}  // namespace stele::postgres
