#include "protocols/redis/scripts/scripts.h"

#include <fmt/format.h>

#include "protocols/redis/lua/shebang.h"

namespace stele::redis {

void RunningScript::begin(bool is_function, std::string_view name, std::string_view request) {
  const std::lock_guard lock(mutex_);
  is_busy_ = false;
  has_written_ = false;
  is_killed_ = false;
  is_function_ = is_function;
  is_running_ = true;
  name_ = name;
  request_ = request;
  began_ = std::chrono::steady_clock::now();
}

void RunningScript::end() {
  const std::lock_guard lock(mutex_);
  is_busy_ = false;
  is_running_ = false;
}

void RunningScript::note_write() {
  if (has_written()) return;
  const std::lock_guard lock(mutex_);
  has_written_ = true;
}

RunningScript::Kill RunningScript::kill(bool of_function) {
  const std::lock_guard lock(mutex_);
  if (!is_running_) return Kill::kNothingRuns;
  if (has_written_) return Kill::kHasWritten;
  if (is_function_ != of_function) return Kill::kOtherKind;
  is_killed_ = true;
  return Kill::kDone;
}

std::optional<RunningScript::Shown> RunningScript::shown() const {
  const std::lock_guard lock(mutex_);
  if (!is_running_) return std::nullopt;
  return Shown{name_, request_, std::chrono::steady_clock::now() - began_};
}

lua::Interpreter& Scripts::interpreter() {
  if (!interpreter_) {
    interpreter_ = std::make_unique<lua::Interpreter>(lua::Dialect::kScripts);
    client_.record = std::make_shared<ClientRecord>();
  }
  return *interpreter_;
}

Result<std::string> Scripts::load(std::string_view body) {
  std::string sha = lua::sha1_hex(body);
  if (find(sha)) return sha;
  STELE_TRY(const lua::Shebang shebang, lua::read_script_shebang(body));
  // The end of its line stays, so that errors name the right ones.
  const auto compiled = interpreter().compile(sha, body.substr(shebang.size));
  if (!compiled) {
    return make_error(ErrorCode::kInvalidArgument,
                      fmt::format("Error compiling script (new function): {}", compiled.error().message));
  }
  note_memory();
  const std::lock_guard lock(mutex_);
  scripts_.emplace(sha, std::make_shared<const Script>(std::string(body), shebang.is_there, shebang.flags));
  return sha;
}

void Scripts::flush() {
  interpreter_.reset();
  note_memory();
  const std::lock_guard lock(mutex_);
  scripts_.clear();
}

std::shared_ptr<const Script> Scripts::find(std::string_view sha) const {
  const std::lock_guard lock(mutex_);
  const auto found = scripts_.find(sha);
  return found == scripts_.end() ? nullptr : found->second;
}

std::size_t Scripts::size() const {
  const std::lock_guard lock(mutex_);
  return scripts_.size();
}

}  // namespace stele::redis
