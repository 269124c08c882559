#include "protocols/redis/operations/time_histogram.h"

#include <gtest/gtest.h>

#include "protocols/redis/commands/configuration_file.h"
#include "protocols/redis/commands/table.h"
#include "protocols/redis/operations/latency_monitor.h"
#include "protocols/redis/operations/redaction.h"

namespace stele::redis {
namespace {

TEST(TimeHistogram, BucketsFollowEachOther) {
  for (std::size_t i = 0; i + 1 < TimeHistogram::kBuckets; ++i) {
    const std::uint64_t bound = TimeHistogram::bound_ns(i);
    EXPECT_EQ(TimeHistogram::bucket_of(bound), i);
    EXPECT_EQ(TimeHistogram::bucket_of(bound + 1), i + 1);
  }
  EXPECT_EQ(TimeHistogram::bucket_of(UINT64_MAX), TimeHistogram::kBuckets - 1);
}

TEST(TimeHistogram, PercentilesAreKnownToAFifth) {
  TimeHistogram histogram;
  for (std::uint64_t us = 1; us <= 1000; ++us) histogram.record(us * 1000);
  TimeSums sums;
  sums.add(histogram);
  EXPECT_EQ(sums.total(), 1000);
  for (const double percent : {1.0, 50.0, 99.0, 99.9}) {
    const double exact = percent / 100 * 1e6;
    EXPECT_GE(static_cast<double>(sums.percentile_ns(percent)), exact);
    EXPECT_LE(static_cast<double>(sums.percentile_ns(percent)), exact * 1.26);
  }
  histogram.reset();
  TimeSums none;
  none.add(histogram);
  EXPECT_EQ(none.total(), 0);
}

TEST(LatencyMonitor, KeepsTheWorstOfASecond) {
  std::atomic<std::size_t> threshold_ms = 0;
  LatencyMonitor monitor(threshold_ms);
  const WallTime now{std::chrono::seconds(1000)};
  monitor.note("command", std::chrono::seconds(9), now);
  EXPECT_TRUE(monitor.events().empty()) << "nothing is watched";
  threshold_ms = 10;
  monitor.note("command", std::chrono::milliseconds(9), now);
  monitor.note("command", std::chrono::milliseconds(20), now);
  monitor.note("command", std::chrono::milliseconds(30), now);
  monitor.note("command", std::chrono::milliseconds(15), now + std::chrono::seconds(1));
  const auto event = monitor.event("command");
  ASSERT_TRUE(event.has_value());
  ASSERT_EQ(event->samples.size(), 2);
  EXPECT_EQ(event->samples[0].milliseconds, 30);
  EXPECT_EQ(event->samples[1].milliseconds, 15);
  EXPECT_EQ(event->longest, 30);
  EXPECT_EQ(monitor.reset("other"), 0);
  EXPECT_EQ(monitor.reset({}), 1);
}

std::vector<std::string_view> shown(const std::vector<std::string_view>& words) {
  const Command* command = CommandTable::get().find(words[0]);
  if (!command->subcommands.empty()) command = CommandTable::find_subcommand(*command, words[1]);
  const auto found = redacted(*command, words);
  return found ? *found : words;
}

TEST(Redaction, HidesPasswordsAndRules) {
  using Words = std::vector<std::string_view>;
  EXPECT_EQ(shown({"auth", "a", "b"}), (Words{"auth", "(redacted)", "(redacted)"}));
  EXPECT_EQ(shown({"hello", "3", "AUTH", "a", "b", "SETNAME", "c"}),
            (Words{"hello", "3", "AUTH", "(redacted)", "(redacted)", "SETNAME", "c"}));
  EXPECT_EQ(shown({"acl", "setuser", "a"}), (Words{"acl", "setuser", "(redacted)"}));
  EXPECT_EQ(shown({"config", "set", "timeout", "1", "requirepass", "x"}),
            (Words{"config", "set", "timeout", "1", "requirepass", "(redacted)"}));
  EXPECT_EQ(shown({"get", "a"}), (Words{"get", "a"}));
}

TEST(ConfigurationFile, ItsLinesAreWords) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(configuration_words("  save 900 1 "), (Words{"save", "900", "1"}));
  EXPECT_EQ(configuration_words(R"(a "b \"c\" \x41\n" 'd"e' "")"), (Words{"a", "b \"c\" A\n", "d\"e", ""}));
  EXPECT_EQ(configuration_words("a \"b"), std::nullopt);
  EXPECT_EQ(configuration_words("a \"b\"c"), std::nullopt);
}

}  // namespace
}  // namespace stele::redis
