// Channels: SUBSCRIBE and its kin, PUBLISH, PUBSUB.
#include <array>
#include <string>
#include <vector>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

struct Words {
  std::string_view subscribe;
  std::string_view unsubscribe;
};
constexpr std::array<Words, kChannelKinds> kWords = {Words{"subscribe", "unsubscribe"},
                                                     Words{"psubscribe", "punsubscribe"},
                                                     Words{"ssubscribe", "sunsubscribe"}};

const Words& words_of(ChannelKind kind) {
  return kWords[static_cast<std::size_t>(kind)];
}

void confirm(Call& call, std::string_view word, const std::string_view* name_or_null, std::size_t count) {
  std::string text;
  wire::ReplyWriter writer(text, call.client().protocol);
  writer.push(3);
  writer.bulk(word);
  name_or_null != nullptr ? writer.bulk(*name_or_null) : writer.null();
  writer.integer(static_cast<std::int64_t>(count));
  // To who wants no replies it is a message like others.
  if (call.client().replies == ReplyMode::kOn) return call.reply().raw(text);
  call.client().record->inbox->put(text);
}

void subscribe_to(Call& call, ChannelKind kind) {
  Subscriptions& subscriptions = call.client().subscriptions_in(call.head().channels());
  for (const std::string_view name : call.arguments(1)) {
    subscriptions.add(kind, name);
    confirm(call, words_of(kind).subscribe, &name, subscriptions.count(kind));
  }
}

void unsubscribe_from(Call& call, ChannelKind kind) {
  Subscriptions& subscriptions = call.client().subscriptions_in(call.head().channels());
  const std::string_view word = words_of(kind).unsubscribe;
  std::vector<std::string> all;
  std::vector<std::string_view> names(call.arguments(1).begin(), call.arguments(1).end());
  if (names.empty()) {
    all.assign(subscriptions.names(kind).begin(), subscriptions.names(kind).end());
    names.assign(all.begin(), all.end());
  }
  if (names.empty()) return confirm(call, word, nullptr, subscriptions.count(kind));
  for (const std::string_view name : names) {
    subscriptions.remove(kind, name);
    confirm(call, word, &name, subscriptions.count(kind));
  }
}

void subscribe(Call& call) {
  subscribe_to(call, ChannelKind::kChannel);
}
void psubscribe(Call& call) {
  subscribe_to(call, ChannelKind::kPattern);
}
void ssubscribe(Call& call) {
  subscribe_to(call, ChannelKind::kShard);
}
void unsubscribe(Call& call) {
  unsubscribe_from(call, ChannelKind::kChannel);
}
void punsubscribe(Call& call) {
  unsubscribe_from(call, ChannelKind::kPattern);
}
void sunsubscribe(Call& call) {
  unsubscribe_from(call, ChannelKind::kShard);
}

void publish(Call& call) {
  call.reply().integer(static_cast<std::int64_t>(call.head().channels().publish(call[1], call[2])));
}

void spublish(Call& call) {
  call.reply().integer(static_cast<std::int64_t>(call.head().channels().publish_to_shard(call[1], call[2])));
}

void answer_names(Call& call, ChannelKind kind) {
  if (call.size() > 3) return call.fail_arity();
  const auto names = call.head().channels().names(kind, call.size() == 3 ? call[2] : "");
  call.reply().array(names.size());
  for (const std::string& name : names) call.reply().bulk(name);
}

void answer_counts(Call& call, ChannelKind kind) {
  call.reply().array((call.size() - 2) * 2);
  for (const std::string_view name : call.arguments(2)) {
    call.reply().bulk(name);
    call.reply().integer(static_cast<std::int64_t>(call.head().channels().subscribers(kind, name)));
  }
}

void channels(Call& call) {
  answer_names(call, ChannelKind::kChannel);
}
void shardchannels(Call& call) {
  answer_names(call, ChannelKind::kShard);
}
void numsub(Call& call) {
  answer_counts(call, ChannelKind::kChannel);
}
void shardnumsub(Call& call) {
  answer_counts(call, ChannelKind::kShard);
}
void numpat(Call& call) {
  call.reply().integer(static_cast<std::int64_t>(call.head().channels().size(ChannelKind::kPattern)));
}

