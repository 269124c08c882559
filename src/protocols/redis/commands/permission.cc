#include "protocols/redis/commands/permission.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/client_line.h"
#include "protocols/redis/commands/glob.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

// A container that hides its subcommands is told as one command.
std::string_view shown_name(const Command& command) {
  const CommandTable& table = CommandTable::get();
  return table.row_at(table.number(command)).name;
}

void note(Head& head, const Client& client, Denial denial, DenialLog::Context context, std::string_view user,
          std::string_view object) {
  DenialLog::Entry entry;
  entry.denial = denial;
  entry.context = context;
  entry.object = object;
  entry.user = user;
  entry.at = head.services().clock->now();
  entry.client = client_line(*client.record, entry.at);
  head.denials().add(std::move(entry));
}

void end_client(Head& head, ClientRecord& record, Client* self_or_null) {
  if (self_or_null != nullptr && &record == self_or_null->record.get()) {
    self_or_null->is_closing = true;
    return;
  }
  head.clients().remove(record.id);
  record.end();
}

// All channel patterns of all selectors; nothing if one of them has all channels.
std::optional<std::set<std::string>> channels_of(const Rules& rules) {
  std::set<std::string> all;
  for (const Selector& selector : rules.selectors()) {
    if (selector.has_all_channels()) return std::nullopt;
    all.insert(selector.channels().begin(), selector.channels().end());
  }
  return all;
}

}  // namespace

Verdict ask_rules(Head& head, const Client& client, const Command& command,
                  std::span<const std::string_view> arguments, DenialLog::Context context) {
  const Verdict verdict = client.user->rules()->check(command, arguments);
  if (verdict.is_allowed()) return verdict;
  const std::string_view object =
      verdict.denial == Denial::kCommand ? shown_name(command) : arguments[verdict.argument];
  note(head, client, verdict.denial, context, client.user->name(), object);
  return verdict;
}

std::string denial_text(const Verdict& verdict, const Command& command) {
  switch (verdict.denial) {
    case Denial::kKey:
      return "NOPERM this user has no permissions to access one of the keys used as arguments";
    case Denial::kChannel:
      return "NOPERM this user has no permissions to access one of the channels used as arguments";
    default:
      return fmt::format("NOPERM this user has no permissions to run the '{}' command", shown_name(command));
  }
}

bool authenticate(Call& call, std::string_view name, std::string_view password) {
  Client& client = call.client();
  std::shared_ptr<User> user = call.head().users().find(name);
  if (user == nullptr || !user->rules()->fits(password)) {
    const auto context =
        client.transaction.is_open ? DenialLog::Context::kMulti : DenialLog::Context::kTopLevel;
    note(call.head(), client, Denial::kAuth, context, name, call[0]);
    call.fail_with_code("WRONGPASS invalid username-password pair or user is disabled.");
    return false;
  }
  client.is_authenticated = true;
  client.set_user(std::move(user));
  return true;
}

void become_default_user(Head& head, Client& client) {
  client.is_authenticated = !head.users().asks_for_password();
  client.set_user(head.users().default_user());
}

void end_clients_of(Head& head, const User& user, Client* self_or_null) {
  for (const auto& record : head.clients().all()) {
    if (record->user().get() == &user) end_client(head, *record, self_or_null);
  }
}

void end_listeners_of(Head& head, const User& user, const Rules& rules, Client* self_or_null) {
  const auto allowed = channels_of(rules);
  if (!allowed) return;
  const auto former = channels_of(*user.rules());
  if (former && std::ranges::includes(*allowed, *former)) return;
  for (const ChannelKind kind : {ChannelKind::kChannel, ChannelKind::kPattern, ChannelKind::kShard}) {
    for (const auto& [name, listener] : head.channels().listeners(kind)) {
      if (listener->user().get() != &user) continue;
      const bool is_allowed = std::ranges::any_of(*allowed, [&](const std::string& each) {
        return kind == ChannelKind::kPattern ? each == name : fits_glob(each, name);
      });
      if (!is_allowed) end_client(head, *listener, self_or_null);
    }
  }
}

void take_stored_users(Head& head, Client* self_or_null) {
  if (head.stored_users_or_null() == nullptr) return;
  auto news = head.stored_users_or_null()->take_news();
  if (!news) return;
  Users& users = head.users();
  const std::lock_guard lock(users.change_mutex());
  for (const auto& user : users.all()) {
    if (user == users.default_user() || news->contains(user->name())) continue;
    users.remove(user->name());
    end_clients_of(head, *user, self_or_null);
  }
  for (auto& [name, rules] : *news) {
    const auto user = users.find(name);
    if (user != nullptr && *user->rules() == rules) continue;
    if (user != nullptr) end_listeners_of(head, *user, rules, self_or_null);
    users.put(name, std::move(rules));
  }
}

}  // namespace stele::redis
