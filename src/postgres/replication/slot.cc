#include "postgres/replication/slot.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace stele::postgres {

namespace {

Error refuse(std::string_view reason, std::string sentence) {
  return make_error(ErrorCode::kFailedPrecondition, std::move(sentence)).with("reason", std::string(reason));
}

std::string quote(std::string_view text, char mark) {
  std::string quoted(1, mark);
  for (const char c : text) {
    if (c == mark) quoted += mark;
    quoted += c;
  }
  quoted += mark;
  return quoted;
}

}  // namespace

std::string quote_identifier(std::string_view name) {
  return quote(name, '"');
}

std::string quote_literal(std::string_view text) {
  // With a backslash the E form is the one whose meaning no setting changes.
  if (text.find('\\') == std::string_view::npos) return quote(text, '\'');
  std::string doubled;
  for (const char c : text) doubled.append(c == '\\' ? 2 : 1, c);
  return " E" + quote(doubled, '\'');
}

std::string publication_list(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    if (!list.empty()) list += ',';
    list += quote_identifier(name);
  }
  // Inside a replication command a backslash is a plain character.
  return quote(list, '\'');
}

Result<void> check_slot_name(std::string_view name) {
  const bool good = !name.empty() && name.size() <= 63 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (good) return {};
  return make_error(ErrorCode::kInvalidArgument,
                    fmt::format("invalid slot name \"{}\": a to z, 0 to 9 and _, 1 to 63 of them", name));
}

std::string create_slot_command(int server_version, std::string_view name, bool temporary,
                                SnapshotAction snapshot) {
  const bool exports = snapshot == SnapshotAction::kExport;
  const std::string_view option = server_version >= 150000
                                      ? (exports ? "(SNAPSHOT 'export')" : "(SNAPSHOT 'nothing')")
                                      : (exports ? "EXPORT_SNAPSHOT" : "NOEXPORT_SNAPSHOT");
  return fmt::format("CREATE_REPLICATION_SLOT {}{} LOGICAL pgoutput {}", quote_identifier(name),
                     temporary ? " TEMPORARY" : "", option);
}

std::optional<Lsn> timeline_switch_point(std::string_view history, std::uint32_t timeline) {
  while (!history.empty()) {
    const std::size_t end = std::min(history.find('\n'), history.size());
    const std::string_view line = history.substr(0, end);
    history.remove_prefix(std::min(end + 1, history.size()));
    std::uint32_t parent = 0;
    const auto [at, error] = std::from_chars(line.data(), line.data() + line.size(), parent);
    if (error != std::errc{} || parent != timeline) continue;
    std::string_view rest(at, line.size() - static_cast<std::size_t>(at - line.data()));
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    const auto lsn = Lsn::parse(rest.substr(0, rest.find_first_of(" \t")));
    if (lsn.has_value()) return *lsn;
  }
  return std::nullopt;
}

Result<void> check_resume(const ResumePoint& point, const SystemIdentity& system,
                          const std::optional<SlotState>& slot, std::string_view history) {
  if (point.system_identifier != system.system_identifier) {
    return refuse("system", fmt::format("another cluster answers: system identifier {} instead of {}",
                                        system.system_identifier, point.system_identifier));
  }
  if (!slot) return refuse("slot_missing", "the replication slot does not exist");
  if (slot->plugin != "pgoutput" || slot->database != system.database) {
    return refuse("slot_foreign", fmt::format("the replication slot belongs to plugin {} in database {}",
                                              slot->plugin, slot->database));
  }
  if (slot->wal_status == "lost") {
    return refuse("slot_lost", "the replication slot is lost: the server removed WAL that it needs");
  }
  if (slot->confirmed_flush > point.applied) {
    return refuse("slot_ahead", fmt::format("the slot has confirmed {}, beyond what is applied ({})",
                                            slot->confirmed_flush.to_string(), point.applied.to_string()));
  }
  if (system.timeline == point.timeline) return {};
  const auto branch = timeline_switch_point(history, point.timeline);
  if (branch && point.applied <= *branch) return {};
  return refuse("timeline", fmt::format("timeline {} of the server did not grow out of timeline {} after {}",
                                        system.timeline, point.timeline, point.applied.to_string()));
}

}  // namespace stele::postgres
