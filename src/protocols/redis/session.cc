#include "protocols/redis/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "net/mailbox.h"
#include "net/reactor.h"
#include "protocols/redis/begin_group.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/client_tracking.h"
#include "protocols/redis/commands/permission.h"
#include "protocols/redis/commands/run.h"
#include "protocols/redis/commands/table.h"
#include "protocols/redis/dispatch.h"
#include "protocols/redis/head.h"
#include "protocols/redis/lua/fiber.h"
#include "protocols/redis/lua/shebang.h"
#include "protocols/redis/needs.h"
#include "protocols/redis/unsettled.h"
#include "protocols/redis/wire/look_ahead.h"
#include "protocols/redis/wire/request_parser.h"

namespace stele::redis {

namespace {

constexpr Logger kLog("redis");

// Replies go on their way when so many have gathered, though further requests are there.
constexpr std::size_t kGatheredBytesMax = 64 * 1024;
// So many requests of a pipeline are looked up together.
constexpr std::size_t kPrefetched = 24;
// And when so many writes wait for their commit.
constexpr std::size_t kUnsettledMax = 10'000;
// So many commands of one connection, then the others of this reactor.
constexpr int kCommandsInARow = 256;
// So many keys are evicted at once before a command.
constexpr std::size_t kEvictedAtOnce = 64;
constexpr Duration kHandshakeTimeMax = std::chrono::seconds(60);
constexpr Duration kWritableTimeMax = std::chrono::seconds(10);
constexpr Duration kMappedTimeMax = std::chrono::seconds(10);
constexpr Duration kPauseStep = std::chrono::milliseconds(2);
constexpr char kTlsHandshake = 0x16;

// The stream of a session, for whoever ends it from outside: null once the session has ended. On its
// reactor's thread only.
class Session;
struct Door {
  net::Stream* stream_or_null = nullptr;
  Session* session_or_null = nullptr;
  const BlockedClient* waits_as = nullptr;  // while it reads because it waits for keys
};

class Session {
 public:
  Session(std::unique_ptr<net::Stream> stream, Head& head)
      : stream_(std::move(stream)),
        head_(head),
        statistics_(head.statistics_here()),
        door_(std::make_shared<Door>(stream_.get(), this, nullptr)) {
    client_.record = std::make_shared<ClientRecord>();
    become_default_user(head, client_);
    client_.stream_or_null = stream_.get();
    ClientRecord& record = *client_.record;
    record.address = stream_->peer().to_string();
    record.local_address = stream_->local().to_string();
    record.fd = stream_->fd();
    record.since = head.services().clock->now();
    record.last_interaction = record.since;
    record.end = [mailbox = net::Reactor::current()->mailbox(), door = std::weak_ptr<Door>(door_)] {
      mailbox->post([door] {
        const auto open = door.lock();
        if (open && open->stream_or_null) open->stream_or_null->close();
      });
    };
    record.inbox = std::make_unique<Inbox>(
        head.settings().normal_output, head.settings().pubsub_output,
        [mailbox = net::Reactor::current()->mailbox(), door = std::weak_ptr<Door>(door_)] {
          mailbox->post([door] {
            const auto open = door.lock();
            if (open && open->session_or_null) open->session_or_null->deliver();
          });
        },
        record.end);
    head.clients().add(client_.record);
    head.metrics().connections->add(1);
  }
  ~Session() {
    *door_ = {};
    stop_tracking(head_, client_);
    head_.client_memory().note(*client_.record, 0);
    head_.monitors().remove(*client_.record);
    head_.clients().remove(client_.record->id);
    head_.metrics().connections->add(-1);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  net::Task<void> run();
  // What lies in the inbox goes to the client at once, if it waits for the next request; else behind the
  // reply that is under way. On the reactor's thread.
  void deliver();

 private:
  using Arguments = std::span<const std::string_view>;

  net::Task<bool> open();
  net::Task<void> serve_requests();
  net::Task<bool> read_more();
  net::Task<bool> send(bool all);
  net::Task<void> execute_with_needs(const Command* command, Needs needs);
  std::optional<Block> run_command(Call& call, keyspace::GroupHandle group,
                                   keyspace::ChangeSequence* last_or_null = nullptr);
  net::Task<void> sit_out(Block* block, Needs* needs);
  void count_failure(std::string_view text);
  net::Task<bool> wait_until_served(const Block* block);
  net::Task<void> try_again(const Block* block);
  void take_places(keyspace::Group& group, Block& block);
  net::Task<bool> prepare(Call* call, Needs* needs);
  void abort(Call* call, std::string_view reason);
  net::Task<bool> write_rows(Call* call, Needs* needs);
  std::vector<keyspace::Key> absent_keys(keyspace::Group& group, const Needs& needs);
  net::Task<bool> load_keys(Call* call, Needs* needs);
  net::Task<void> set_through(Call* call);
  void lend(keyspace::Group& group);
  void take_back(keyspace::Group& group);
  net::Task<bool> write_queued_rows(Call* call, Needs* needs);
  wire::RequestLimits limits() const {
    return {head_.settings().bulk_bytes_max, client_.is_authenticated || !head_.users().asks_for_password()};
  }
  std::string& out() { return stream_->output(); }
  void note_batch();
  void note_memory();
  void prefetch_pipeline();
  net::Task<bool> make_room(const Command* command);
  bool is_paused(const Command& command);
  net::Task<void> run_script(Call* call);
  net::Task<void> wait_for_unpause(const Command* command);
  void begin_request();
  net::Task<void> refuse_request();
  void end_group(keyspace::GroupHandle group);
  void end_reply(std::size_t begin);
  void end_command(const Command* command_or_null);
  Inbox& inbox() { return *client_.record->inbox; }

  std::unique_ptr<net::Stream> stream_;
  Head& head_;
  ReactorStatistics& statistics_;
  Client client_;
  std::shared_ptr<Door> door_;
  wire::RequestParser parser_;
  Unsettled unsettled_;
  TimePoint batch_began_{};
  std::uint64_t batch_requests_ = 0;
  bool is_reading_ = false;               // suspended there, with nothing half done
  std::size_t reply_begin_ = 0;           // of the command under way, in the output
  std::set<keyspace::Key> asked_;         // of PostgreSQL, for the command under way
  std::vector<views::LoadedKey> loaded_;  // its answers
  std::vector<keyspace::Key> lent_;       // of those the ones that are there for its group alone
  std::size_t prefetched_ = 0;            // so many requests from here on, if they are still there
  std::vector<std::string_view> names_ahead_;
  std::vector<keyspace::KeyRef> keys_ahead_;
};

TimePoint steady_now() {
  return std::chrono::steady_clock::now();
}

// Figures that are told once for all requests that came together.
void Session::note_batch() {
  if (batch_requests_ == 0) return;
  const auto taken = static_cast<std::uint64_t>((steady_now() - batch_began_).count());
  head_.metrics().requests->add(batch_requests_);
  head_.metrics().request_time->record_ns(taken, batch_requests_);
  statistics_.commands.add(batch_requests_);
  batch_requests_ = 0;
}

// What this client takes, for maxmemory and maxmemory-clients. About: names are counted with a constant.
void Session::note_memory() {
  constexpr std::size_t kSessionBytes = sizeof(Session) + 1024;
  constexpr std::size_t kNameBytes = 96;
  const ClientRecord& record = *client_.record;
  const std::size_t names =
      static_cast<std::size_t>(record.watched.load(std::memory_order_relaxed)) +
      record.channels.load(std::memory_order_relaxed) + record.patterns.load(std::memory_order_relaxed) +
      record.shard_channels.load(std::memory_order_relaxed) + client_.tracking.prefixes.size();
  head_.client_memory().note(*client_.record, kSessionBytes + stream_->input().size() +
                                                  parser_.memory_bytes() + client_.transaction.queued_bytes +
                                                  names * kNameBytes + out().size() + inbox().bytes());
}

// With the request that was just read and those behind it: brings their keys into the cache together.
void Session::prefetch_pipeline() {
  if (prefetched_ > 0) {
    --prefetched_;
    return;
  }
  const std::string_view behind = stream_->input().substr(parser_.size());
  if (behind.empty()) return;
  names_ahead_.clear();
  if (parser_.arguments().size() > 1) names_ahead_.push_back(parser_.arguments()[1]);
  prefetched_ = wire::look_ahead(behind, kPrefetched - 1, names_ahead_);
  if (names_ahead_.size() < 2) return;
  keys_ahead_.clear();
  for (const std::string_view name : names_ahead_) keys_ahead_.push_back({client_.db, name});
  head_.keys().keyspace().prefetch(keys_ahead_);
}

void Session::deliver() {
  if (!is_reading_ || inbox().is_empty()) return;
  inbox().take(out());
  statistics_.output_bytes.add(out().size());
  stream_->push();
  note_memory();
  if (!inbox().note_unsent(stream_->unsent_bytes())) stream_->close();
}

// Sends what has gathered, after what it promises is durable. False: the client is gone, or does not read.
net::Task<bool> Session::send(bool all) {
  if (!unsettled_.empty()) co_await unsettled_.settle(&head_.keys(), &out());
  statistics_.output_bytes.add(out().size());
  client_.record->output_bytes.store(out().size(), std::memory_order_relaxed);
  stream_->set_write_deadline(net::Reactor::current()->now() + std::chrono::seconds(kOutputPatienceSeconds));
  if (!inbox().note_unsent(out().size() + stream_->unsent_bytes())) {
    kLog.warn("client closed for its client-output-buffer-limit peer={}", client_.record->address);
    co_return false;
  }
  Result<void> sent;
  if (all) {
    sent = co_await stream_->drain();
  } else {
    sent = co_await stream_->flush();
  }
  client_.record->output_bytes.store(0, std::memory_order_relaxed);
  (void)inbox().note_unsent(stream_->unsent_bytes());
  note_memory();
  if (!sent && sent.error().code == ErrorCode::kDeadlineExceeded) {
    kLog.warn("client closed for not reading its replies peer={}", client_.record->address);
  }
  co_return sent.has_value();
}

net::Task<bool> Session::read_more() {
  const std::size_t held = stream_->input().size() + parser_.memory_bytes();
  const std::size_t understood = std::min(parser_.understood_bytes(), stream_->input().size());
  client_.record->input_bytes.store(stream_->input().size() - understood, std::memory_order_relaxed);
  client_.record->argument_bytes.store(understood, std::memory_order_relaxed);
  client_.record->queued_bytes.store(client_.transaction.queued_bytes, std::memory_order_relaxed);
  note_memory();
  if (client_.record->is_evicted) co_return false;
  if (held > head_.settings().query_buffer_bytes_max) {
    kLog.warn("client closed for a request beyond client-query-buffer-limit peer={}",
              client_.record->address);
    co_return false;
  }
  const std::size_t idle_seconds =
      client_.record->is_subscriber() ? std::size_t{0} : head_.settings().idle_seconds_max.load();
  stream_->set_read_deadline(
      idle_seconds == 0 ? kNoDeadline : net::Reactor::current()->now() + std::chrono::seconds(idle_seconds));
  is_reading_ = true;
  const auto more = co_await stream_->read();
  is_reading_ = false;
  batch_began_ = client_.idle_since = steady_now();
  client_.record->last_interaction.store(batch_began_, std::memory_order_relaxed);
  note_memory();
  co_return more.has_value() && !client_.record->is_evicted;
}

// TLS for who speaks it, and a place for the client. False: it is not served.
net::Task<bool> Session::open() {
  const bool came = co_await read_more();
  if (!came) co_return false;
  if (head_.services().tls_or_null && stream_->input().front() == kTlsHandshake) {
    stream_->set_read_deadline(net::Reactor::current()->now() + kHandshakeTimeMax);
    const auto secured = co_await stream_->start_tls(head_.services().tls_or_null);
    if (!secured) co_return false;
    client_.record->is_tls = true;
  }
  co_return true;
}

net::Task<void> Session::run() {
  if (head_.clients().size() > head_.settings().clients_max) {
    statistics_.refused_connections.add();
    wire::ReplyWriter(out(), 2).error("ERR max number of clients reached");
    (void)co_await send(true);
    co_return;
  }
  const bool is_open = co_await open();
  if (is_open) co_await serve_requests();
}

// Takes the reply away that the client does not want.
void Session::end_reply(std::size_t begin) {
  if (client_.replies == ReplyMode::kOn) return;
  if (client_.replies == ReplyMode::kSkipNext) {
    client_.replies = ReplyMode::kSkipThis;
    return;
  }
  out().resize(begin);
  unsettled_.forget_replies(begin);
  if (client_.replies == ReplyMode::kSkipThis) client_.replies = ReplyMode::kOn;
}

// Behind the reply: what came meanwhile, what the command did to its own client first.
void Session::end_command(const Command* command_or_null) {
  const bool keeps_caching = client_.transaction.is_open ||
                             (command_or_null != nullptr && command_or_null->name.starts_with("client|"));
  if (client_.is_caching_said && !keeps_caching) client_.is_caching_said = false;
  if (!inbox().is_empty()) inbox().take(out());
}

void Session::begin_request() {
  ++batch_requests_;
  prefetch_pipeline();
  reply_begin_ = out().size();
}

// What cannot be parsed ends the connection.
net::Task<void> Session::refuse_request() {
  wire::ReplyWriter(out(), client_.protocol).error("ERR " + parser_.problem());
  statistics_.count_error("ERR");
  (void)co_await send(true);
}

net::Task<void> Session::serve_requests() {
  int in_a_row = 0;
  while (!stream_->is_closed()) {
    const auto outcome = parser_.next(stream_->input(), limits());
    if (outcome == wire::RequestParser::Outcome::kIncomplete) {
      while (!out().empty() || !unsettled_.empty() || !inbox().is_empty()) {
        inbox().take(out());
        const bool sent = co_await send(false);
        if (!sent) co_return;
      }
      note_batch();
      const bool came = co_await read_more();
      if (!came) co_return;
      in_a_row = 0;
      continue;
    }
    if (outcome == wire::RequestParser::Outcome::kBroken) {
      co_await refuse_request();
      co_return;
    }
    const Arguments arguments = parser_.arguments();
    if (!arguments.empty()) {
      // A browser that was sent here by another's page: not a client.
      if (is_word(arguments[0], "POST") || is_word(arguments[0], "HOST:")) co_return;
      begin_request();
      const Command* command = dispatch(head_, client_, statistics_, arguments, out());
      if (command != nullptr && head_.settings().memory_bytes_max > 0 &&
          head_.keys().keyspace().is_beyond_memory()) {
        const bool has_room = co_await make_room(command);
        if (!has_room) command = nullptr;
      }
      if (command != nullptr) {
        if (is_paused(*command)) co_await wait_for_unpause(command);
        Needs needs = needs_of(head_.keys(), *command, arguments, client_);
        if (needs.is_special(head_.keys())) {
          co_await execute_with_needs(command, std::move(needs));
        } else {
          Call call(head_, client_, statistics_, *command, arguments, out());
          keyspace::GroupHandle group;
          if (command->reach != Reach::kNothing && command->reach != Reach::kPages) {
            const keyspace::Scope scope = scope_of(*command, arguments, client_);
            while (!group) group = co_await BeginGroup(head_.keys().keyspace(), scope);
            call.set_group(group.get());
          }
          std::optional<Block> block = run_command(call, std::move(group));
          if (block) co_await sit_out(&*block, &needs);
          net::Task<void> rest = call.take_rest();
          if (rest) {
            co_await std::move(rest);
            end_of_rest(call);
          }
        }
      }
      end_reply(reply_begin_);
      end_command(command);
    }
    statistics_.input_bytes.add(parser_.size());
    stream_->consume(parser_.size());
    if (client_.is_closing) {
      (void)co_await send(true);
      break;
    }
    if (out().size() > kGatheredBytesMax || unsettled_.size() > kUnsettledMax) {
      const bool sent = co_await send(false);
      if (!sent) co_return;
    }
    if (++in_a_row % kCommandsInARow == 0) co_await net::Reactor::current()->yield();
  }
  note_batch();
}

// Before the group of a command whose keys are more than memory. False: it is answered.
net::Task<bool> Session::prepare(Call* call, Needs* needs) {
  views::NodeKeys& keys = head_.keys();
  if (keys.loading() || needs->is_loading) {
    call->fail(views::keys_loading());
    co_return false;
  }
  if (needs->durable_write && !needs->is_script && !keys.owner()) {
    call->fail(views::keys_read_only());
    co_return false;
  }
  if (needs->durable_write && keys.owner() && !keys.may_write()) {
    const auto writable = co_await keys.wait_writable(net::Reactor::current()->now() + kWritableTimeMax);
    if (!writable) {
      call->fail(writable.error());
      co_return false;
    }
  }
  // MULTI is stored whole or not at all. With one key it can wait with that; it may be what mends it.
  std::ranges::sort(needs->written);
  const auto twice = std::ranges::unique(needs->written);
  needs->written.erase(twice.begin(), twice.end());
  if (needs->written.size() > 1) {
    const std::string refusal = keys.refusal_among(needs->written);
    if (!refusal.empty()) {
      abort(call, "ERR " + refusal);
      co_return false;
    }
  }
  co_return true;
}

void Session::abort(Call* call, std::string_view reason) {
  client_.transaction.clear();
  client_.show_transaction();
  call->fail_with_code(fmt::format("EXECABORT Transaction discarded because of: {}", reason));
}

// A command on rows alone: one transaction, and its count is the reply.
net::Task<bool> Session::write_rows(Call* call, Needs* needs) {
  if (needs->other_writes) {
    call->fail("rows and other keys in one command are not supported by Stele: name them in two");
    co_return false;
  }
  const TimePoint deadline = net::Reactor::current()->now() + kMappedTimeMax;
  const auto written = co_await head_.keys().write_mapped(std::move(needs->mapped), deadline);
  if (!written) {
    call->fail(written.error());
    co_return false;
  }
  std::uint64_t count = 0;
  for (const std::uint64_t each : *written) count += each;
  answer_mapped(*call, count);
  co_return true;
}

// The rows that the commands of a MULTI write, in one transaction before the rest of it. False: answered.
net::Task<bool> Session::write_queued_rows(Call* call, Needs* needs) {
  Transaction& transaction = client_.transaction;
  if (transaction.is_broken) co_return true;  // EXEC says so
  {
    const keyspace::Scope scope = scope_of(call->command(), call->arguments(), client_);
    keyspace::GroupHandle group;
    while (!group) group = co_await BeginGroup(head_.keys().keyspace(), scope);
    const bool holds = watches_hold(*group, transaction);
    group.reset();
    if (!holds) co_return true;  // the same
  }
  const TimePoint deadline = net::Reactor::current()->now() + kMappedTimeMax;
  std::vector<std::string_view> views;
  const auto written = co_await head_.keys().write_mapped(std::move(needs->mapped), deadline);
  if (!written) {
    abort(call, error_text(written.error()));
    co_return false;
  }
  // Our own writes are no reason to refuse.
  transaction.watched.clear();
  std::size_t next = 0;
  for (QueuedCommand& queued : transaction.commands) {
    views.assign(queued.arguments.begin(), queued.arguments.end());
    const std::size_t rows = mapped_writes(head_.keys(), *queued.command, views, client_.db).size();
    if (rows == 0) continue;
    queued.mapped = 0;
    for (std::size_t i = 0; i < rows && next < written->size(); ++i) *queued.mapped += (*written)[next++];
  }
  co_return true;
}

// Memory is beyond its limit: keys go, until what may grow has room. False: there is none, which is answered.
net::Task<bool> Session::make_room(const Command* command) {
  keyspace::Keyspace& keys = head_.keys().keyspace();
  const bool may_grow = command->is(flag::kDenyOom | flag::kRunsScript) || command->reach == Reach::kQueue;
  keyspace::Room room = keys.make_room(kEvictedAtOnce);
  while (may_grow && room == keyspace::Room::kMore && !stream_->is_closed()) {
    co_await net::Reactor::current()->yield();
    room = keys.make_room(kEvictedAtOnce);
  }
  if (room != keyspace::Room::kNone) co_return true;
  co_return !refuse_growth(head_, client_, statistics_, *command, parser_.arguments(), out());
}

// Whether a script or function says of itself that it only reads.
template <class Words>
bool says_it_reads(Head& head, const Command& command, const Words& arguments) {
  std::uint32_t flags = 0;
  if (command.name == "fcall") {
    const auto function = head.functions().find(arguments[1]);
    if (function) flags = function->flags;
  } else if (command.name == "evalsha") {
    const auto script = head.scripts().find(to_lower(arguments[1]));
    if (script) flags = script->flags;
  } else if (std::string_view(arguments[1]).starts_with("#!")) {
    const auto shebang = lua::read_script_shebang(arguments[1]);
    if (shebang) flags = shebang->flags;
  }
  return (flags & lua::script_flag::kNoWrites) != 0;
}

// What CLIENT PAUSE … WRITE holds up.
template <class Words>
bool may_write(Head& head, const Command& command, const Words& arguments) {
  if (command.is(flag::kRunsScript))
    return !command.is(flag::kReadOnly) && !says_it_reads(head, command, arguments);
  return command.is(flag::kWrite) || command.name == "publish" || command.name == "spublish" ||
         command.name == "pfcount";
}

// Of the keys that must be there, those that are not and were not asked for.
std::vector<keyspace::Key> Session::absent_keys(keyspace::Group& group, const Needs& needs) {
  std::vector<keyspace::Key> absent;
  for (const keyspace::Key& key : needs.loads) {
    if (asked_.contains(key)) continue;
    const auto is_there = group.keys().exists(key);
    if (!is_there || !*is_there) absent.push_back(key);
  }
  return absent;
}

// What is read through and not there is asked of PostgreSQL. False: answered.
net::Task<bool> Session::load_keys(Call* call, Needs* needs) {
  std::vector<keyspace::Key> absent;
  {
    const keyspace::Scope scope = keyspace::Scope::keys(needs->loads);
    keyspace::GroupHandle group;
    while (!group) group = co_await BeginGroup(head_.keys().keyspace(), scope);
    absent = absent_keys(*group, *needs);
  }
  if (absent.empty()) co_return true;
  asked_.insert(absent.begin(), absent.end());
  auto loaded = co_await head_.keys().load(std::move(absent));
  if (loaded) {
    std::ranges::move(*loaded, std::back_inserter(loaded_));
    co_return true;
  }
  if (call->command().reach == Reach::kQueue) {
    abort(call, error_text(loaded.error()));
  } else {
    call->fail(loaded.error());
  }
  co_return false;
}

// What was changed after it was read is not kept, and is what this command saw all the same: it is there
// while its group lasts.
void Session::lend(keyspace::Group& group) {
  for (views::LoadedKey& loaded : loaded_) {
    const auto is_there = group.keys().exists(loaded.key);
    if (!is_there || *is_there) continue;
    if (group.applied().put(loaded.key, std::move(loaded.value), std::nullopt))
      lent_.push_back(std::move(loaded.key));
  }
  loaded_.clear();
}

void Session::take_back(keyspace::Group& group) {
  for (const keyspace::Key& key : lent_) (void)group.applied().remove(key);
  lent_.clear();
}

net::Task<void> Session::set_through(Call* call) {
  if (call->size() > 3) {
    call->fail("SET takes no options for a key that is read from PostgreSQL");
    co_return;
  }
  const TimePoint deadline = net::Reactor::current()->now() + kMappedTimeMax;
  const auto written = co_await head_.keys().write_through({client_.db, std::string((*call)[1])},
                                                           std::string((*call)[2]), deadline);
  if (written) {
    call->reply().ok();
  } else {
    call->fail(written.error());
  }
}

// Whether CLIENT PAUSE holds the command up.
bool Session::is_paused(const Command& command) {
  const Settings& settings = head_.settings();
  const TimePoint until = settings.paused_until.load(std::memory_order_relaxed);
  if (until == TimePoint{} || steady_now() >= until) return false;
  if (settings.pauses_all || may_write(head_, command, parser_.arguments())) return true;
  return command.reach == Reach::kQueue &&
         std::ranges::any_of(client_.transaction.commands, [&](const QueuedCommand& each) {
           return may_write(head_, *each.command, each.arguments);
         });
}

net::Task<void> Session::wait_for_unpause(const Command* command) {
  client_.record->is_blocked = true;
  while (!stream_->is_closed() && is_paused(*command))
    co_await net::Reactor::current()->sleep_for(kPauseStep);
  client_.record->is_blocked = false;
}

// On a stack of its own, which it leaves now and then: the others of this reactor go on meanwhile.
net::Task<void> Session::run_script(Call* call) {
  lua::Fiber fiber([this, call] {
    const RunningClient running(client_.record->id);
    redis::run(*call);
  });
  while (!fiber.resume()) co_await net::Reactor::current()->yield();
}

// Its changes are told as those of this client.
void Session::end_group(keyspace::GroupHandle group) {
  const RunningClient running(client_.record->id);
  group.reset();
}

// The way of commands that PostgreSQL has a part in.
net::Task<void> Session::execute_with_needs(const Command* command, Needs needs) {
  const Arguments arguments = parser_.arguments();
  Call call(head_, client_, statistics_, *command, arguments, out());
  const bool is_ready = co_await prepare(&call, &needs);
  if (!is_ready) co_return;
  if (!needs.mapped.empty()) {
    if (command->reach != Reach::kQueue) {
      (void)co_await write_rows(&call, &needs);
      co_return;
    }
    const bool is_written = co_await write_queued_rows(&call, &needs);
    if (!is_written) co_return;
  }
  if (needs.sets_through && command->reach != Reach::kQueue) {
    co_await set_through(&call);
    co_return;
  }
  const keyspace::Scope scope = scope_of(*command, arguments, client_);
  keyspace::GroupHandle group;
  asked_.clear();
  loaded_.clear();
  while (!group) {
    if (!needs.loads.empty()) {
      const bool is_loaded = co_await load_keys(&call, &needs);
      if (!is_loaded) co_return;
    }
    group = co_await BeginGroup(head_.keys().keyspace(), scope);
    // One that was there has gone meanwhile: once more, which each key does once at most.
    if (group && !needs.loads.empty() && !absent_keys(*group, needs).empty()) group.reset();
  }
  call.set_group(group.get());
  if (!loaded_.empty()) lend(*group);
  keyspace::ChangeSequence last;
  std::optional<Block> block;
  if (needs.is_script) {
    co_await run_script(&call);
    for (keyspace::Key& key : std::exchange(client_.synced_by_script, {}))
      needs.synced.push_back(std::move(key));
    if (!lent_.empty()) take_back(*group);
    last = group->last_change();
    end_group(std::move(group));
  } else {
    block = run_command(call, std::move(group), &last);
  }
  if (block) {
    co_await sit_out(&*block, &needs);
  } else if (needs.waits_for_commit() && last != keyspace::ChangeSequence{}) {
    unsettled_.add(last, std::move(needs.synced), reply_begin_, out().size());
  }
}

// Runs the command and ends its group. What comes back has taken its places before its keys.
std::optional<Block> Session::run_command(Call& call, keyspace::GroupHandle group,
                                          keyspace::ChangeSequence* last_or_null) {
  const RunningClient running(client_.record->id);
  redis::run(call);
  if (!lent_.empty()) take_back(*group);
  if (last_or_null != nullptr) *last_or_null = group->last_change();
  std::optional<Block> block = call.take_block();
  if (block) take_places(*group, *block);
  group.reset();
  return block;
}

// In the group that found nothing for the client.
void Session::take_places(keyspace::Group& group, Block& block) {
  block.client->set_wake([mailbox = net::Reactor::current()->mailbox(), door = std::weak_ptr<Door>(door_),
                          client = block.client.get()] {
    mailbox->post([door, client] {
      // The session waits in a read, which ends by that.
      const auto open = door.lock();
      if (open && open->waits_as == client) open->stream_or_null->set_read_deadline(TimePoint{});
    });
  });
  const std::vector<keyspace::KeyRef> keys(block.keys.begin(), block.keys.end());
  block.places = group.wait(block.client, keys);
}

// A key changed while another one that is needed was held elsewhere: in a group of our own.
net::Task<void> Session::try_again(const Block* block) {
  for (const keyspace::Key& key : block->keys) {
    const keyspace::Scope scope = keyspace::Scope::whole();
    keyspace::GroupHandle group;
    while (!group) group = co_await BeginGroup(head_.keys().keyspace(), scope);
    BlockedClient& client = *block->client;
    if (client.readiness(*group, key) != keyspace::Waiter::Readiness::kYes) continue;
    if (client.try_claim()) client.serve(*group, key);
    co_return;
  }
}

// False: the client is gone, or sends too much meanwhile. What it sends waits until it is answered.
net::Task<bool> Session::wait_until_served(const Block* block) {
  BlockedClient& client = *block->client;
  const TimePoint deadline = block->timeout ? net::Reactor::current()->now() + *block->timeout : kNoDeadline;
  while (client.is_waiting()) {
    if (client.take_wake()) {
      co_await try_again(block);
      continue;
    }
    if (net::Reactor::current()->now() >= deadline) {
      (void)client.give_up();
      break;
    }
    stream_->set_read_deadline(deadline);
    door_->waits_as = &client;
    is_reading_ = true;
    const auto more = co_await stream_->read();
    is_reading_ = false;
    door_->waits_as = nullptr;
    const bool is_late = !more && more.error().code == ErrorCode::kDeadlineExceeded;
    const bool is_too_much = stream_->input().size() > head_.settings().query_buffer_bytes_max;
    if ((!more && !is_late) || is_too_much) {
      (void)client.give_up();
      co_return false;
    }
  }
  co_return true;
}

// Of the command that waited.
void Session::count_failure(std::string_view text) {
  statistics_.count_error(text);
  const Command* const command = client_.record->last_command.load(std::memory_order_relaxed);
  statistics_.of_command(CommandTable::get().number(*command)).failed.add();
}

// While the client waits before its keys: then answers.
net::Task<void> Session::sit_out(Block* block, Needs* needs) {
  // What it was promised before comes first.
  if (!inbox().is_empty()) inbox().take(out());
  const bool sent = co_await send(false);
  client_.record->set_blocked(block->client);
  bool is_there = sent;
  if (sent) {
    is_there = co_await wait_until_served(block);
  } else {
    (void)block->client->give_up();
  }
  client_.record->set_blocked(nullptr);
  block->places.reset();
  client_.idle_since = steady_now();
  if (!is_there) {
    client_.is_closing = true;
    co_return;
  }
  const BlockedClient& client = *block->client;
  reply_begin_ = out().size();
  wire::ReplyWriter reply(out(), client_.protocol);
  if (client.was_served()) {
    out() += client.reply();
    if (client.reply().starts_with('-')) count_failure(std::string_view(client.reply()).substr(1));
    if (needs->waits_for_commit() && client.last_change() != keyspace::ChangeSequence{})
      unsettled_.add(client.last_change(), std::move(needs->synced), reply_begin_, out().size());
  } else if (client.is_unblocked_with_error()) {
    constexpr std::string_view kUnblocked = "UNBLOCKED client unblocked via CLIENT UNBLOCK";
    reply.error(kUnblocked);
    count_failure(kUnblocked);
  } else {
    block->answers_null_array ? reply.null_array() : reply.null();
  }
}

}  // namespace

net::Task<void> serve_session(std::unique_ptr<net::Stream> stream, Head* head) {
  Session session(std::move(stream), *head);
  co_await session.run();
}

}  // namespace stele::redis
