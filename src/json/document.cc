#include "json/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include "base/check.h"
#include "json/storage.h"

namespace stele::json {
namespace {

constexpr std::size_t kRawInMessageMax = 64;

std::string_view string_of(const Storage& storage, const Node& node) {
  if (node.escaped) return std::string_view(storage.unescaped).substr(node.slice.offset, node.slice.size);
  return storage.text.substr(node.begin + 1, node.end - node.begin - 2);
}

const Node kNullNode{.next = 1};

}  // namespace

std::string_view describe(Kind kind) {
  switch (kind) {
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return "a boolean";
    case Kind::kInt64:
    case Kind::kUInt64:
      return "an integer";
    case Kind::kDouble:
    case Kind::kBigNumber:
      return "a number";
    case Kind::kString:
      return "a string";
    case Kind::kArray:
      return "an array";
    case Kind::kObject:
      return "an object";
  }
  return "nothing known";
}

const Node& Value::node() const {
  return storage_ ? storage_->nodes[index_] : kNullNode;
}
Kind Value::kind() const {
  return node().kind;
}
bool Value::is_number() const {
  return kind() >= Kind::kInt64 && kind() <= Kind::kBigNumber;
}

Error Value::unexpected(std::string_view wanted) const {
  const std::string_view bytes = raw();
  return make_error(
      ErrorCode::kInvalidArgument,
      fmt::format("expected {} but found {}: {}{}", wanted, describe(kind()),
                  bytes.substr(0, kRawInMessageMax), bytes.size() > kRawInMessageMax ? "..." : ""));
}

Result<bool> Value::as_bool() const {
  if (!is_bool()) return unexpected("a boolean");
  return node().boolean;
}

Result<std::int64_t> Value::as_int64() const {
  if (kind() != Kind::kInt64) return unexpected("an integer of 64 bits");
  return node().int64;
}

Result<std::uint64_t> Value::as_uint64() const {
  if (kind() == Kind::kUInt64) return node().uint64;
  if (kind() != Kind::kInt64 || node().int64 < 0) return unexpected("an unsigned integer of 64 bits");
  return static_cast<std::uint64_t>(node().int64);
}

Result<double> Value::as_double() const {
  if (!is_number()) return unexpected("a number");
  const double value = number();
  if (value - value != 0) return unexpected("a number in the range of a double");
  return value;
}

Result<std::string_view> Value::as_string() const {
  if (!is_string()) return unexpected("a string");
  return string();
}

Result<Elements> Value::as_array() const {
  if (!is_array()) return unexpected("an array");
  return elements();
}

Result<Members> Value::as_object() const {
  if (!is_object()) return unexpected("an object");
  return members();
}

bool Value::boolean() const {
  STELE_CHECK(is_bool());
  return node().boolean;
}

double Value::number() const {
  switch (kind()) {
    case Kind::kInt64:
      return static_cast<double>(node().int64);
    case Kind::kUInt64:
      return static_cast<double>(node().uint64);
    case Kind::kDouble:
      return node().real;
    case Kind::kBigNumber:
      return std::strtod(std::string(raw()).c_str(), nullptr);
    default:
      STELE_CHECK_MESSAGE(false, "not a number");
  }
  return 0;
}

std::string_view Value::string() const {
  STELE_CHECK(is_string());
  return string_of(*storage_, node());
}

Elements Value::elements() const {
  STELE_CHECK(is_array());
  return {storage_, index_ + 1, node().next};
}

Members Value::members() const {
  STELE_CHECK(is_object());
  return {storage_, index_ + 1, node().next};
}

std::size_t Value::size() const {
  return is_array() || is_object() ? node().count : 0;
}

std::optional<Value> Value::find(std::string_view key) const {
  if (!is_object()) return std::nullopt;
  std::optional<Value> found;
  const std::uint32_t end = node().next;
  for (std::uint32_t i = index_ + 1; i < end; i = storage_->nodes[i + 1].next)
    if (string_of(*storage_, storage_->nodes[i]) == key) found = Value(storage_, i + 1);
  return found;
}

std::optional<std::string_view> Value::duplicate_key() const {
  if (is_array()) {
    for (const Value element : elements())
      if (auto key = element.duplicate_key()) return key;
    return std::nullopt;
  }
  if (!is_object()) return std::nullopt;
  std::vector<std::string_view> keys;
  for (const Member member : members()) {
    keys.push_back(member.key);
    if (auto key = member.value.duplicate_key()) return key;
  }
  std::sort(keys.begin(), keys.end());
  const auto twice = std::adjacent_find(keys.begin(), keys.end());
  return twice == keys.end() ? std::optional<std::string_view>() : *twice;
}

std::string_view Value::raw() const {
  return storage_ ? storage_->text.substr(node().begin, node().end - node().begin) : "null";
}

std::size_t Value::offset() const {
  return node().begin;
}

Elements::Iterator& Elements::Iterator::operator++() {
  index_ = storage_->nodes[index_].next;
  return *this;
}

Member Members::Iterator::operator*() const {
  return {.key = string_of(*storage_, storage_->nodes[index_]), .value = Value(storage_, index_ + 1)};
}

Members::Iterator& Members::Iterator::operator++() {
  index_ = storage_->nodes[index_ + 1].next;
  return *this;
}

Document::Document(std::unique_ptr<Storage> storage) : storage_(std::move(storage)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Result<Document> Document::parse(std::string text, ParseLimits limits) {
  auto storage = std::make_unique<Storage>();
  storage->owned = std::move(text);
  storage->text = storage->owned;
  STELE_RETURN_IF_ERROR(parse_into(*storage, limits));
  return Document(std::move(storage));
}

Result<Document> Document::parse_borrowed(std::string_view text, ParseLimits limits) {
  auto storage = std::make_unique<Storage>();
  storage->text = text;
  STELE_RETURN_IF_ERROR(parse_into(*storage, limits));
  return Document(std::move(storage));
}

std::string_view Document::text() const {
  return storage_->text;
}

}  // namespace stele::json
