// fuzz: redis
// Rules of users: whatever they say, what is described is read again as the same, and checks answer.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/redis/commands/table.h"
#include "protocols/redis/users/users.h"

namespace {

using stele::redis::CommandTable;
using stele::redis::Rules;

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    words.push_back(text.substr(0, text.find(' ')));
    text.remove_prefix(std::min(text.size(), words.back().size() + 1));
  }
  return words;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)stele::redis::read_acl_file(text, "users.acl", false);
  Rules rules;
  if (!rules.apply_all(words_of(text), false)) return 0;
  const std::string described = rules.describe();
  Rules again;
  if (!again.apply_all(words_of(described), false)) std::abort();
  if (again.describe() != described) std::abort();
  const std::vector<std::string_view> request = {"set", "key:1", "value"};
  const auto* const command = CommandTable::get().find("set");
  if (rules.check(*command, request).is_allowed() != again.check(*command, request).is_allowed())
    std::abort();
  return 0;
}
