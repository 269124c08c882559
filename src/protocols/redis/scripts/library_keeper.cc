#include "protocols/redis/scripts/library_keeper.h"

#include <utility>
#include <vector>

#include "base/log.h"
#include "protocols/redis/begin_group.h"
#include "protocols/redis/head.h"

namespace stele::redis {

namespace {

constexpr Logger kLog("functions");
constexpr Duration kTurn = std::chrono::milliseconds(50);
constexpr Duration kRetry = std::chrono::seconds(1);
constexpr Duration kPatience = std::chrono::seconds(10);

// A library that is loaded calls nothing, it registers functions.
class LoadingHost final : public lua::ScriptHost {
 public:
  std::optional<std::string> call(std::span<const std::string_view>, int, std::string&) override {
    return "no command may be called while a library is loaded";
  }
  std::optional<bool> may_call(std::span<const std::string_view>) override { return std::nullopt; }
  void log(int, std::string_view) override {}
  bool interrupt() override { return false; }
};

}  // namespace

LibraryKeeper::LibraryKeeper(net::Reactor& reactor, Head& head, views::LibraryStore store)
    : reactor_(reactor), head_(head), store_(std::move(store)) {
  net::spawn(run(gate_.hold()));
}

net::Task<void> LibraryKeeper::run([[maybe_unused]] net::Gate::Holder inside) {
  while (true) {
    const bool is_last = is_stopping_;
    auto task = is_loaded_ ? write() : load();
    const auto done = co_await std::move(task);
    if (!done) kLog.warn("libraries of functions are not kept: {}", done.error().message);
    if (is_last) break;
    const TimePoint next = reactor_.now() + (done ? kTurn : kRetry);
    while (!is_stopping_ && reactor_.now() < next) co_await reactor_.sleep_for(kTurn);
  }
}

net::Task<Result<void>> LibraryKeeper::load() {
  auto read = co_await store_.read(reactor_.now() + kPatience);
  STELE_CO_TRY(const std::vector<views::StoredLibrary> libraries, std::move(read));
  const keyspace::Scope everything = keyspace::Scope::whole();
  keyspace::GroupHandle group;
  while (!group) {
    BeginGroup next(head_.keys().keyspace(), everything);
    group = co_await next;
  }
  Functions& functions = head_.functions();
  LoadingHost host;
  for (const views::StoredLibrary& library : libraries) {
    // Those that a client has brought already are the newer ones.
    const auto loaded = functions.load(host, library.code, false);
    if (!loaded) kLog.error("the library {} is not loaded: {}", library.name, loaded.error().message);
    kept_[library.name] = library.code;
  }
  is_loaded_ = true;
  co_return Result<void>();
}

net::Task<Result<void>> LibraryKeeper::write() {
  std::map<std::string, std::string> now;
  std::vector<views::StoredLibrary> changed;
  for (const auto& library : head_.functions().libraries()) {
    now[library->name] = library->code;
    const auto former = kept_.find(library->name);
    if (former == kept_.end() || former->second != library->code)
      changed.push_back({library->name, library->code});
  }
  std::vector<std::string> removed;
  for (const auto& [name, code] : kept_) {
    if (!now.contains(name)) removed.push_back(name);
  }
  if (changed.empty() && removed.empty()) co_return Result<void>();
  auto written = co_await store_.write(std::move(changed), std::move(removed), reactor_.now() + kPatience);
  STELE_CO_RETURN_IF_ERROR(written);
  kept_ = std::move(now);
  co_return Result<void>();
}

net::Task<void> LibraryKeeper::stop() {
  is_stopping_ = true;
  co_await gate_.close();
}

}  // namespace stele::redis
