// The process-wide answers of analyzer.h: built-in components and analyzers, and those that were spelled.
#include <fmt/format.h>

#include <mutex>
#include <unordered_map>

#include "text/registry.h"

namespace stele::text {
namespace {

// Analyzers by name or spelling. Spellings come from index settings: when there are many, all are forgotten
// and made again when asked for. Threads: any.
class Cache {
 public:
  template <class Make>
  Result<AnalyzerPtr> get(std::string_view name, const Make& make) {
    const std::string key(name);
    {
      const std::scoped_lock lock(mutex_);
      if (const auto found = analyzers_.find(key); found != analyzers_.end()) return found->second;
    }
    Result<AnalyzerPtr> made = make();
    if (!made) return made;
    const std::scoped_lock lock(mutex_);
    if (analyzers_.size() >= kMost) analyzers_.clear();
    return analyzers_.try_emplace(key, *made).first->second;
  }

 private:
  static constexpr std::size_t kMost = 1000;
  std::mutex mutex_;
  std::unordered_map<std::string, AnalyzerPtr> analyzers_;
};

}  // namespace

Result<AnalyzerPtr> find_analyzer(std::string_view name) {
  static Cache cache;
  return cache.get(name, [&]() -> Result<AnalyzerPtr> {
    if (!Analysis::is_spelling(name)) return Registry().analyzer(name);
    STELE_TRY(auto spelled, Analysis::parse(name));
    return Registry(std::move(spelled.first)).analyzer(spelled.second);
  });
}

Result<AnalyzerPtr> find_normalizer(std::string_view name) {
  static Cache cache;
  return cache.get(name, [&]() -> Result<AnalyzerPtr> {
    if (!Analysis::is_spelling(name)) return Registry().normalizer(name);
    STELE_TRY(auto spelled, Analysis::parse(name));
    return Registry(std::move(spelled.first)).normalizer(spelled.second);
  });
}

Result<TokenizerPtr> find_tokenizer(std::string_view name) {
  return Registry().tokenizer(name);
}

Result<TokenFilterPtr> find_token_filter(std::string_view name) {
  return Registry().filter(name, Chain());
}

}  // namespace stele::text
