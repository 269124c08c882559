#include "views/keys/flusher.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "net/reactor.h"

namespace stele::views {
namespace {

using keyspace::ChangeSequence;
using keyspace::Cut;
using keyspace::DirtyObject;
using keyspace::Key;
using keyspace::ObjectId;

constexpr Logger kLog("keys");
constexpr Duration kPauseMin = std::chrono::milliseconds(100);
constexpr Duration kPauseMax = std::chrono::seconds(10);
constexpr Duration kFailurePauseMax = std::chrono::seconds(2);
// Of what is promised; a part of it is for the cut that waits and for what else the machine does.
constexpr Duration kPromise = std::chrono::seconds(1);
constexpr double kPromiseShare = 0.5;
// A flush beside writers that wait is faster than one beside writers that write: the bound falls at once and
// grows by a part at a time.
constexpr double kGrowth = 1.25;
// Where that was a wrong guess, the clock decides: no write is answered while an older one waits for so long.
constexpr Duration kAgeMax = std::chrono::milliseconds(800);
constexpr Duration kHanging = std::chrono::seconds(3);
constexpr Duration kWatchInterval = std::chrono::milliseconds(5);
// Smaller flushes are no measure, and so much may always wait.
constexpr std::size_t kPaceBytesMin = 64U << 10;

// What a failure says of the statements that met it, by the SQLSTATE's beginning; longest first.
enum class Blame : std::uint8_t {
  kObject,  // one of the objects: halve
  kTable,   // a table: all objects of its type
  kOthers,  // somebody else's rows, or a change that the stream is bringing: try again a few times
  kServer,  // nothing can be written at present
};
struct StateBlame {
  std::string_view prefix;
  Blame blame;
};
constexpr std::array kBlames = {
    StateBlame{"23505", Blame::kOthers}, StateBlame{"57014", Blame::kObject},
    StateBlame{"40", Blame::kOthers},    StateBlame{"42", Blame::kTable},
    StateBlame{"3F", Blame::kTable},     StateBlame{"0A", Blame::kTable},
    StateBlame{"08", Blame::kServer},    StateBlame{"25", Blame::kServer},
    StateBlame{"28", Blame::kServer},    StateBlame{"53", Blame::kServer},
    StateBlame{"57", Blame::kServer},    StateBlame{"58", Blame::kServer},
};

Blame blame_of(const Error& error) {
  if (error.code == ErrorCode::kNotFound) return Blame::kOthers;
  if (error.code == ErrorCode::kTooLarge) return Blame::kObject;
  if (error.code != ErrorCode::kDatabase) return Blame::kServer;
  for (const StateBlame& each : kBlames)
    if (error.detail("sqlstate").starts_with(each.prefix)) return each.blame;
  return Blame::kObject;
}

std::size_t bytes_of(const Cut& cut) {
  std::size_t bytes = 0;
  for (const DirtyObject& object : cut.objects) {
    bytes += object.key.name.size() + object.string.size();
    for (const keyspace::Field& field : object.fields_set) bytes += field.name.size() + field.value.size();
    for (const keyspace::ListElement& element : object.elements_set) bytes += element.bytes.size();
  }
  return bytes;
}

// Those that `which` says, in order.
template <class Which>
std::vector<const DirtyObject*> take_out(std::vector<const DirtyObject*>& objects, Which which) {
  std::vector<const DirtyObject*> taken;
  std::ranges::copy_if(objects, std::back_inserter(taken), which);
  std::erase_if(objects, which);
  return taken;
}

// What is written together or not at all: a bundle of the cut, or an object that is alone.
using Together = std::pair<std::uint32_t, ObjectId>;
Together together_of(const DirtyObject* object) {
  return {object->bundle, object->bundle == 0 ? object->id : ObjectId{}};
}

// Those of `objects` that are written together with one that `which` says, in order.
template <class Which>
std::vector<const DirtyObject*> take_bundles(std::vector<const DirtyObject*>& objects, Which which) {
  std::set<Together> bundles;
  for (const DirtyObject* object : objects)
    if (which(object)) bundles.insert(together_of(object));
  if (bundles.empty()) return {};
  return take_out(objects, [&](const DirtyObject* object) { return bundles.contains(together_of(object)); });
}

// In the order of their first ones.
std::vector<std::vector<const DirtyObject*>> by_bundles(const std::vector<const DirtyObject*>& objects) {
  std::vector<std::vector<const DirtyObject*>> bundles;
  std::map<Together, std::size_t> places;
  for (const DirtyObject* object : objects) {
    const auto [place, is_new] = places.try_emplace(together_of(object), bundles.size());
    if (is_new) bundles.emplace_back();
    bundles[place->second].push_back(object);
  }
  return bundles;
}

bool is_one_bundle(const std::vector<const DirtyObject*>& objects) {
  return std::ranges::all_of(objects, [&](const DirtyObject* object) {
    return together_of(object) == together_of(objects.front());
  });
}

// In the cut's order, so that what was removed comes before what took its name.
Cut part_of(Cut& cut, const std::vector<const DirtyObject*>& objects) {
  Cut part{.sequence = cut.sequence, .objects = {}};
  std::vector<std::size_t> places;
  for (const DirtyObject* object : objects)
    places.push_back(static_cast<std::size_t>(object - cut.objects.data()));
  std::ranges::sort(places);
  for (const std::size_t place : places) part.objects.push_back(std::move(cut.objects[place]));
  return part;
}

}  // namespace

void Flusher::look_at_backlog() {
  const TimePoint before = system_clock().now();
  const std::size_t backlog = keyspace_.stats().dirty_bytes + in_flight_bytes_.load();
  if (backlog == 0) committed_until_ = before;
  const bool closed = !may_write();
  over_ = backlog > backlog_bytes_max_;
  closes_ =
      backlog == 0 || failure_pause_ > Duration{} ? TimePoint::max() : committed_until_.load() + kAgeMax;
  if (closed && may_write()) bell_.ring();
}

bool Flusher::is_late() const {
  const TimePoint closes = closes_.load(std::memory_order_relaxed);
  const TimePoint now = system_clock().now();
  // Nothing is promised while PostgreSQL takes nothing, and nobody waits for it before the bound.
  return now >= closes && now - closes < kHanging;
}

// While a flush runs: writers go on meanwhile. One that hangs is no measure of PostgreSQL's pace.
void Flusher::watch(net::Timer* timer) {
  timer->set(net::Reactor::current()->now() + kWatchInterval, [this, timer] {
    if (net::Reactor::current()->now() - began_ > kHanging) backlog_bytes_max_ = options_.backlog_bytes_max;
    look_at_backlog();
    watch(timer);
  });
}

void Flusher::learn_pace(std::size_t bytes, Duration took) {
  if (bytes < kPaceBytesMin) return;
  const double seconds = std::chrono::duration<double>(took).count();
  const double within = static_cast<double>(bytes) / std::max(seconds, 1e-6) * kPromiseShare *
                        std::chrono::duration<double>(kPromise).count();
  constexpr auto kLeast = static_cast<double>(kPaceBytesMin);
  // A bound that was no measure does not count.
  const std::size_t former = backlog_bytes_max_;
  const double grown = former < options_.backlog_bytes_max ? static_cast<double>(former) * kGrowth : 1e15;
  backlog_bytes_max_ = std::min(options_.backlog_bytes_max,
                                static_cast<std::size_t>(std::max(std::min(within, grown), kLeast)));
}

bool Flusher::is_due() const {
  const keyspace::KeyspaceStats stats = keyspace_.stats();
  const bool changed = again_ || stats.last_change > last_cut_;
  if (!changed) return false;
  if (net::Reactor::current()->now() >= next_flush_) return true;
  // While PostgreSQL takes nothing there is no hurry.
  if (failure_pause_ > Duration{}) return false;
  return waiters_.load() > 0 || stats.dirty_bytes > std::min(options_.flush_bytes, backlog_bytes_max_ / 2);
}

net::Task<void> Flusher::turn() {
  look_at_backlog();
  if (is_due()) co_await flush();
}

net::Task<std::optional<Cut>> Flusher::take_cut() {
  constexpr int kTries = 10'000;
  for (int i = 0; i < kTries; ++i) {
    if (auto cut = keyspace_.take_cut()) co_return cut;
    co_await net::Reactor::current()->yield();
  }
  co_return std::nullopt;
}

std::string Flusher::refused_by_size(const DirtyObject& object) const {
  const std::size_t limit = options_.element_bytes_max;
  if (object.key.name.size() > limit) return fmt::format("its name is longer than {} bytes", limit);
  for (const keyspace::Field& field : object.fields_set) {
    if (field.name.size() > limit) return fmt::format("a field's name is longer than {} bytes", limit);
    if (field.value.size() > limit) return fmt::format("a field's value is longer than {} bytes", limit);
  }
  for (const keyspace::ListElement& element : object.elements_set)
    if (element.bytes.size() > limit) return fmt::format("an element is longer than {} bytes", limit);
  return {};
}

Flusher::Round Flusher::plan(const Cut& cut) {
  Round round;
  Objects due, together;
  const TimePoint now = net::Reactor::current()->now();
  std::map<ObjectId, Blocked> still_blocked;
  std::map<Together, Blocked> waiting_bundles;
  std::set<Together> due_bundles;
  for (const DirtyObject& object : cut.objects) {
    const auto at = blocked_.find(object.id);
    if (at == blocked_.end()) continue;
    at->second.key = object.key;
    const bool waits = !object.removed && now < at->second.next_try;
    if (waits) waiting_bundles.emplace(together_of(&object), at->second);
    if (!waits) due_bundles.insert(together_of(&object));
    still_blocked.insert(*at);
  }
  for (const DirtyObject& object : cut.objects) {
    const auto at = waiting_bundles.find(together_of(&object));
    if (at == waiting_bundles.end()) {
      (due_bundles.contains(together_of(&object)) ? due : together).push_back(&object);
      continue;
    }
    // Written together with what is refused: it waits with that.
    const auto [blocked, is_new] = still_blocked.emplace(object.id, at->second);
    blocked->second.key = object.key;
    if (is_new) blocked->second.since = system_clock().wall();
    round.given_back.push_back(&object);
  }
  // Who is not in the cut any more was overwritten by SQL.
  blocked_ = std::move(still_blocked);
  if (!due.empty()) round.parts.push_back(std::move(due));
  if (!together.empty()) round.parts.push_back(std::move(together));
  return round;
}

void Flusher::refuse(Round& round, const Objects& together, const Error& error) {
  const std::string reason =
      together.size() == 1
          ? error.message
          : fmt::format("{} (one of {} keys that were written together)", error.message, together.size());
  const DirtyObject& first = *together.front();
  if (const auto at = blocked_.find(first.id); at == blocked_.end() || at->second.reason != reason)
    kLog.warn("keys are refused count={} type={} bytes={}: {}", together.size(),
              keyspace::to_string(first.type), first.key.name.size() + first.string.size(), reason);
  for (const DirtyObject* object : together) {
    Blocked& blocked = blocked_[object->id];
    if (blocked.reason.empty()) blocked.since = system_clock().wall();
    blocked.key = object->key;
    blocked.reason = reason;
    blocked.pause = std::clamp(blocked.pause * 2, kPauseMin, kPauseMax);
    blocked.next_try = net::Reactor::current()->now() + blocked.pause;
    round.given_back.push_back(object);
  }
}

// No statement has to find these.
void Flusher::refuse_what_is_too_large(Round& round, Objects& part) {
  std::map<Together, std::string> reasons;
  for (const DirtyObject* object : part)
    if (const std::string reason = refused_by_size(*object); !reason.empty())
      reasons.emplace(together_of(object), reason);
  if (reasons.empty()) return;
  const Objects refused =
      take_out(part, [&](const DirtyObject* object) { return reasons.contains(together_of(object)); });
  for (const Objects& together : by_bundles(refused))
    refuse(round, together, make_error(ErrorCode::kTooLarge, reasons.at(together_of(together.front()))));
}

// In halves, of whole bundles.
void Flusher::split(Round& round, Objects part) {
  const std::vector<Objects> bundles = by_bundles(part);
  const std::size_t middle = bundles.size() / 2;
  Objects first, second;
  for (std::size_t i = 0; i < bundles.size(); ++i) {
    Objects& half = i < middle ? first : second;
    half.insert(half.end(), bundles[i].begin(), bundles[i].end());
  }
  round.parts.push_back(std::move(second));
  round.parts.push_back(std::move(first));
}

void Flusher::take_failure(Round& round, Objects part, const Error& error,
                           const std::vector<ObjectId>& missing) {
  const auto give_back = [&](const Objects& objects) {
    round.given_back.insert(round.given_back.end(), objects.begin(), objects.end());
    round.incomplete = true;
  };
  if (!missing.empty()) {
    // The stream is bringing their end.
    const auto is_missing = [&](const DirtyObject* object) {
      return std::ranges::find(missing, object->id) != missing.end();
    };
    const Objects gone = take_bundles(part, is_missing);
    for (const DirtyObject* object : gone)
      if (is_missing(object) && is_unsettled_too_often(object->id)) lost_.push_back(object->id);
    give_back(gone);
    if (!part.empty()) round.parts.push_back(std::move(part));
    return;
  }
  const Blame blame = blame_of(error);
  if (blame == Blame::kServer) {
    round.failure = error;
    round.parts.push_back(std::move(part));
    return;
  }
  if (is_one_bundle(part)) {
    if (blame != Blame::kOthers || is_unsettled_too_often(part.front()->id))
      return refuse(round, part, error);
    return give_back(part);
  }
  const keyspace::ValueType type = part.front()->type;
  // Of what is removed nothing says its type.
  if (blame != Blame::kTable || type == keyspace::ValueType::kNone) return split(round, std::move(part));
  const auto is_of_type = [&](const DirtyObject* object) { return object->type == type; };
  Objects concerned = take_bundles(part, is_of_type);
  if (part.empty() && std::ranges::all_of(concerned, is_of_type)) {
    for (const Objects& together : by_bundles(concerned)) refuse(round, together, error);
    return;
  }
  if (part.empty()) return split(round, std::move(concerned));
  round.parts.push_back(std::move(part));
  round.parts.push_back(std::move(concerned));
}

net::Task<void> Flusher::write(Round* round) {
  while (!round->parts.empty() && !round->failure) {
    Objects part = std::move(round->parts.back());
    round->parts.pop_back();
    refuse_what_is_too_large(*round, part);
    if (part.empty()) continue;
    std::vector<ObjectId> missing;
    auto written = co_await session_.write(part, &missing);
    if (!written) {
      take_failure(*round, std::move(part), written.error(), missing);
      continue;
    }
    for (const DirtyObject* object : part) {
      blocked_.erase(object->id);
      unsettled_.erase(object->id);
    }
    round->committed.insert(round->committed.end(), part.begin(), part.end());
    const std::lock_guard lock(mutex_);
    ++flushes_;
  }
}

net::Task<bool> Flusher::flush() {
  net::Reactor* const reactor = net::Reactor::current();
  const TimePoint began = reactor->now();
  next_flush_ = began + options_.interval;
  // Before the cut takes them out of the keyspace's count: they are never in neither.
  in_flight_bytes_ = keyspace_.stats().dirty_bytes;
  auto taken = co_await take_cut();
  if (!taken) {
    in_flight_bytes_ = 0;
    co_return false;
  }
  last_cut_ = taken->sequence;
  again_ = false;
  in_flight_bytes_ = bytes_of(*taken);
  Round round = plan(*taken);
  began_ = began;
  {
    net::Timer timer(*reactor);
    watch(&timer);
    co_await write(&round);
  }
  const bool whole = !round.failure && !round.incomplete;
  finish(std::move(*taken), std::move(round), began);
  co_return whole;
}

void Flusher::finish(Cut cut, Round round, TimePoint began) {
  const ChangeSequence sequence = cut.sequence;
  for (const Objects& part : round.parts)
    round.given_back.insert(round.given_back.end(), part.begin(), part.end());
  if (round.failure && !session_.owns())
    for (const DirtyObject& object : cut.objects) fenced_.push_back(object.id);
  // A cut of nothing is one too.
  const Cut committed = part_of(cut, round.committed);
  Cut given_back = part_of(cut, round.given_back);
  keyspace_.flush_committed(committed);
  if (round.failure) {
    backlog_bytes_max_ = options_.backlog_bytes_max;
  } else {
    learn_pace(in_flight_bytes_, system_clock().now() - began);
  }
  again_ = !given_back.objects.empty();
  if (again_) keyspace_.flush_failed(std::move(given_back));
  in_flight_bytes_ = 0;
  if (unsettled_.size() > 10'000) unsettled_.clear();

  const TimePoint now = net::Reactor::current()->now();
  if (round.failure) {
    failure_pause_ = std::clamp(failure_pause_ * 2, kPauseMin, kFailurePauseMax);
    next_flush_ = now + failure_pause_;
    kLog.warn("flush failed objects={}: {}", cut.objects.size(), round.failure->message);
  } else {
    failure_pause_ = {};
    if (round.incomplete) next_flush_ = now + kPauseMin / 2;
  }
  {
    const std::lock_guard lock(mutex_);
    flush_error_ = round.failure ? round.failure->message : std::string();
    flushes_failed_ += round.failure ? 1 : 0;
    refused_.clear();
    for (const auto& [id, blocked] : blocked_)
      refused_[blocked.key] = {blocked.key, blocked.reason, blocked.since};
    has_refused_ = !refused_.empty();
    if (!round.failure && !committed.objects.empty()) {
      last_flush_ = system_clock().wall();
      last_flush_took_ = now - began;
    }
    if (!round.failure && !round.incomplete) flushed_ = sequence.value();
  }
  // The cut was taken later than that: what it does not have is younger.
  if (!round.failure && !round.incomplete) committed_until_ = began;
  look_at_backlog();
  bell_.ring();
}

net::Task<Result<void>> Flusher::wait_writable(TimePoint deadline) {
  net::Reactor* const reactor = net::Reactor::current();
  for (std::uint64_t seen = bell_.rung(); !may_write(); seen = bell_.rung()) {
    if (waits_cancelled_) co_return make_error(ErrorCode::kCancelled, "the node stops");
    if (reactor->now() >= deadline) {
      const std::lock_guard lock(mutex_);
      co_return make_error(ErrorCode::kResourceExhausted,
                           flush_error_.empty()
                               ? "too many changes wait for PostgreSQL"
                               : "too many changes wait for PostgreSQL, which takes none: " + flush_error_);
    }
    const TimePoint closes = closes_.load();
    const TimePoint reopens = closes == TimePoint::max() ? closes : closes + kHanging;
    co_await bell_.wait(seen, std::min(deadline, reopens));
  }
  co_return Result<void>();
}

net::Task<Result<void>> Flusher::wait_durable(ChangeSequence last, std::vector<Key> written,
                                              TimePoint deadline) {
  net::Reactor* const reactor = net::Reactor::current();
  ++waiters_;
  Result<void> result;
  while (true) {
    const std::uint64_t seen = bell_.rung();
    {
      const std::lock_guard lock(mutex_);
      const bool done = flushed_.load() >= last.value();
      const auto refused =
          std::ranges::find_if(written, [&](const Key& key) { return refused_.contains(key); });
      if (done && refused != written.end())
        result =
            make_error(ErrorCode::kDatabase, "PostgreSQL refuses the key: " + refused_.at(*refused).reason);
      if (done) break;
      if (waits_cancelled_) {
        result = make_error(ErrorCode::kCancelled, "the node stops, and the write is not durable yet");
        break;
      }
      if (reactor->now() >= deadline) {
        result = make_error(ErrorCode::kDeadlineExceeded,
                            flush_error_.empty() ? "the write is not durable yet"
                                                 : "the write is not durable yet: " + flush_error_);
        break;
      }
    }
    co_await bell_.wait(seen, deadline);
  }
  --waiters_;
  co_return result;
}

std::string Flusher::refusal_among(const std::vector<Key>& keys) const {
  const std::lock_guard lock(mutex_);
  for (const Key& key : keys)
    if (const auto at = refused_.find(key); at != refused_.end())
      return fmt::format("PostgreSQL refuses the key '{}': {}", key.name, at->second.reason);
  return {};
}

std::vector<ObjectId> Flusher::take_lost() {
  for (const ObjectId id : lost_) unsettled_.erase(id);
  return std::exchange(lost_, {});
}

void Flusher::cancel_waits() {
  waits_cancelled_ = true;
  bell_.ring();
}

void Flusher::fill(KeysStatus& status) const {
  const keyspace::KeyspaceStats stats = keyspace_.stats();
  status.backlog_objects = stats.dirty_objects;
  status.backlog_bytes = stats.dirty_bytes + in_flight_bytes_.load();
  const TimePoint until = committed_until_.load();
  if (status.backlog_bytes > 0) status.backlog_age = system_clock().now() - until;
  status.backlog_bytes_max = backlog_bytes_max_;
  status.flushed = ChangeSequence(flushed_.load());
  const std::lock_guard lock(mutex_);
  status.flushes = flushes_;
  status.flushes_failed = flushes_failed_;
  status.last_flush = last_flush_;
  status.last_flush_took = last_flush_took_;
  status.flush_error = flush_error_;
  status.refused_count = refused_.size();
  for (const auto& [key, refused] : refused_) {
    if (status.refused.size() >= kRefusedShown) break;
    status.refused.push_back(refused);
  }
}

}  // namespace stele::views
