#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocols/redis/head.h"

namespace stele::redis {

// One parameter of CONFIG. Either it may be changed, or it says how things are.
struct ConfigParameter {
  std::string_view name;
  std::string (*get)(Head&);
  // The problem with the value, in Redis' words; nothing when it is good. Null: it cannot be changed.
  std::optional<std::string> (*check)(std::string_view value) = nullptr;
  void (*set)(Head&, std::string_view value) = nullptr;
  bool is_hidden = false;  // answered to who names it, not to a pattern
};

// All of them; those that mean nothing to Stele, which are kept, are at the end.
std::span<const ConfigParameter> config_parameters();
std::span<const ConfigParameter> kept_parameters();
// By name, in any case of letters.
const ConfigParameter* find_config_parameter(std::string_view name);

// "100mb", "1g", "42": bytes.
std::optional<std::size_t> read_memory(std::string_view text);

}  // namespace stele::redis
