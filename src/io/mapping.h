#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace stele::io {

// The content of a whole file, to be read where it lies. Stays readable when the file is removed or another
// takes its name; the file must not be written or shortened meanwhile. Threads: immutable, share freely.
class Mapping {
 public:
  virtual ~Mapping() = default;
  virtual std::string_view bytes() const = 0;
  // Bytes of the process's own memory that it takes.
  virtual std::size_t memory_bytes() const = 0;
};

// The same for bytes that are no file.
std::shared_ptr<const Mapping> mapping_of(std::string bytes);

}  // namespace stele::io
