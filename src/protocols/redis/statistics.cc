#include "protocols/redis/statistics.h"

namespace stele::redis {

namespace {

constexpr std::size_t kErrorsMax = 128;  // different first words; Redis stops counting there too

}  // namespace

void ReactorStatistics::count_error(std::string_view text) {
  all_errors_.add();
  const std::string_view word = text.substr(0, text.find(' '));
  const std::lock_guard lock(mutex_);
  const auto at = errors_.find(word);
  if (at != errors_.end()) {
    ++at->second;
  } else if (errors_.size() < kErrorsMax) {
    errors_.emplace(word, 1);
  }
}

std::map<std::string, std::uint64_t, std::less<>> ReactorStatistics::errors() const {
  const std::lock_guard lock(mutex_);
  return errors_;
}

ReactorStatistics::~ReactorStatistics() {
  for (OfCommand& command : of_command_) delete command.times.load();
}

TimeHistogram* ReactorStatistics::make_histogram(OfCommand& command) {
  auto* const made = new TimeHistogram;
  command.times.store(made, std::memory_order_release);
  return made;
}

void ReactorStatistics::add_times(std::size_t index, TimeSums& sums) const {
  const TimeHistogram* const times = of_command_[index].times.load(std::memory_order_acquire);
  if (times != nullptr) sums.add(*times);
}

void ReactorStatistics::reset() {
  for (OwnedCounter* const counter :
       {&commands, &hits, &misses, &input_bytes, &output_bytes, &refused_connections}) {
    counter->reset();
  }
  for (OfCommand& command : of_command_) {
    for (OwnedCounter* const counter :
         {&command.calls, &command.nanoseconds, &command.rejected, &command.failed}) {
      counter->reset();
    }
    TimeHistogram* const times = command.times.load(std::memory_order_acquire);
    if (times != nullptr) times->reset();
  }
  const std::lock_guard lock(mutex_);
  errors_.clear();
}

}  // namespace stele::redis
