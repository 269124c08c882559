// LATENCY: what took long, and how long each command takes.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <vector>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

constexpr std::size_t kGraphColumns = 80;
constexpr std::size_t kGraphRows = 4;

void latest(Call& call) {
  const auto events = call.head().latency().events();
  call.reply().array(events.size());
  for (const LatencyMonitor::Event& event : events) {
    call.reply().array(4);
    call.reply().bulk(event.name);
    call.reply().integer(event.samples.back().at_seconds);
    call.reply().integer(event.samples.back().milliseconds);
    call.reply().integer(event.longest);
  }
}

void history(Call& call) {
  const auto event = call.head().latency().event(call[2]);
  if (!event) return call.reply().array(0);
  call.reply().array(event->samples.size());
  for (const LatencyMonitor::Sample& sample : event->samples) {
    call.reply().array(2);
    call.reply().integer(sample.at_seconds);
    call.reply().integer(sample.milliseconds);
  }
}

std::string age_text(std::int64_t seconds) {
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m", seconds / 60);
  if (seconds < 86400) return fmt::format("{}h", seconds / 3600);
  return fmt::format("{}d", seconds / 86400);
}

std::int64_t now_seconds(Call& call) {
  const auto now = call.head().services().clock->wall().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

// A column for each sample, the oldest first, with its age below, read downwards.
std::string graph_text(const LatencyMonitor::Event& event, std::int64_t now) {
  const std::size_t shown = std::min(kGraphColumns, event.samples.size());
  const std::span<const LatencyMonitor::Sample> samples = std::span(event.samples).last(shown);
  const auto [low, high] = std::ranges::minmax(samples, {}, &LatencyMonitor::Sample::milliseconds);
  std::string text = fmt::format("{} - high {} ms, low {} ms (all time high {} ms)\n{:-<{}}\n", event.name,
                                 high.milliseconds, low.milliseconds, event.longest, "", kGraphColumns);
  const std::int64_t range = std::max<std::int64_t>(1, high.milliseconds - low.milliseconds);
  for (std::size_t row = kGraphRows; row > 0; --row) {
    for (const LatencyMonitor::Sample& sample : samples) {
      const std::int64_t height = 1 + (sample.milliseconds - low.milliseconds) * (kGraphRows - 1) / range;
      const auto level = static_cast<std::int64_t>(row);
      text += height > level ? '|' : (height == level ? (level == 1 ? '_' : '#') : ' ');
    }
    text += '\n';
  }
  std::size_t longest = 0;
  std::vector<std::string> ages;
  for (const LatencyMonitor::Sample& sample : samples) {
    ages.push_back(age_text(now - sample.at_seconds));
    longest = std::max(longest, ages.back().size());
  }
  for (std::size_t line = 0; line < longest; ++line) {
    text += '\n';
    for (const std::string& age : ages) text += line < age.size() ? age[line] : ' ';
  }
  return text + "\n";
}

void graph(Call& call) {
  const auto event = call.head().latency().event(call[2]);
  if (!event) return call.fail(fmt::format("No samples available for event '{}'", call[2]));
  call.reply().verbatim(graph_text(*event, now_seconds(call)));
}

// What an operator could look at, by the kind of the event.
struct Advice {
  std::string_view event;
  std::string_view text;
};
constexpr std::array kAdvice = {
    Advice{"command",
           "SLOWLOG GET names the commands; those that touch many keys or elements can be split "
           "(SCAN instead of KEYS, HSCAN instead of HGETALL)."},
    Advice{"fast-command",
           "a command that is always short waited for the machine: look at its load, and "
           "whether other programs share its cores."},
    Advice{"expire-cycle", "many or large keys expire together: spread their times, make them smaller."},
    Advice{"eviction-cycle", "much is evicted at once: raise maxmemory, or write less at a time."},
};

void doctor(Call& call) {
  const auto events = call.head().latency().events();
  const std::size_t threshold = call.head().settings().latency_threshold_ms;
  if (events.empty()) {
    return call.reply().verbatim(
        threshold == 0 ? "Nothing is watched: CONFIG SET latency-monitor-threshold <milliseconds>.\n"
                       : fmt::format("Nothing took {} ms or longer.\n", threshold));
  }
  std::string text = fmt::format("What took {} ms or longer:\n\n", threshold);
  for (const LatencyMonitor::Event& event : events) {
    std::int64_t sum = 0;
    for (const LatencyMonitor::Sample& sample : event.samples) sum += sample.milliseconds;
    const auto count = static_cast<std::int64_t>(event.samples.size());
    fmt::format_to(std::back_inserter(text),
                   "{}: {} samples, {} ms on average, {} ms at worst, the last {} ago.\n", event.name, count,
                   sum / count, event.longest, age_text(now_seconds(call) - event.samples.back().at_seconds));
    const auto advice = std::ranges::find(kAdvice, event.name, &Advice::event);
    if (advice != kAdvice.end()) fmt::format_to(std::back_inserter(text), "    {}\n", advice->text);
  }
  call.reply().verbatim(text);
}

void reset(Call& call) {
  std::size_t count = 0;
  if (call.size() == 2) count = call.head().latency().reset({});
  for (const std::string_view name : call.arguments(2)) {
    if (!name.empty()) count += call.head().latency().reset(to_lower(name));
  }
  call.reply().integer(static_cast<std::int64_t>(count));
}

struct Times {
  const Command* command;
  TimeSums sums;
};

void add_times(Call& call, std::size_t number, std::vector<Times>& found) {
  Times times{&CommandTable::get().row_at(number), {}};
  for (ReactorStatistics* const each : call.head().statistics()) each->add_times(number, times.sums);
  if (times.sums.total() > 0) found.push_back(times);
}

// Runs up to a power of two of microseconds, for each at which there are more.
void answer_times(wire::ReplyWriter& reply, const Times& times) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> steps;
  std::uint64_t seen = 0;
  std::size_t bucket = 0;
  for (std::uint64_t us = 1; seen < times.sums.total(); us *= 2) {
    const std::uint64_t before = seen;
    while (bucket < TimeHistogram::kBuckets && TimeHistogram::bound_ns(bucket) < us * 1024)
      seen += times.sums.count(bucket++);
    if (seen > before) steps.emplace_back(us, seen);
  }
  reply.bulk(times.command->name);
  reply.map(2);
  reply.bulk("calls");
  reply.integer(static_cast<std::int64_t>(times.sums.total()));
  reply.bulk("histogram_usec");
  reply.map(steps.size());
  for (const auto& [us, count] : steps) {
    reply.integer(static_cast<std::int64_t>(us));
    reply.integer(static_cast<std::int64_t>(count));
  }
}