void help(Call& call) {
  constexpr std::array<std::string_view, 11> kLines = {
      "CHANNELS [<pattern>]",
      "    Return the currently active channels matching a <pattern> (default: '*').",
      "NUMPAT",
      "    Return number of subscriptions to patterns.",
      "NUMSUB [<channel> ...]",
      "    Return the number of subscribers for the specified channels, excluding",
      "    pattern subscriptions(default: no channels).",
      "SHARDCHANNELS [<pattern>]",
      "    Return the currently active shard level channels matching a <pattern> (default: '*').",
      "SHARDNUMSUB [<shardchannel> ...]",
      "    Return the number of subscribers for the specified shard level channel(s)",
  };
  answer_help(call, "pubsub", kLines);
}

constexpr std::uint32_t kListen =
    flag::kPubSub | flag::kNoScript | flag::kLoading | flag::kStale | flag::kInSubscriberMode;
constexpr std::uint32_t kSend = flag::kPubSub | flag::kLoading | flag::kStale | flag::kFast;
constexpr std::uint32_t kAsk = flag::kPubSub | flag::kLoading | flag::kStale;
constexpr auto kNothing = Reach::kNothing;
constexpr std::string_view kGroup = "pubsub";
constexpr std::string_view kOfNames = "O(N) where N is the number of names";
constexpr std::string_view kOfAll = "O(N) where N is the number of channels";

constexpr std::array kPubsubCommands = {
    Command{"pubsub|channels", -2, kAsk, {}, kNothing, channels, kGroup, "2.8.0", kOfAll, "Lists channels"},
    Command{"pubsub|numsub", -2, kAsk, {}, kNothing, numsub, kGroup, "2.8.0", kOfNames, "Counts subscribers"},
    Command{"pubsub|numpat", 2, kAsk, {}, kNothing, numpat, kGroup, "2.8.0", "O(1)", "Counts patterns"},
    Command{"pubsub|shardchannels",
            -2,
            kAsk,
            {},
            kNothing,
            shardchannels,
            kGroup,
            "7.0.0",
            kOfAll,
            "Lists shard channels"},
    Command{"pubsub|shardnumsub",
            -2,
            kAsk,
            {},
            kNothing,
            shardnumsub,
            kGroup,
            "7.0.0",
            kOfNames,
            "Counts subscribers of shard channels"},
    Command{"pubsub|help",
            2,
            flag::kLoading | flag::kStale,
            {},
            kNothing,
            help,
            kGroup,
            "6.2.0",
            "O(1)",
            "Says what PUBSUB can do"},
};

constexpr std::array kCommands = {
    Command{
        "subscribe", -2, kListen, {}, kNothing, subscribe, kGroup, "2.0.0", kOfNames, "Listens to channels"},
    Command{"unsubscribe",
            -1,
            kListen,
            {},
            kNothing,
            unsubscribe,
            kGroup,
            "2.0.0",
            kOfNames,
            "Listens to channels no more"},
    Command{"psubscribe",
            -2,
            kListen,
            {},
            kNothing,
            psubscribe,
            kGroup,
            "2.0.0",
            kOfNames,
            "Listens to channels that fit patterns"},
    Command{"punsubscribe",
            -1,
            kListen,
            {},
            kNothing,
            punsubscribe,
            kGroup,
            "2.0.0",
            kOfNames,
            "Listens to patterns no more"},
    Command{"ssubscribe",
            -2,
            kListen,
            {},
            kNothing,
            ssubscribe,
            kGroup,
            "7.0.0",
            kOfNames,
            "Listens to shard channels"},
    Command{"sunsubscribe",
            -1,
            kListen,
            {},
            kNothing,
            sunsubscribe,
            kGroup,
            "7.0.0",
            kOfNames,
            "Listens to shard channels no more"},
    Command{"publish",
            3,
            kSend,
            {},
            kNothing,
            publish,
            kGroup,
            "2.0.0",
            "O(N+M) where N is the number of subscribers and M the number of patterns",
            "Sends a message"},
    Command{"spublish",
            3,
            kSend,
            {},
            kNothing,
            spublish,
            kGroup,
            "7.0.0",
            "O(N) where N is the number of subscribers",
            "Sends a message to a shard channel"},
    Command{"pubsub",
            -2,
            0,
            {},
            kNothing,
            nullptr,
            kGroup,
            "2.8.0",
            "Depends on subcommand.",
            "Tells about channels",
            kPubsubCommands},
};

}  // namespace

std::span<const Command> pubsub_commands() {
  return kCommands;
}

}  // namespace stele::redis
