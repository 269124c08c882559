#include "protocols/redis/lua/shebang.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <vector>

#include "protocols/redis/wire/inline_words.h"

namespace stele::redis::lua {

namespace {

struct FlagName {
  std::uint32_t flag;
  std::string_view name;
};
constexpr std::array kFlagNames = {
    FlagName{script_flag::kNoWrites, "no-writes"}, FlagName{script_flag::kAllowOom, "allow-oom"},
    FlagName{script_flag::kAllowStale, "allow-stale"}, FlagName{script_flag::kNoCluster, "no-cluster"},
    FlagName{script_flag::kAllowCrossSlotKeys, "allow-cross-slot-keys"}};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0 || separator != ' ') parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::string lowered(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

Error bad(std::string text) {
  return make_error(ErrorCode::kInvalidArgument, std::move(text));
}

}  // namespace

std::uint32_t script_flag_of(std::string_view name) {
  for (const FlagName& each : kFlagNames) {
    if (each.name == name) return each.flag;
  }
  return 0;
}

Result<Shebang> read_script_shebang(std::string_view body) {
  Shebang shebang;
  if (!body.starts_with("#!")) return shebang;
  const std::size_t end = body.find('\n');
  if (end == std::string_view::npos) return bad("Invalid script shebang");
  shebang.is_there = true;
  shebang.size = end;
  const std::string_view line = body.substr(0, end);
  const auto words = split(line.ends_with('\r') ? line.substr(0, end - 1) : line, ' ');
  if (words.empty()) return bad("Invalid engine in script shebang");
  if (words[0] != "#!lua") return bad(fmt::format("Unexpected engine in script shebang: {}", words[0]));
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (!words[i].starts_with("flags=")) {
      return bad(fmt::format("Unknown lua shebang option: {}", words[i]));
    }
    for (const std::string_view name : split(words[i].substr(6), ',')) {
      const std::uint32_t flag = script_flag_of(name);
      if (flag == 0) return bad(fmt::format("Unexpected flag in script shebang: {}", name));
      shebang.flags |= flag;
    }
  }
  return shebang;
}

Result<Shebang> read_library_shebang(std::string_view body) {
  Shebang shebang;
  if (!body.starts_with("#!")) return bad("Missing library metadata");
  const std::size_t end = body.find('\n');
  if (end == std::string_view::npos) return bad("Invalid library metadata");
  shebang.is_there = true;
  shebang.size = end;
  std::deque<std::string> words;
  if (!wire::split_inline_words(body.substr(0, end), words) || words.empty())
    return bad("Invalid library metadata");
  bool has_name = false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (!words[i].starts_with("name=")) return bad(fmt::format("Invalid metadata value given: {}", words[i]));
    if (has_name) return bad("Invalid metadata value, name argument was given multiple times");
    has_name = true;
    shebang.name = words[i].substr(5);
  }
  if (!has_name) return bad("Library name was not given");
  const std::string engine = words[0].substr(2);
  if (lowered(engine) != "lua") return bad(fmt::format("Engine '{}' not found", engine));
  return shebang;
}

}  // namespace stele::redis::lua
