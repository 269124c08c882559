#include "views/writer/array_parameter.h"

#include "base/bytes.h"

namespace stele::views {

ArrayParameter::ArrayParameter(postgres::Oid element) : element_(element) {}

void ArrayParameter::add(std::string_view element) {
  append_big_endian(elements_, static_cast<std::int32_t>(element.size()));
  elements_ += element;
  ++count_;
}

void ArrayParameter::add_int64(std::int64_t element) {
  append_big_endian(elements_, std::int32_t{8});
  append_big_endian(elements_, element);
  ++count_;
}

void ArrayParameter::add_null() {
  append_big_endian(elements_, std::int32_t{-1});
  has_null_ = true;
  ++count_;
}

void ArrayParameter::bind(postgres::Parameters& parameters, postgres::Oid array_type) {
  std::string bytes;
  bytes.reserve(20 + elements_.size());
  append_big_endian(bytes, std::int32_t{count_ == 0 ? 0 : 1});  // dimensions
  append_big_endian(bytes, std::int32_t{has_null_ ? 1 : 0});
  append_big_endian(bytes, element_);
  if (count_ > 0) {
    append_big_endian(bytes, count_);
    append_big_endian(bytes, std::int32_t{1});  // lower bound
  }
  bytes += elements_;
  parameters.binary(bytes, array_type);
}

}  // namespace stele::views