void histogram(Call& call) {
  const CommandTable& table = CommandTable::get();
  std::vector<Times> found;
  for (std::size_t i = 0; call.size() == 2 && i < table.numbers(); ++i) add_times(call, i, found);
  for (const std::string_view name : call.arguments(2)) {
    const Command* const command = table.find_full(name);
    if (command == nullptr) continue;
    add_times(call, table.number(*command), found);
    if (command->is(flag::kHidesSubcommands)) continue;
    for (const Command& each : command->subcommands) add_times(call, table.number(each), found);
  }
  call.reply().map(found.size());
  for (const Times& each : found) answer_times(call.reply(), each);
}

void help(Call& call) {
  constexpr auto kLines = std::to_array<std::string_view>({
      "DOCTOR",
      "    Return a human readable latency analysis report.",
      "GRAPH <event>",
      "    Return an ASCII latency graph for the <event> class.",
      "HISTORY <event>",
      "    Return time-latency samples for the <event> class.",
      "LATEST",
      "    Return the latest latency samples for all events.",
      "RESET [<event> ...]",
      "    Reset latency data of one or more <event> classes.",
      "    (default: reset all data for all event classes)",
      "HISTOGRAM [COMMAND ...]",
      "    Return a cumulative distribution of latencies in the format of a histogram for the specified "
      "command names.",
      "    If no commands are specified then all histograms are replied.",
  });
  answer_help(call, "latency", kLines);
}

constexpr std::uint32_t kAdmin = flag::kAdmin | flag::kNoScript | flag::kLoading | flag::kStale;
constexpr auto kNothing = Reach::kNothing;
constexpr std::string_view kGroup = "server";

constexpr auto kLatencyCommands = std::to_array<Command>({
    {"latency|doctor",
     2,
     kAdmin,
     {},
     kNothing,
     doctor,
     kGroup,
     "2.8.13",
     "O(1)",
     "Tells in words what took long, and what can be done"},
    {"latency|graph",
     3,
     kAdmin,
     {},
     kNothing,
     graph,
     kGroup,
     "2.8.13",
     "O(1)",
     "Draws the samples of an event"},
    {"latency|help",
     2,
     flag::kLoading | flag::kStale,
     {},
     kNothing,
     help,
     kGroup,
     "2.8.13",
     "O(1)",
     "Says what LATENCY can do"},
    {"latency|histogram",
     -2,
     kAdmin,
     {},
     kNothing,
     histogram,
     kGroup,
     "7.0.0",
     "O(N) where N is the number of commands with latency information being retrieved.",
     "Answers how long commands take"},
    {"latency|history",
     3,
     kAdmin,
     {},
     kNothing,
     history,
     kGroup,
     "2.8.13",
     "O(1)",
     "Answers the samples of an event"},
    {"latency|latest",
     2,
     kAdmin,
     {},
     kNothing,
     latest,
     kGroup,
     "2.8.13",
     "O(1)",
     "Answers the latest sample of each event"},
    {"latency|reset", -2, kAdmin, {}, kNothing, reset, kGroup, "2.8.13", "O(1)", "Forgets the samples"},
});

constexpr auto kCommands = std::to_array<Command>({
    {"latency",
     -2,
     0,
     {},
     kNothing,
     nullptr,
     kGroup,
     "2.8.13",
     "Depends on subcommand.",
     "Tells what took long",
     kLatencyCommands},
});

}  // namespace

std::span<const Command> latency_commands() {
  return kCommands;
}

}  // namespace stele::redis
