#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace stele::postgres {

constexpr int kServerMajorMin = 14;

// Where are PostgreSQL's programs, and of which version are they? Value type.
struct ServerBinaries {
  std::string directory;  // holds postgres and initdb
  int major = 0;

  std::string postgres() const { return directory + "/postgres"; }
  std::string initdb() const { return directory + "/initdb"; }

  // Those in `directory`: kNotFound when postgres or initdb is not there, kFailedPrecondition below
  // version 14.
  static Result<ServerBinaries> at(const std::string& directory);
  // The newest found in the usual places (/usr/lib/postgresql/*/bin, /usr/pgsql-*/bin, /usr/local/pgsql/bin
  // and PATH), of version `major` if that is not 0. kNotFound says where was looked and what to install.
  static Result<ServerBinaries> find(int major = 0);
};

// Which file is this program now? Changes when a package upgrade replaces it. Empty when it is not there.
std::string binary_fingerprint(const ServerBinaries& binaries);

}  // namespace stele::postgres
