// fuzz: postgres
// First byte: bit 0 = binary, the rest picks a kind of type (or vectors). The rest is one column's bytes.
#include <cstddef>
#include <cstdint>

#include "postgres/types/array.h"
#include "postgres/types/value.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stele::postgres;
  if (size == 0) return 0;
  const ColumnValue column{(data[0] & 1) != 0 ? ColumnKind::kBinary : ColumnKind::kText,
                           {reinterpret_cast<const char*>(data) + 1, size - 1}};
  constexpr unsigned kKinds = static_cast<unsigned>(TypeKind::kArray) + 1;
  const unsigned choice = (data[0] >> 1) % (2 * kKinds);
  if (choice == 2 * kKinds - 1) {
    std::vector<float> floats;
    (void)decode_floats(column, floats);
    return 0;
  }
  Type element;
  Type type;
  if (choice >= kKinds) {
    element.kind = static_cast<TypeKind>(choice - kKinds);
    type.kind = TypeKind::kArray;
    type.element = &element;
  } else {
    type.kind = choice == kKinds - 1 ? TypeKind::kNumeric : static_cast<TypeKind>(choice);
  }
  const auto value = decode_value(type, column);
  if (value.has_value() && !(*value == *value)) __builtin_trap();
  return 0;
}
