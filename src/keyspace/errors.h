#pragma once

#include <string_view>

#include "base/result.h"

namespace stele::keyspace {

// The errors of a keyspace, with Redis' texts. The word in front of the text of a Redis reply ("WRONGTYPE",
// "OOM") is the detail kReplyCode; without one it is "ERR".
constexpr std::string_view kReplyCode = "redis";

Error wrong_type();
Error not_an_integer();
Error not_a_float();
Error hash_value_not_an_integer();
Error hash_value_not_a_float();
Error would_overflow();
Error not_finite();
// A score that is not a number.
Error not_a_score();
Error too_long();
Error no_such_key();
Error index_out_of_range();
Error out_of_memory();
// Of streams: the id of an entry is not beyond the last one, there is none beyond it; and those of XSETID.
Error stream_id_too_low();
Error stream_is_full();
Error stream_id_below_top();
Error entries_added_too_low();
Error no_such_group(std::string_view key, std::string_view group);
// The group did not declare the key.
Error not_declared(std::string_view name);
// The key is a row: what changes it is SQL, or a command that the mapping turns into SQL.
Error read_only(std::string_view name);

}  // namespace stele::keyspace
