#include "protocols/redis/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "keyspace/store_keyspace.h"
#include "net/listener.h"
#include "net/test_reactor.h"
#include "protocols/redis/head.h"

namespace stele::redis {
namespace {

using keyspace::KeyClass;
using net::backend_name;
using net::BackendKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// Keys whose life in PostgreSQL is played by the test: names that begin with "d:" are durable, with "s:"
// durable, sync, with "m:" rows.
class PlayedKeys final : public views::NodeKeys {
 public:
  PlayedKeys()
      : classes_(KeyClass::kCache,
                 {{"d:", KeyClass::kDurable}, {"s:", KeyClass::kDurableSync}, {"m:", KeyClass::kMapped}}),
        keyspace_(keyspace::make_store_keyspace(system_clock(), {.classes = classes_})) {}

  keyspace::Keyspace& keyspace() override { return *keyspace_; }
  KeyClass class_of(std::string_view name) const override { return classes_.of(name); }
  bool loading() const override { return is_loading; }
  bool loading(std::string_view) const override { return false; }
  bool owner() const override { return is_owner; }
  bool may_write() const override { return !writable_failure; }
  net::Task<Result<void>> wait_writable(TimePoint) override { co_return *writable_failure; }
  net::Task<Result<void>> wait_durable(keyspace::ChangeSequence, std::vector<keyspace::Key> written,
                                       TimePoint) override {
    for (const keyspace::Key& key : written) committed.push_back(key.name);
    if (commit_failure) co_return *commit_failure;
    co_return Result<void>();
  }
  net::Task<Result<std::vector<std::uint64_t>>> write_mapped(std::vector<views::MappedWrite> writes,
                                                             TimePoint) override {
    if (commit_failure) co_return *commit_failure;
    std::vector<std::uint64_t> counts;
    for (views::MappedWrite& write : writes) {
      counts.push_back(write.fields.empty() ? 1 : write.fields.size());
      rows.push_back(std::move(write));
    }
    co_return counts;
  }
  bool refuses_keys() const override { return !refused_key.empty(); }
  std::string refusal_among(const std::vector<keyspace::Key>& keys) const override {
    for (const keyspace::Key& key : keys)
      if (key.name == refused_key) return "PostgreSQL refuses " + key.name;
    return {};
  }
  Lsn visible() const override { return {}; }
  views::KeysStatus status() const override { return {}; }

  bool is_loading = false;
  bool is_owner = true;
  std::optional<Error> writable_failure;
  std::optional<Error> commit_failure;
  std::string refused_key;
  std::vector<std::string> committed;
  std::vector<views::MappedWrite> rows;

 private:
  const keyspace::KeyClasses classes_;
  std::unique_ptr<keyspace::Keyspace> keyspace_;
};

struct TestHead {
  TestHead() : head({.keys = &keys, .metrics = &metrics, .clock = &system_clock(), .version = "test"}) {
    auto opened = net::Listener::open({"127.0.0.1", 0}, {}, [this](std::unique_ptr<net::Stream> client) {
      return head.serve(std::move(client));
    });
    STELE_CHECK(opened.has_value());
    listener = *std::move(opened);
  }
  net::Task<std::unique_ptr<net::Stream>> connect() {
    const net::Address address = listener->address();
    auto stream = co_await net::Stream::connect(address, kNoDeadline);
    STELE_CHECK(stream.has_value());
    co_return *std::move(stream);
  }
  net::Task<void> close() {
    listener->stop_accepting();
    listener->close_all();
    co_await listener->closed();
  }

