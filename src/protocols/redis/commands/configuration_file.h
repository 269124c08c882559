#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protocols/redis/head.h"

namespace stele::redis {

// The words of a line of redis.conf: quoted ones with \n, \r, \t, \", \\ and \xHH. Nothing for quotes that do
// not fit.
std::optional<std::vector<std::string>> configuration_words(std::string_view line);

// Reads the node's file in the form of redis.conf: parameters of CONFIG, aclfile, and users. What only a
// Redis has a meaning for is told in the log and skipped; a value that is wrong is an error with its line.
Result<void> read_configuration_file(Head& head);

// CONFIG REWRITE: writes what has changed into that file, whose other lines and comments stay.
Result<void> rewrite_configuration_file(Head& head);

}  // namespace stele::redis
