#pragma once

#include <string>

namespace stele::crypto {

// The oldest error in OpenSSL's queue of this thread as text, and empties the queue. For crypto/ alone.
std::string take_openssl_error();

}  // namespace stele::crypto
