// ACL: users, and what they may do.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/permission.h"
#include "protocols/redis/commands/table.h"
#include "protocols/redis/users/acl_file.h"
#include "protocols/redis/users/categories.h"

namespace stele::redis {

namespace {

constexpr Logger kLog("redis.acl");
constexpr std::int64_t kPasswordBitsMax = 4096;
constexpr std::int64_t kPasswordBits = 256;
constexpr std::size_t kUsersMax = 100'000;

net::Task<void> store_and_answer(Call* call, std::vector<StoredUsers::Change> changes, std::int64_t count) {
  const auto stored = co_await call->head().stored_users_or_null()->store(std::move(changes));
  if (!stored) {
    call->fail(stored.error());
    co_return;
  }
  take_stored_users(call->head(), &call->client());
  count < 0 ? call->reply().ok() : call->reply().integer(count);
}

// Users that PostgreSQL keeps change there first. False: they are this node's own.
bool store(Call& call, std::vector<StoredUsers::Change> changes, std::int64_t count) {
  if (call.head().stored_users_or_null() == nullptr) return false;
  if (call.may_block()) {
    call.go_on(store_and_answer(&call, std::move(changes), count));
  } else {
    call.fail("users cannot be changed within MULTI: PostgreSQL would have to be waited for");
  }
  return true;
}

void setuser(Call& call) {
  if (!is_user_name(call[2])) return call.fail("Usernames can't contain spaces or null characters");
  Users& users = call.head().users();
  const std::lock_guard lock(users.change_mutex());
  const std::shared_ptr<User> user = users.find(call[2]);
  if (user == nullptr && users.all().size() >= kUsersMax) return call.fail("there are too many users");
  const bool all_channels = users.gives_all_channels();
  Rules rules = user == nullptr ? Rules(all_channels) : *user->rules();
  const auto applied = rules.apply_all(call.arguments(3), all_channels);
  if (!applied) return call.fail(applied.error().message);
  const std::optional<Rules> former = user == nullptr ? std::nullopt : std::optional(*user->rules());
  if (store(call, {{std::string(call[2]), rules, former}}, -1)) return;
  if (user != nullptr) end_listeners_of(call.head(), *user, rules, &call.client());
  users.put(call[2], std::move(rules));
  call.reply().ok();
}

void deluser(Call& call) {
  const auto names = call.arguments(2);
  if (std::ranges::find(names, "default") != names.end())
    return call.fail("The 'default' user cannot be removed");
  Users& users = call.head().users();
  const std::lock_guard lock(users.change_mutex());
  std::vector<std::shared_ptr<User>> found;
  std::vector<StoredUsers::Change> changes;
  for (const std::string_view name : names) {
    const std::shared_ptr<User> user = users.find(name);
    if (user == nullptr || std::ranges::find(found, user) != found.end()) continue;
    found.push_back(user);
    changes.push_back({user->name(), std::nullopt, *user->rules()});
  }
  const auto count = static_cast<std::int64_t>(found.size());
  if (store(call, std::move(changes), count)) return;
  for (const auto& user : found) {
    users.remove(user->name());
    end_clients_of(call.head(), *user, &call.client());
  }
  call.reply().integer(count);
}

void answer_selector(wire::ReplyWriter& reply, const Selector& selector) {
  reply.bulk("commands");
  reply.bulk(selector.describe_commands());
  reply.bulk("keys");
  reply.bulk(selector.describe_keys());
  reply.bulk("channels");
  reply.bulk(selector.describe_channels());
}

void getuser(Call& call) {
  const std::shared_ptr<User> user = call.head().users().find(call[2]);
  if (user == nullptr) return call.reply().null();
  const auto rules = user->rules();
  wire::ReplyWriter& reply = call.reply();
  reply.map(6);
  reply.bulk("flags");
  const auto flags = rules->flags();
  reply.set(flags.size());
  for (const std::string_view each : flags) reply.bulk(each);
  reply.bulk("passwords");
  reply.array(rules->passwords().size());
  for (const std::string& each : rules->passwords()) reply.bulk(each);
  answer_selector(reply, rules->selectors()[0]);
  reply.bulk("selectors");
  reply.array(rules->selectors().size() - 1);
  for (std::size_t i = 1; i < rules->selectors().size(); ++i) {
    reply.map(3);
    answer_selector(reply, rules->selectors()[i]);
  }
}

void list(Call& call) {
  const auto users = call.head().users().all();
  call.reply().array(users.size());
  for (const auto& user : users) call.reply().bulk(describe_line(*user));
}

void names(Call& call) {
  const auto users = call.head().users().all();
  call.reply().array(users.size());
  for (const auto& user : users) call.reply().bulk(user->name());
}

void whoami(Call& call) {
  call.reply().bulk(call.client().user->name());
}

void fail_subcommand(Call& call) {
  call.fail(fmt::format("unknown subcommand or wrong number of arguments for '{}'. Try ACL HELP.", call[1]));
}

void cat(Call& call) {
  if (call.size() > 3) return fail_subcommand(call);
  if (call.size() == 2) {
    call.reply().array(category_names().size());
    for (const std::string_view name : category_names()) call.reply().bulk(name);
    return;
  }
  const auto category = find_category(call[2]);
  if (!category) return call.fail(fmt::format("Unknown category '{:.128}'", call[2]));
  const CommandTable& table = CommandTable::get();
  std::vector<std::string_view> found;
  for (std::size_t i = 0; i < table.numbers(); ++i) {
    const Command& command = table.row_at(i);
    if ((categories_of(command) & *category) != 0) found.push_back(command.name);
  }
  call.reply().array(found.size());
  for (const std::string_view name : found) call.reply().bulk(name);
}

void genpass(Call& call) {
  if (call.size() > 3) return fail_subcommand(call);
  std::int64_t bits = kPasswordBits;
  if (call.size() == 3) {
    STELE_REDIS_TRY(bits, call, integer_argument(call[2]));
  }
  if (bits <= 0 || bits > kPasswordBitsMax) {
    return call.fail(
        fmt::format("ACL GENPASS argument must be the number of bits for the output password, a positive "
                    "number up to {}",
                    kPasswordBitsMax));
  }
  const auto digits = static_cast<std::size_t>((bits + 3) / 4);
  call.reply().bulk(crypto::hex(crypto::random_bytes((digits + 1) / 2)).substr(0, digits));
}

std::string_view word_of(Denial denial) {
  switch (denial) {
    case Denial::kKey:
      return "key";
    case Denial::kChannel:
      return "channel";
    case Denial::kAuth:
      return "auth";
    default:
      return "command";
  }
}

void log(Call& call) {
  if (call.size() > 3) return fail_subcommand(call);
  DenialLog& denials = call.head().denials();
  std::int64_t count = 10;
  if (call.size() == 3) {
    if (call.is(2, "RESET")) {
      denials.clear();
      return call.reply().ok();
    }
    STELE_REDIS_TRY(count, call, integer_argument(call[2]));
  }
  constexpr std::array<std::string_view, 3> kContexts = {"toplevel", "multi", "lua"};
  const auto entries = denials.newest(static_cast<std::size_t>(std::max<std::int64_t>(count, 0)));
  const TimePoint now = call.head().services().clock->now();
  wire::ReplyWriter& reply = call.reply();
  reply.array(entries.size());
  for (const DenialLog::Entry& entry : entries) {
    reply.map(7);
    reply.bulk("count");
    reply.integer(static_cast<std::int64_t>(entry.count));
    reply.bulk("reason");
    reply.bulk(word_of(entry.denial));
    reply.bulk("context");
    reply.bulk(kContexts[static_cast<std::size_t>(entry.context)]);
    reply.bulk("object");
    reply.bulk(entry.object);
    reply.bulk("username");
    reply.bulk(entry.user);
    reply.bulk("age-seconds");
    reply.number(
        std::chrono::duration<double>(std::chrono::floor<std::chrono::milliseconds>(now - entry.at)).count());
    reply.bulk("client-info");
    reply.bulk(entry.client);
  }
}

void dryrun(Call& call) {
  const std::shared_ptr<User> user = call.head().users().find(call[2]);
  if (user == nullptr) return call.fail(fmt::format("User '{}' not found", call[2]));
  const auto request = call.arguments(3);
  const Command* command = CommandTable::get().find(request[0]);
  if (command != nullptr && !command->subcommands.empty() && request.size() > 1) {
    const Command* const subcommand = CommandTable::find_subcommand(*command, request[1]);
    if (subcommand != nullptr || !command->is(flag::kHidesSubcommands)) command = subcommand;
  }
  if (command == nullptr) return call.fail(fmt::format("Command '{}' not found", request[0]));
  if (!command->takes(request.size()))
    return call.fail(fmt::format("wrong number of arguments for '{}' command", command->name));
  const Verdict verdict = user->rules()->check(*command, request);
  switch (verdict.denial) {
    case Denial::kNone:
      return call.reply().ok();
    case Denial::kKey:
      return call.reply().bulk(
          fmt::format("This user has no permissions to access the '{}' key", request[verdict.argument]));
    case Denial::kChannel:
      return call.reply().bulk(
          fmt::format("This user has no permissions to access the '{}' channel", request[verdict.argument]));
    default:
      return call.reply().bulk(
          fmt::format("This user has no permissions to run the '{}' command", command->name));
  }
}

// False, and it is answered: there is no file.
bool has_file(Call& call) {
  if (!call.head().acl_file().empty()) return true;
  call.fail(
      "This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL "
      "SETUSER command and then issue a CONFIG REWRITE (assuming you have a Redis configuration file set) in "
      "order to store users in the Redis configuration.");
  return false;
}

void load(Call& call) {
  if (!has_file(call)) return;
  Users& users = call.head().users();
  auto loaded = load_acl_file(call.head().acl_file(), users.gives_all_channels());
  if (!loaded) return call.fail(loaded.error().message);
  const std::lock_guard lock(users.change_mutex());
  for (const auto& former : users.replace(*std::move(loaded)))
    end_clients_of(call.head(), *former, &call.client());
  call.reply().ok();
}

void save(Call& call) {
  if (!has_file(call)) return;
  const auto saved = save_acl_file(call.head().acl_file(), call.head().users());
  if (saved) return call.reply().ok();
  kLog.warn("the users were not saved file={} reason={}", call.head().acl_file(), saved.error().message);
  call.fail("There was an error trying to save the ACLs. Please check the server logs for more information");
}

void help(Call& call) {
  constexpr auto kLines = std::to_array<std::string_view>({
      "CAT [<category>]",
      "    List all commands that belong to <category>, or all command categories",
      "    when no category is specified.",
      "DELUSER <username> [<username> ...]",
      "    Delete a list of users.",
      "DRYRUN <username> <command> [<arg> ...]",
      "    Returns whether the user can execute the given command without executing the command.",
      "GETUSER <username>",
      "    Get the user's details.",
      "GENPASS [<bits>]",
      "    Generate a secure 256-bit user password. The optional `bits` argument can",
      "    be used to specify a different size.",
      "LIST",
      "    Show users details in config file format.",
      "LOAD",
      "    Reload users from the ACL file.",
      "LOG [<count> | RESET]",
      "    Show the ACL log entries.",
      "SAVE",
      "    Save the current config to the ACL file.",
      "SETUSER <username> <attribute> [<attribute> ...]",
      "    Create or modify a user with the specified attributes.",
      "USERS",
      "    List all the registered usernames.",
      "WHOAMI",
      "    Return the current connection username.",
  });
  answer_help(call, "acl", kLines);
}

constexpr std::uint32_t kOpen = flag::kNoScript | flag::kLoading | flag::kStale;
constexpr std::uint32_t kAdmin = kOpen | flag::kAdmin;
constexpr auto kNothing = Reach::kNothing;
constexpr std::string_view kGroup = "server";
constexpr std::string_view kOfUsers = "O(N). Where N is the number of configured users.";
constexpr std::string_view kOfRules = "O(N). Where N is the number of rules provided.";

constexpr auto kAclCommands = std::to_array<Command>({
    {"acl|cat",
     -2,
     kOpen,
     {},
     kNothing,
     cat,
     kGroup,
     "6.0.0",
     "O(1) since the categories and commands are a fixed set.",
     "Lists the categories, or a category's commands"},
    {"acl|deluser",
     -3,
     kAdmin,
     {},
     kNothing,
     deluser,
     kGroup,
     "6.0.0",
     "O(1) amortized time considering the typical user.",
     "Removes users and ends their connections"},
    {"acl|dryrun",
     -4,
     kAdmin,
     {},
     kNothing,
     dryrun,
     kGroup,
     "7.0.0",
     "O(1).",
     "Says whether a user may run a command, without running it"},
    {"acl|genpass",
     -2,
     kOpen,
     {},
     kNothing,
     genpass,
     kGroup,
     "6.0.0",
     "O(1)",
     "Answers a password that nobody can guess"},
    {"acl|getuser",
     3,
     kAdmin,
     {},
     kNothing,
     getuser,
     kGroup,
     "6.0.0",
     "O(N). Where N is the number of password, command and pattern rules that the user has.",
     "Answers the rules of a user"},
    {"acl|help",
     2,
     flag::kLoading | flag::kStale,
     {},
     kNothing,
     help,
     kGroup,
     "6.0.0",
     "O(1)",
     "Says what ACL can do"},
    {"acl|list",
     2,
     kAdmin,
     {},
     kNothing,
     list,
     kGroup,
     "6.0.0",
     kOfUsers,
     "Lists the users with their rules"},
    {"acl|load",
     2,
     kAdmin,
     {},
     kNothing,
     load,
     kGroup,
     "6.0.0",
     kOfUsers,
     "Reads the users from the ACL file"},
    {"acl|log",
     -2,
     kAdmin,
     {},
     kNothing,
     log,
     kGroup,
     "6.0.0",
     "O(N) with N being the number of entries shown.",
     "Answers who was refused what"},
    {"acl|save",
     2,
     kAdmin,
     {},
     kNothing,
     save,
     kGroup,
     "6.0.0",
     kOfUsers,
     "Writes the users into the ACL file"},
    {"acl|setuser",
     -3,
     kAdmin,
     {},
     kNothing,
     setuser,
     kGroup,
     "6.0.0",
     kOfRules,
     "Makes a user or changes his rules"},
    {"acl|users", 2, kAdmin, {}, kNothing, names, kGroup, "6.0.0", kOfUsers, "Lists the names of the users"},
    {"acl|whoami",
     2,
     kOpen,
     {},
     kNothing,
     whoami,
     kGroup,
     "6.0.0",
     "O(1)",
     "Answers as whom the connection is logged in"},
});

constexpr auto kCommands = std::to_array<Command>({
    {"acl",
     -2,
     0,
     {},
     kNothing,
     nullptr,
     kGroup,
     "6.0.0",
     "Depends on subcommand.",
     "Users and what they may do",
     kAclCommands},
});

}  // namespace

std::span<const Command> acl_commands() {
  return kCommands;
}

}  // namespace stele::redis
