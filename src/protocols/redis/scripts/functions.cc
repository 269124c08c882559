#include "protocols/redis/scripts/functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "protocols/redis/lua/shebang.h"

namespace stele::redis {

namespace {

bool is_library_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// FCALL takes names in any case of letters.
bool is_same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

Error bad(std::string text) {
  return make_error(ErrorCode::kInvalidArgument, std::move(text));
}

}  // namespace

lua::Interpreter& Functions::interpreter() {
  if (!interpreter_) interpreter_ = std::make_unique<lua::Interpreter>(lua::Dialect::kLibraries);
  return *interpreter_;
}

Result<void> Functions::check_names(const std::vector<lua::RegisteredFunction>& functions,
                                    std::string_view library) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, other] : libraries_) {
    if (name == library) continue;
    for (const lua::RegisteredFunction& function : functions) {
      const bool is_taken = std::ranges::any_of(
          other->functions, [&](const lua::RegisteredFunction& each) { return each.name == function.name; });
      if (is_taken) return bad(fmt::format("Function {} already exists", function.name));
    }
  }
  return {};
}

Result<std::string> Functions::load(lua::ScriptHost& host, std::string_view code, bool replaces) {
  STELE_TRY(const lua::Shebang shebang, lua::read_library_shebang(code));
  if (!is_library_name(shebang.name)) {
    return bad(
        "Library names can only contain letters, numbers, or underscores(_) and must be at least one "
        "character "
        "long");
  }
  std::shared_ptr<const Library> former;
  {
    const std::lock_guard lock(mutex_);
    const auto found = libraries_.find(shebang.name);
    if (found != libraries_.end()) former = found->second;
  }
  if (former && !replaces) return bad(fmt::format("Library '{}' already exists", shebang.name));
  STELE_TRY(auto functions,
            interpreter().load_library(host, code.substr(shebang.size), [&](const auto& registered) {
              return check_names(registered, shebang.name);
            }));
  if (former) {
    for (const lua::RegisteredFunction& each : former->functions) {
      const bool is_replaced = std::ranges::any_of(
          functions, [&](const lua::RegisteredFunction& other) { return other.name == each.name; });
      if (!is_replaced) interpreter().forget("f_" + each.name);
    }
  }
  note_memory();
  const std::lock_guard lock(mutex_);
  libraries_[shebang.name] =
      std::make_shared<const Library>(shebang.name, std::string(code), std::move(functions));
  return shebang.name;
}

bool Functions::remove(std::string_view library) {
  const std::lock_guard lock(mutex_);
  const auto found = libraries_.find(library);
  if (found == libraries_.end()) return false;
  for (const lua::RegisteredFunction& each : found->second->functions) interpreter().forget("f_" + each.name);
  libraries_.erase(found);
  return true;
}

void Functions::flush() {
  interpreter_.reset();
  note_memory();
  const std::lock_guard lock(mutex_);
  libraries_.clear();
}

std::optional<lua::RegisteredFunction> Functions::find(std::string_view function) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, library] : libraries_) {
    for (const lua::RegisteredFunction& each : library->functions) {
      if (is_same_name(each.name, function)) return each;
    }
  }
  return std::nullopt;
}

std::vector<std::shared_ptr<const Library>> Functions::libraries() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<const Library>> all;
  for (const auto& [name, library] : libraries_) all.push_back(library);
  return all;
}

}  // namespace stele::redis
