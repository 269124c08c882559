#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stele::json {

// What a value is. Integers are exact; a number that fits neither 64-bit form nor a double (an integer beyond
// 2^64, 1e400) is kBigNumber and kept as text.
enum class Kind : std::uint8_t {
  kNull,
  kBool,
  kInt64,
  kUInt64,  // only above the greatest int64
  kDouble,
  kBigNumber,
  kString,
  kArray,
  kObject,
};

// "a string", "an object": for messages.
std::string_view describe(Kind kind);

struct Node;
struct Storage;
class Elements;
class Members;

// What is at this place of the document? A view of one value, two words, passed by value; lives as long as
// its Document. The default value is null. as_* return kInvalidArgument that says what was found instead;
// the accessors without `as_` abort on another kind, so ask kind() before. Immutable: any thread.
class Value {
 public:
  Value() = default;

  Kind kind() const;
  bool is_null() const { return kind() == Kind::kNull; }
  bool is_bool() const { return kind() == Kind::kBool; }
  bool is_string() const { return kind() == Kind::kString; }
  bool is_array() const { return kind() == Kind::kArray; }
  bool is_object() const { return kind() == Kind::kObject; }
  bool is_number() const;
  bool is_integer() const { return kind() == Kind::kInt64 || kind() == Kind::kUInt64; }

  Result<bool> as_bool() const;
  Result<std::int64_t> as_int64() const;    // 1.0 is no integer here: what coerces says so itself
  Result<std::uint64_t> as_uint64() const;  // not negative
  Result<double> as_double() const;         // any number; the nearest double; beyond its range an error
  Result<std::string_view> as_string() const;
  Result<Elements> as_array() const;
  Result<Members> as_object() const;

  bool boolean() const;
  double number() const;            // any number; beyond the range of a double it is infinite
  std::string_view string() const;  // unescaped UTF-8
  Elements elements() const;
  Members members() const;

  // Elements of an array, members of an object (each occurrence of a key counts), else 0.
  std::size_t size() const;
  // The member `key` of an object; where a key occurs twice the last one, as PostgreSQL's ->> has it.
  // Nothing if this is no object. Linear in the number of members.
  std::optional<Value> find(std::string_view key) const;
  // A path of keys through objects: find_path("settings", "index").
  template <class... Keys>
  std::optional<Value> find_path(std::string_view key, Keys... rest) const;
  // The first key that occurs twice in one object, anywhere below and including this value.
  std::optional<std::string_view> duplicate_key() const;

  // The bytes of this value as they came, without blanks around it.
  std::string_view raw() const;
  // Where raw() begins in the text, in bytes.
  std::size_t offset() const;

 private:
  friend class Document;
  friend class Elements;
  friend class Members;
  Value(const Storage* storage, std::uint32_t index) : storage_(storage), index_(index) {}
  const Node& node() const;
  Error unexpected(std::string_view wanted) const;

  const Storage* storage_ = nullptr;
  std::uint32_t index_ = 0;
};

template <class... Keys>
std::optional<Value> Value::find_path(std::string_view key, Keys... rest) const {
  const std::optional<Value> found = find(key);
  if constexpr (sizeof...(rest) == 0) {
    return found;
  } else {
    return found ? found->find_path(rest...) : std::nullopt;
  }
}

// A key with its value.
struct Member {
  std::string_view key;
  Value value;
};

// The elements of an array in order: `for (json::Value v : array.elements())`.
class Elements {
 public:
  class Iterator {
   public:
    Value operator*() const { return Value(storage_, index_); }
    Iterator& operator++();
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    friend class Elements;
    Iterator(const Storage* storage, std::uint32_t index) : storage_(storage), index_(index) {}
    const Storage* storage_;
    std::uint32_t index_;
  };

  Iterator begin() const { return {storage_, first_}; }
  Iterator end() const { return {storage_, last_}; }
  bool empty() const { return first_ == last_; }

 private:
  friend class Value;
  Elements(const Storage* storage, std::uint32_t first, std::uint32_t last)
      : storage_(storage), first_(first), last_(last) {}
  const Storage* storage_;
  std::uint32_t first_;
  std::uint32_t last_;
};

// The members of an object in order, repeated keys among them: `for (auto [key, value] : object.members())`.
class Members {
 public:
  class Iterator {
   public:
    Member operator*() const;
    Iterator& operator++();
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    friend class Members;
    Iterator(const Storage* storage, std::uint32_t index) : storage_(storage), index_(index) {}
    const Storage* storage_;
    std::uint32_t index_;
  };

  Iterator begin() const { return {storage_, first_}; }
  Iterator end() const { return {storage_, last_}; }
  bool empty() const { return first_ == last_; }

 private:
  friend class Value;
  Members(const Storage* storage, std::uint32_t first, std::uint32_t last)
      : storage_(storage), first_(first), last_(last) {}
  const Storage* storage_;
  std::uint32_t first_;
  std::uint32_t last_;
};

struct ParseLimits {
  std::size_t depth_max = 512;                // arrays and objects inside one another
  std::size_t bytes_max = 512 * 1024 * 1024;  // of text; never above 4 GiB - 1
};

// Which values does this text hold? An immutable tree, parsed at once into one flat vector of 24-byte nodes;
// strings without escapes and all raw slices are views of the text. Movable: values stay valid, for they
// point to what the document owns. RFC 8259, UTF-8 checked; an unpaired surrogate escape (\ud800) becomes
// U+FFFD in string() and stays in raw(). Errors: kInvalidArgument with the details "offset" (bytes), "line",
// "column" (from 1, in bytes); kTooLarge beyond bytes_max. Parsing costs about 1 ns a byte.
class Document {
 public:
  static Result<Document> parse(std::string text, ParseLimits limits = {});
  // Copies nothing: `text` must outlive the document and its values.
  static Result<Document> parse_borrowed(std::string_view text, ParseLimits limits = {});

  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  Value root() const { return Value(storage_.get(), 0); }
  std::string_view text() const;

 private:
  explicit Document(std::unique_ptr<Storage> storage);
  std::unique_ptr<Storage> storage_;
};

}  // namespace stele::json
