#pragma once

#include <cstdint>
#include <string>

namespace stele::access {

// How do we know who asks?
enum class Authentication : std::uint8_t {
  kTrusted,   // loopback without a password: acts as the role that Stele itself has
  kScram,     // PostgreSQL checked it: passed through by the SQL head
  kPassword,  // a log-in to PostgreSQL with the given name and password succeeded
  kApiKey,    // a key that names a role
};

// Who asks? A role of PostgreSQL, for every protocol; travels with each request, by value.
struct Principal {
  std::string role;
  std::string database;
  Authentication authentication = Authentication::kTrusted;

  bool operator==(const Principal&) const = default;
};

}  // namespace stele::access
