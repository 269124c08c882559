#include "keyspace/store/flat_integers.h"

#include <algorithm>
#include <limits>

namespace stele::keyspace::store {

namespace {

template <class Integer>
std::int64_t load(const char* at) {
  Integer value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

template <class Integer>
bool holds(std::int64_t value) {
  return value >= std::numeric_limits<Integer>::min() && value <= std::numeric_limits<Integer>::max();
}

}  // namespace

std::int64_t FlatIntegers::read(const char* at, std::size_t width) {
  if (width == 2) return load<std::int16_t>(at);
  if (width == 4) return load<std::int32_t>(at);
  return load<std::int64_t>(at);
}

std::size_t FlatIntegers::width_of(std::int64_t value) {
  if (holds<std::int16_t>(value)) return 2;
  return holds<std::int32_t>(value) ? 4 : 8;
}

std::size_t FlatIntegers::place_of(std::int64_t value) const {
  std::size_t first = 0;
  for (std::size_t count = size(); count > 0;) {
    const std::size_t half = count / 2;
    if (at(first + half) < value) {
      first += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return first;
}

std::string FlatIntegers::build(std::int64_t value) {
  const std::size_t width = width_of(value);
  std::string bytes(1 + width, static_cast<char>(kMark | width));
  write(bytes.data() + 1, value, width);
  return bytes;
}

std::string FlatIntegers::with(std::int64_t value) const {
  const std::size_t width = std::max(width_, width_of(value));
  const std::size_t place = place_of(value);
  std::string bytes(1 + (size() + 1) * width, static_cast<char>(kMark | width));
  for (std::size_t i = 0; i <= size(); ++i) {
    const std::int64_t each = i < place ? at(i) : (i == place ? value : at(i - 1));
    write(bytes.data() + 1 + i * width, each, width);
  }
  return bytes;
}

}  // namespace stele::keyspace::store
