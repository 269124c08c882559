#include "protocols/sql/session_settings.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace stele::sql {

namespace {

std::string lowered(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

}  // namespace

bool SessionSettings::parse_switch(std::string_view text, bool& on) {
  constexpr std::array<std::string_view, 4> kOn = {"on", "true", "yes", "1"};
  constexpr std::array<std::string_view, 4> kOff = {"off", "false", "no", "0"};
  const std::string lower = lowered(text);
  on = std::ranges::find(kOn, lower) != kOn.end();
  return on || std::ranges::find(kOff, lower) != kOff.end();
}

void SessionSettings::apply_startup(std::string_view name, std::string_view value) {
  bool on = true;
  if (name == "stele.freshness" && parse_switch(value, on)) {
    startup_freshness_ = on ? Switch::kOn : Switch::kOff;
  } else if (name == "stele.min_lsn") {
    min_lsn_ = value;
  } else if (name == "synchronous_commit") {
    may_commit_asynchronously_ = true;
  } else if (name == "options") {
    note_text(value);
    // -c stele.freshness=off, with or without a blank after -c; other options are PostgreSQL's alone.
    constexpr std::string_view kName = "stele.freshness=";
    if (const std::size_t at = value.find(kName); at != std::string_view::npos) {
      const std::string_view rest = value.substr(at + kName.size());
      apply_startup("stele.freshness", rest.substr(0, rest.find_first_of(" \t")));
    }
  }
}

void SessionSettings::apply(const Statement& statement) {
  bool on = true;
  switch (statement.verb) {
    case Verb::kSet:
    case Verb::kSetLocal:
      if (statement.parameter == Parameter::kMinLsn) min_lsn_ = statement.value;
      if (statement.parameter != Parameter::kFreshness || !parse_switch(statement.value, on)) return;
      (statement.verb == Verb::kSet ? freshness_ : local_freshness_) = on ? Switch::kOn : Switch::kOff;
      return;
    case Verb::kReset:
      if (statement.parameter == Parameter::kMinLsn) min_lsn_.clear();
      if (statement.parameter == Parameter::kFreshness) freshness_ = Switch::kUnset;
      return;
    case Verb::kResetAll:
      freshness_ = Switch::kUnset;
      min_lsn_.clear();
      return;
    case Verb::kShow:
    case Verb::kOther:
      return;
  }
}

void SessionSettings::note_text(std::string_view sql) {
  if (may_commit_asynchronously_) return;
  constexpr std::string_view kName = "synchronous_commit";
  // The letter 'y' of "sync" is rare in SQL: found first, then compared around it.
  for (std::size_t at = sql.find_first_of("yY"); at != std::string_view::npos;
       at = sql.find_first_of("yY", at + 1)) {
    if (at == 0 || sql.size() - (at - 1) < kName.size()) continue;
    if (lowered(sql.substr(at - 1, kName.size())) == kName) {
      may_commit_asynchronously_ = true;
      return;
    }
  }
}

bool SessionSettings::waits_for_views() const {
  if (local_freshness_ != Switch::kUnset) return local_freshness_ == Switch::kOn;
  if (freshness_ != Switch::kUnset) return freshness_ == Switch::kOn;
  return startup_freshness_ != Switch::kOff;
}

}  // namespace stele::sql
