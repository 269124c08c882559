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
  }
  const std::lock_guard lock(mutex_);
  errors_.clear();
}

}  // namespace stele::redis
