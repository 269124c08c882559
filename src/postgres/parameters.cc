#include "postgres/parameters.h"

#include <bit>

namespace stele::postgres {

namespace {

template <class T>
std::string network_order(T value) {
  std::string bytes;
  append_big_endian(bytes, value);
  return bytes;
}

}  // namespace

Parameters& Parameters::add(wire::Cell value, wire::Format format, Oid type) {
  wire::append_cell(cells_, value);
  formats_.push_back(format);
  if (type != 0) {
    types_.resize(formats_.size(), 0);
    types_.back() = type;
  }
  return *this;
}

Parameters& Parameters::int64(std::int64_t value) {
  return binary(network_order(value), oid::kInt8);
}

Parameters& Parameters::int32(std::int32_t value) {
  return binary(network_order(value), oid::kInt4);
}

Parameters& Parameters::float64(double value) {
  return binary(network_order(std::bit_cast<std::uint64_t>(value)), oid::kFloat8);
}

Parameters& Parameters::boolean(bool value) {
  return binary(value ? std::string_view("\1", 1) : std::string_view("\0", 1), oid::kBool);
}

}  // namespace stele::postgres
