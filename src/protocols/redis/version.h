#pragma once

#include <string_view>

namespace stele::redis {

// The version of Redis whose commands, replies and errors this head speaks: what clients look at.
constexpr std::string_view kRedisVersion = "7.0.15";

}  // namespace stele::redis
