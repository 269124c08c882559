#include "net/backend.h"

namespace stele::net {

Result<std::unique_ptr<Backend>> make_uring_backend(int) {
  return make_error(ErrorCode::kUnsupported, "io_uring is not served here");
}

}  // namespace stele::net
