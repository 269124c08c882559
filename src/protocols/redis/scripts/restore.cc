#include "protocols/redis/scripts/restore.h"

#include <fmt/format.h>

#include <algorithm>

namespace stele::redis {

namespace {

Error bad(std::string text) {
  return make_error(ErrorCode::kInvalidArgument, std::move(text));
}

// Whether those that come and those that stay have a name in common.
Result<void> check_names(const Functions& present, const Functions& incoming, RestorePolicy policy) {
  const auto coming = incoming.libraries();
  for (const auto& library : present.libraries()) {
    const bool has_same_name =
        std::ranges::any_of(coming, [&](const auto& each) { return each->name == library->name; });
    if (has_same_name && policy == RestorePolicy::kAppend)
      return bad(fmt::format("Library {} already exists", library->name));
    if (has_same_name) continue;
    for (const lua::RegisteredFunction& function : library->functions) {
      if (incoming.find(function.name)) return bad(fmt::format("Function {} already exists", function.name));
    }
  }
  return {};
}

}  // namespace

Result<void> restore_libraries(Functions& functions, lua::ScriptHost& host,
                               const std::vector<std::string>& codes, RestorePolicy policy) {
  // First beside the others, so that what cannot be loaded changes nothing.
  Functions incoming;
  for (const std::string& code : codes) STELE_RETURN_IF_ERROR(incoming.load(host, code, false));
  if (policy == RestorePolicy::kFlush) {
    functions.flush();
  } else {
    STELE_RETURN_IF_ERROR(check_names(functions, incoming, policy));
    for (const auto& library : incoming.libraries()) functions.remove(library->name);
  }
  for (const std::string& code : codes) STELE_RETURN_IF_ERROR(functions.load(host, code, true));
  return {};
}

}  // namespace stele::redis
