#include "protocols/redis/operations/redaction.h"

#include <algorithm>
#include <array>

#include "protocols/redis/commands/call.h"

namespace stele::redis {

namespace {

using Words = std::vector<std::string_view>;

void hide(Words& words, std::size_t from, std::size_t count) {
  for (std::size_t i = from; i < words.size() && i < from + count; ++i) words[i] = "(redacted)";
}

void hide_all_from(Words& words, std::size_t from) {
  hide(words, from, words.size());
}

// Behind AUTH, wherever it stands: HELLO, MIGRATE.
void hide_behind(Words& words, std::string_view word, std::size_t count) {
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (is_word(words[i], word)) hide(words, i + 1, count);
  }
}

void hide_parameters(Words& words) {
  constexpr std::array<std::string_view, 4> kSecret = {"REQUIREPASS", "MASTERAUTH", "MASTERUSER",
                                                       "TLS-KEY-FILE-PASS"};
  for (std::size_t i = 2; i + 1 < words.size(); i += 2) {
    if (std::ranges::any_of(kSecret, [&](std::string_view each) { return is_word(words[i], each); }))
      hide(words, i + 1, 1);
  }
}

struct Secret {
  std::string_view name;
  void (*hide)(Words& words);
};
constexpr std::array kSecrets = {
    Secret{"auth", [](Words& words) { hide_all_from(words, 1); }},
    Secret{"hello", [](Words& words) { hide_behind(words, "AUTH", 2); }},
    Secret{"acl|setuser", [](Words& words) { hide_all_from(words, 2); }},
    Secret{"acl|getuser", [](Words& words) { hide_all_from(words, 2); }},
    Secret{"acl|deluser", [](Words& words) { hide_all_from(words, 2); }},
    Secret{"config|set", hide_parameters},
    Secret{"migrate",
           [](Words& words) {
             hide_behind(words, "AUTH", 1);
             hide_behind(words, "AUTH2", 2);
           }},
};

}  // namespace

std::optional<Words> redacted(const Command& command, std::span<const std::string_view> arguments) {
  for (const Secret& each : kSecrets) {
    if (each.name != command.name) continue;
    Words words(arguments.begin(), arguments.end());
    each.hide(words);
    return words;
  }
  return std::nullopt;
}

}  // namespace stele::redis
