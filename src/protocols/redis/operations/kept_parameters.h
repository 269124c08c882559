#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace stele::redis {

// What was a parameter set to that means nothing to Stele? Kept for who asks: tools set them and look whether
// they took. Any thread; locked.
class KeptParameters {
 public:
  std::string get(std::string_view name, std::string_view otherwise) const {
    const std::lock_guard lock(mutex_);
    const auto found = values_.find(name);
    return found == values_.end() ? std::string(otherwise) : found->second;
  }
  void set(std::string_view name, std::string_view value) {
    const std::lock_guard lock(mutex_);
    values_.insert_or_assign(std::string(name), std::string(value));
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace stele::redis