  PlayedKeys keys;
  MetricRegistry metrics;
  Head head;
  std::unique_ptr<net::Listener> listener;
};

class RedisSessionTest : public net::ReactorTest {
 protected:
  // Sends inline requests; what comes until the reply to a closing PING.
  static net::Task<std::string> ask(net::Stream* stream, std::string requests) {
    stream->output() += requests + "\r\nPING end\r\n";
    const auto sent = co_await stream->flush();
    STELE_CHECK(sent.has_value());
    const std::string_view end = "$3\r\nend\r\n";
    while (!stream->input().ends_with(end)) {
      const auto more = co_await stream->read();
      STELE_CHECK(more.has_value());
    }
    std::string reply(stream->input().substr(0, stream->input().size() - end.size()));
    stream->consume(stream->input().size());
    co_return reply;
  }
  // One request whose reply is a line.
  static net::Task<std::string> ask_once(net::Stream* stream, std::string request) {
    stream->output() += request + "\r\n";
    const auto sent = co_await stream->flush();
    STELE_CHECK(sent.has_value());
    while (!stream->input().ends_with("\r\n")) {
      const auto more = co_await stream->read();
      STELE_CHECK(more.has_value());
    }
    std::string reply(stream->input());
    stream->consume(stream->input().size());
    co_return reply;
  }
};

TEST_P(RedisSessionTest, WhileAScriptRunsOthersAreToldAndMayKillIt) {
  static constexpr auto test = []() -> net::Task<void> {
    TestHead node;
    node.head.settings().busy_milliseconds = 1;
    auto runner = co_await node.connect();
    auto other = co_await node.connect();
    runner->output() += "EVAL 'while true do end' 0\r\n";
    const auto sent = co_await runner->flush();
    EXPECT_TRUE(sent.has_value());
    // On the same reactor: the script makes room for it.
    std::string reply = "+PONG\r\n";
    while (reply == "+PONG\r\n") reply = co_await ask_once(other.get(), "PING");
    EXPECT_EQ(reply,
              "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n");
    reply = co_await ask_once(other.get(), "FUNCTION KILL");
    EXPECT_THAT(reply, HasSubstr("-BUSY"));
    reply = co_await ask_once(other.get(), "SCRIPT KILL");
    EXPECT_EQ(reply, "+OK\r\n");
    const auto ended = co_await runner->read();
    EXPECT_TRUE(ended.has_value());
    EXPECT_THAT(std::string(runner->input()), HasSubstr("-ERR Script killed by user with SCRIPT KILL..."));
    reply = co_await ask_once(other.get(), "PING");
    EXPECT_EQ(reply, "+PONG\r\n");
    runner.reset();
    other.reset();
    co_await node.close();
  };
  run(test());
}

TEST_P(RedisSessionTest, AScriptThatHasWrittenIsNotKilledButEndsWithTheNode) {
  static constexpr auto test = []() -> net::Task<void> {
    TestHead node;
    node.head.settings().busy_milliseconds = 1;
    auto runner = co_await node.connect();
    auto other = co_await node.connect();
    runner->output() += "EVAL \"redis.call('SET', 'k', 'v') while true do end\" 0\r\n";
    const auto sent = co_await runner->flush();
    EXPECT_TRUE(sent.has_value());
    while (!node.head.scripts().running().is_busy()) {
      co_await net::Reactor::current()->sleep_for(std::chrono::milliseconds(1));
    }
    const std::string reply = co_await ask_once(other.get(), "SCRIPT KILL");
    EXPECT_THAT(reply, HasSubstr("-UNKILLABLE"));
    co_await node.close();
    EXPECT_FALSE(node.head.scripts().running().is_busy());
    EXPECT_EQ(node.keys.keyspace().stats().keys, 1U);
    runner.reset();
    other.reset();
  };
  run(test());
}

TEST_P(RedisSessionTest, AScriptWritesOnlyWhatItMayWrite) {
  static constexpr auto test = []() -> net::Task<void> {
    TestHead node;
    auto client = co_await node.connect();
    const std::string row =
        co_await ask(client.get(), "EVAL \"return redis.call('HSET', 'm:1', 'a', 'x')\" 0");
    EXPECT_THAT(row, HasSubstr("-ERR rows of mapped tables cannot be written from a script"));
    EXPECT_THAT(node.keys.rows, SizeIs(0));
    const std::string synced = co_await ask(client.get(), "EVAL \"return redis.call('SET', 's:a', '1')\" 0");
    EXPECT_EQ(synced, "+OK\r\n");
    EXPECT_THAT(node.keys.committed, ElementsAre("s:a"));
    node.keys.is_owner = false;
    const std::string refused = co_await ask(
        client.get(),
        "EVAL \"redis.call('SET', 'cache', '1') return redis.call('SET', KEYS[1], '1')\" 1 d:a\r\nGET cache");
    EXPECT_THAT(refused, HasSubstr("-READONLY You can't write against a read only replica."));
    EXPECT_THAT(refused, HasSubstr("$1\r\n1\r\n"));
    client.reset();
    co_await node.close();
  };
  run(test());
}

TEST_P(RedisSessionTest, ACommandWhoseKeysAreHeldParksItsSessionAlone) {
  static constexpr auto test = []() -> net::Task<void> {
    TestHead node;
    auto first = co_await node.connect();
    auto second = co_await node.connect();
    keyspace::GroupHandle held = node.keys.keyspace().begin(keyspace::Scope::whole());
    first->output() += "SET k v\r\n";
    const auto sent = co_await first->flush();
    EXPECT_TRUE(sent.has_value());
    // Both are served by this reactor: the second is answered while the first waits.
    const std::string pong = co_await ask(second.get(), "PING");
    EXPECT_EQ(pong, "+PONG\r\n");
    EXPECT_EQ(first->input(), "");
    held.reset();
    const std::string reply = co_await ask(first.get(), "GET k");
    EXPECT_EQ(reply, "+OK\r\n$1\r\nv\r\n");
    first.reset();
    second.reset();
    co_await node.close();
  };
  run(test());
}

TEST_P(RedisSessionTest, SyncedWritesOfAPipelineWaitOnce) {
  static constexpr auto test = []() -> net::Task<void> {
    TestHead node;
    auto client = co_await node.connect();
    const std::string good = co_await ask(client.get(), "SET s:a 1\r\nSET d:b 2\r\nGET s:a\r\nINCR s:a");
    EXPECT_EQ(good, "+OK\r\n+OK\r\n$1\r\n1\r\n:2\r\n");
    EXPECT_THAT(node.keys.committed, ElementsAre("s:a", "s:a"));
    // Where PostgreSQL fails, the replies that promised it say so, and the others stand.
    node.keys.commit_failure = make_error(ErrorCode::kUnavailable, "gone");
    const std::string bad = co_await ask(client.get(), "SET s:a 3\r\nPING\r\nMULTI\r\nINCR s:a\r\nEXEC");
    EXPECT_EQ(bad, "-ERR gone\r\n+PONG\r\n+OK\r\n+QUEUED\r\n-ERR gone\r\n");
    const std::string unwanted = co_await ask(client.get(), "CLIENT REPLY SKIP\r\nSET s:a 4\r\nPING");
    EXPECT_EQ(unwanted, "+PONG\r\n");
    client.reset();
    co_await node.close();
  };
  run(test());
}

TEST_P(RedisSessionTest, DurableWritesAskWhetherTheyMay) {
  static constexpr auto test = []() -> net::Task<void> {
    TestHead node;
    auto client = co_await node.connect();
    node.keys.writable_failure = make_error(ErrorCode::kResourceExhausted, "too much is not flushed");
    const std::string full = co_await ask(client.get(), "SET d:a 1\r\nSET cache 1\r\nGET d:a\r\nFLUSHALL");
    EXPECT_EQ(full, "-ERR too much is not flushed\r\n+OK\r\n$-1\r\n-ERR too much is not flushed\r\n");
    node.keys.writable_failure.reset();
    node.keys.is_owner = false;
    const std::string follower = co_await ask(client.get(), "SET d:a 1\r\nSET cache 2\r\nGET d:a");
    EXPECT_EQ(follower, "-READONLY You can't write against a read only replica.\r\n+OK\r\n$-1\r\n");
    node.keys.is_loading = true;
    const std::string loading = co_await ask(client.get(), "GET cache\r\nPING");
    EXPECT_EQ(loading, "-LOADING Stele is loading the dataset in memory\r\n+PONG\r\n");
    client.reset();
    co_await node.close();
  };
  run(test());
}

TEST_P(RedisSessionTest, WritesOfRowsAreStatements) {
  static constexpr auto test = []() -> net::Task<void> {
    TestHead node;
    auto client = co_await node.connect();
    const std::string done =
        co_await ask(client.get(), "HSET m:1 a x b y\r\nHMSET m:1 a z\r\nHDEL m:1 b\r\nDEL m:1 m:2");
    EXPECT_EQ(done, ":2\r\n+OK\r\n:1\r\n:2\r\n");
    EXPECT_THAT(node.keys.rows, SizeIs(5));
    EXPECT_EQ(node.keys.rows[0].fields[1].value, "y");
    const std::string refused = co_await ask(client.get(), "SET m:1 x\r\nDEL m:1 other\r\nHSET m:1 a");
    EXPECT_THAT(refused, HasSubstr("-ERR the key 'm:1' is a row of a table"));
    EXPECT_THAT(refused, HasSubstr("-ERR rows and other keys in one command"));
    EXPECT_THAT(refused, HasSubstr("-ERR wrong number of arguments for 'hset' command"));
    node.keys.commit_failure = make_error(ErrorCode::kDatabase, "violates a constraint");
    const std::string failed = co_await ask(client.get(), "HSET m:1 a x");
    EXPECT_EQ(failed, "-ERR violates a constraint\r\n");
    client.reset();
    co_await node.close();
  };
  run(test());
}

TEST_P(RedisSessionTest, RowsOfATransactionAreWrittenBeforeItsOtherCommands) {
  static constexpr auto test = []() -> net::Task<void> {
    TestHead node;
    auto client = co_await node.connect();
    const std::string done = co_await ask(
        client.get(), "WATCH m:1 k\r\nMULTI\r\nSET k v\r\nHSET m:1 a x b y\r\nDEL m:2\r\nGET k\r\nEXEC");
    EXPECT_THAT(done, HasSubstr("*4\r\n+OK\r\n:2\r\n:1\r\n$1\r\nv\r\n"));
    EXPECT_THAT(node.keys.rows, SizeIs(2));
    node.keys.commit_failure = make_error(ErrorCode::kDatabase, "violates a constraint");
    const std::string failed =
        co_await ask(client.get(), "MULTI\r\nSET k w\r\nHSET m:1 a x\r\nEXEC\r\nGET k");
    EXPECT_THAT(failed,
                HasSubstr("-EXECABORT Transaction discarded because of: ERR violates a constraint\r\n"));
    EXPECT_THAT(failed, HasSubstr("$1\r\nv\r\n"));
    client.reset();
    co_await node.close();
  };
  run(test());
}

TEST_P(RedisSessionTest, ATransactionWithARefusedKeyIsRefusedWhole) {
  static constexpr auto test = []() -> net::Task<void> {
    TestHead node;
    auto client = co_await node.connect();
    node.keys.refused_key = "d:bad";
    const std::string refused = co_await ask(
        client.get(), "MULTI\r\nSET d:a 1\r\nSET d:bad 1\r\nSET cache 1\r\nEXEC\r\nMGET d:a d:bad cache");
    EXPECT_THAT(refused,
                HasSubstr("-EXECABORT Transaction discarded because of: ERR PostgreSQL refuses d:bad\r\n"
                          "*3\r\n$-1\r\n$-1\r\n$-1\r\n"));
    // By itself it may be written, read beside others, and removed.
    const std::string taken =
        co_await ask(client.get(),
                     "MULTI\r\nSET d:bad 1\r\nSET cache 2\r\nINCR d:bad\r\nEXEC\r\nMULTI\r\nGET d:bad\r\nSET "
                     "d:a 3\r\nEXEC\r\nDEL d:bad");
    EXPECT_THAT(taken, HasSubstr("*3\r\n+OK\r\n+OK\r\n:2\r\n"));
    EXPECT_THAT(taken, HasSubstr("*2\r\n$1\r\n2\r\n+OK\r\n:1\r\n"));
    client.reset();
    co_await node.close();
  };
  run(test());
}

TEST_P(RedisSessionTest, AClientThatGoesInTheMiddleLeavesNothingBehind) {
  static constexpr auto test = []() -> net::Task<void> {
    TestHead node;
    for (const char* const part :
         {"*2\r\n$3\r\nGET\r\n$10\r\nab", "MULTI\r\nSET a 1\r\n", "WATCH a\r\n", "*"}) {
      auto client = co_await node.connect();
      client->output() += part;
      const auto sent = co_await client->drain();
      EXPECT_TRUE(sent.has_value());
    }
    while (node.listener->connections() > 0)
      co_await net::Reactor::current()->sleep_for(std::chrono::milliseconds(1));
    EXPECT_EQ(node.head.clients().size(), 0U);
    EXPECT_EQ(node.keys.keyspace().stats().keys, 0U);
    co_await node.close();
  };
  run(test());
}

TEST_P(RedisSessionTest, InvalidationsQueueBehindRepliesAndFollowEveryChange) {
  static constexpr auto test = []() -> net::Task<void> {
    TestHead node;
    auto reader = co_await node.connect();
    const std::string hello = co_await ask(reader.get(), "HELLO 3");
    EXPECT_THAT(hello, HasSubstr("proto"));
    const std::string own = co_await ask(reader.get(), "CLIENT TRACKING ON\r\nGET a\r\nSET a 1\r\nPING");
    EXPECT_EQ(own, "+OK\r\n_\r\n+OK\r\n>2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\na\r\n+PONG\r\n");
    // A change that no client made comes to one that only waits.
    const std::string read = co_await ask(reader.get(), "GET m:row");
    EXPECT_EQ(read, "_\r\n");
    {
      const keyspace::GroupHandle group = node.keys.keyspace().begin(keyspace::Scope::whole());
      keyspace::Value row;
      row.type = keyspace::ValueType::kHash;
      row.fields = {{"f", "v"}};
      EXPECT_TRUE(
          group->applied().put({keyspace::DatabaseNumber(0), "m:row"}, row, std::nullopt).has_value());
    }
    const auto pushed = co_await reader->read();
    EXPECT_TRUE(pushed.has_value());
    EXPECT_EQ(reader->input(), ">2\r\n$10\r\ninvalidate\r\n*1\r\n$5\r\nm:row\r\n");
    reader->consume(reader->input().size());
    reader.reset();
    co_await node.close();
    EXPECT_EQ(node.head.tracking().sizes().clients, 0U);
  };
  run(test());
}

TEST_P(RedisSessionTest, ASlowSubscriberIsClosed) {
  static constexpr auto test = []() -> net::Task<void> {
    TestHead node;
    node.head.settings().pubsub_output.hard_bytes = 4U << 20;
    auto slow = co_await node.connect();
    auto publisher = co_await node.connect();
    slow->output() += "SUBSCRIBE c\r\n";
    const auto sent = co_await slow->flush();
    EXPECT_TRUE(sent.has_value());
    while (node.head.channels().subscribers(ChannelKind::kChannel, "c") == 0) {
      co_await net::Reactor::current()->sleep_for(std::chrono::milliseconds(1));
    }
    const std::string message(60'000, 'x');
    // It reads nothing: the kernel takes some, the rest gathers until it is too much.
    int rounds = 0;
    while (node.head.clients().size() == 2 && ++rounds < 1000) {
      const std::string reply = co_await ask(publisher.get(), "PUBLISH c " + message);
      EXPECT_THAT(reply, HasSubstr(":"));
    }
    EXPECT_EQ(node.head.clients().size(), 1U);
    EXPECT_EQ(node.head.channels().size(ChannelKind::kChannel), 0U);
    slow.reset();
    publisher.reset();
    co_await node.close();
  };
  run(test());
}

TEST_P(RedisSessionTest, FullMemoryRefusesGrowthBeforeACommandRuns) {
  static constexpr auto test = []() -> net::Task<void> {
    TestHead node;
    auto client = co_await node.connect();
    std::string reply = co_await ask(client.get(), "SET k v\r\nCONFIG SET maxmemory 1");
    EXPECT_EQ(reply, "+OK\r\n+OK\r\n");
    const std::string refused = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
    reply = co_await ask(client.get(), "SET a b\r\nGET k\r\nMULTI\r\nSET a b\r\nEXEC");
    EXPECT_EQ(reply, refused + "$1\r\nv\r\n+OK\r\n" + refused +
                         "-EXECABORT Transaction discarded because of previous errors.\r\n");
    reply = co_await ask(client.get(), "EVAL \"return redis.call('SET', 'a', 'b')\" 0\r\nEXISTS a");
    EXPECT_THAT(reply, HasSubstr("-OOM command not allowed"));
    EXPECT_THAT(reply, HasSubstr(":0\r\n"));
    reply =
        co_await ask(client.get(), "EVAL \"#!lua flags=allow-oom\\nreturn redis.call('SET', 'a', 'b')\" 0");
    EXPECT_EQ(reply, "+OK\r\n");
    // What began while there was room ends.
    const std::size_t used = node.keys.keyspace().stats().used_memory_bytes;
    reply = co_await ask(
        client.get(),
        "CONFIG SET maxmemory " + std::to_string(used + 10'000) +
            "\r\nEVAL \"for i = 1, 100 do redis.call('SET', i, string.rep('x', 1000)) end\" 0\r\n"
            "EVAL \"return redis.call('SET', 'late', 'b')\" 0");
    EXPECT_THAT(reply, HasSubstr("$-1\r\n-OOM"));
    client.reset();
    co_await node.close();
    EXPECT_EQ(node.keys.keyspace().stats().keys, 102U);
  };
  run(test());
}

TEST_P(RedisSessionTest, AWriteMakesRoomForItself) {
  static constexpr auto test = []() -> net::Task<void> {
    TestHead node;
    auto client = co_await node.connect();
    auto listener = co_await node.connect();
    std::string reply =
        co_await ask(client.get(),
                     "SET d:kept v\r\nCONFIG SET maxmemory 100000 maxmemory-policy allkeys-lru "
                     "notify-keyspace-events Ee");
    EXPECT_EQ(reply, "+OK\r\n+OK\r\n");
    // One at a time: what waits in a client's buffer is memory too.
    for (int i = 0; i < 500; ++i) {
      reply = co_await ask(client.get(), "SET k" + std::to_string(i) + " " + std::string(1000, 'x'));
      EXPECT_EQ(reply, "+OK\r\n");
    }
    reply = co_await ask(client.get(), "GET d:kept\r\nGET k499");
    EXPECT_THAT(reply, HasSubstr("$1\r\nv\r\n$1000\r\n"));
    const auto stats = node.keys.keyspace().stats();
    EXPECT_LT(stats.used_memory_bytes, 100'000U + 2000U);
    EXPECT_GT(stats.evicted, 380U);
    reply = co_await ask(listener.get(), "SUBSCRIBE __keyevent@0__:evicted");
    for (int i = 0; i < 10; ++i)
      (void)co_await ask(client.get(), "SET more" + std::to_string(i) + " " + std::string(1000, 'x'));
    reply = co_await ask(listener.get(), "PING");
    EXPECT_THAT(reply, HasSubstr("__keyevent@0__:evicted"));
    listener.reset();
    client.reset();
    co_await node.close();
  };
  run(test());
}

TEST_P(RedisSessionTest, ALargeClientIsClosed) {
  static constexpr auto test = []() -> net::Task<void> {
    TestHead node;
    node.head.settings().clients_memory_max = 1 << 20;
    auto large = co_await node.connect();
    auto small = co_await node.connect();
    auto spared = co_await node.connect();
    std::string reply = co_await ask(spared.get(), "CLIENT NO-EVICT ON");
    const std::string beginning = "*2\r\n$3\r\nGET\r\n$9000000\r\n" + std::string(2U << 20, 'x');
    spared->output() += beginning;
    large->output() += beginning;
    (void)co_await spared->flush();
    (void)co_await large->flush();
    while (node.head.evicted_clients() == 0) {
      co_await net::Reactor::current()->sleep_for(std::chrono::milliseconds(1));
    }
    const auto end = co_await large->read();
    EXPECT_FALSE(end.has_value());
    reply = co_await ask(small.get(), "INFO stats\r\nCLIENT LIST");
    EXPECT_THAT(reply, HasSubstr("evicted_clients:1\r\n"));
    EXPECT_EQ(node.head.clients().size(), 2U);
    EXPECT_GT(node.keys.keyspace().stats().other_memory_bytes, 1U << 20);
    spared.reset();
    small.reset();
    large.reset();
    co_await node.close();
    EXPECT_EQ(node.head.client_memory().bytes(), 0U);
    EXPECT_EQ(node.keys.keyspace().stats().other_memory_bytes, 0U);
  };
  run(test());
}

STELE_ON_EACH_BACKEND(RedisSessionTest);

}  // namespace
}  // namespace stele::redis
