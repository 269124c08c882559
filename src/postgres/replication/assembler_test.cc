#include "postgres/replication/assembler.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/bytes.h"

namespace stele::postgres {
namespace {

// Writes pgoutput messages as the server does; `xid` other than 0 = inside a streamed block.
std::string with_xid(char type, Xid xid) {
  std::string bytes(1, type);
  if (xid != 0) append_big_endian(bytes, xid);
  return bytes;
}

std::string begin(Xid xid) {
  std::string bytes = "B";
  append_big_endian(bytes, std::uint64_t{90});
  append_big_endian(bytes, std::int64_t{0});
  append_big_endian(bytes, xid);
  return bytes;
}

std::string commit(std::uint64_t end, Xid streamed = 0) {
  std::string bytes = streamed != 0 ? with_xid('c', streamed) : "C";
  bytes += '\0';
  append_big_endian(bytes, end - 8);
  append_big_endian(bytes, end);
  append_big_endian(bytes, std::int64_t{0});
  return bytes;
}

std::string relation(Oid id, std::string_view name, Xid xid = 0) {
  std::string bytes = with_xid('R', xid);
  append_big_endian(bytes, id);
  bytes += std::string("public") + '\0' + std::string(name) + '\0' + 'd';
  append_big_endian(bytes, std::uint16_t{1});
  bytes += std::string("\1id\0", 4);
  append_big_endian(bytes, Oid{25});
  append_big_endian(bytes, std::int32_t{-1});
  return bytes;
}

std::string insert(Oid id, std::string_view value, Xid xid = 0) {
  std::string bytes = with_xid('I', xid);
  append_big_endian(bytes, id);
  bytes += 'N';
  append_tuple_count(bytes, 1);
  append_column(bytes, {ColumnKind::kText, value});
  return bytes;
}

std::string message(bool transactional, std::string_view content, Xid xid = 0) {
  std::string bytes = with_xid('M', xid);
  bytes += transactional ? '\1' : '\0';
  append_big_endian(bytes, std::uint64_t{80});
  bytes += std::string("stele") + '\0';
  append_big_endian(bytes, static_cast<std::uint32_t>(content.size()));
  bytes += content;
  return bytes;
}

std::string stream_start(Xid xid, bool first) {
  std::string bytes = with_xid('S', xid);
  bytes += first ? '\1' : '\0';
  return bytes;
}

std::string stream_abort(Xid xid, Xid subxid) {
  std::string bytes = with_xid('A', xid);
  append_big_endian(bytes, subxid);
  return bytes;
}

using Output = TransactionAssembler::Output;

class Assembler : public testing::Test {
 protected:
  static TransactionAssembler with_memory(std::size_t bytes, std::uint64_t spool_bytes = 1U << 30) {
    return TransactionAssembler({bytes, {.changes = 3, .bytes = 100}}, memory_spools(spool_bytes));
  }

  // Feeds all; the outputs in order.
  std::vector<Output> take(const std::vector<std::string>& payloads) {
    std::vector<Output> outputs;
    for (const std::string& payload : payloads) {
      auto taken = assembler_.take(payload);
      EXPECT_TRUE(taken.has_value()) << taken.error().to_string();
      if (taken.has_value() && taken->has_value()) outputs.push_back(std::move(**taken));
    }
    return outputs;
  }

  // Every inserted value, in order; "R:name" for a description, "T:name" for a truncation.
  static std::vector<std::string> read(Transaction& transaction) {
    std::vector<std::string> all;
    while (true) {
      auto batch = transaction.next_batch();
      EXPECT_TRUE(batch.has_value()) << batch.error().to_string();
      if (!batch.has_value() || batch->empty()) return all;
      for (const Change& change : *batch) {
        if (change.kind == ChangeKind::kRelation) all.push_back("R:" + change.relation->name);
        if (change.kind == ChangeKind::kTruncate) all.push_back("T:" + change.relation->name);
        if (change.kind == ChangeKind::kInsert) all.emplace_back((*change.row.begin()).bytes);
      }
    }
  }

  static Transaction& transaction(Output& output) { return *std::get<std::unique_ptr<Transaction>>(output); }

  TransactionAssembler assembler_ = with_memory(1U << 20);
};

TEST_F(Assembler, GivesACommittedTransactionWithItsEndAndItsMark) {
  auto outputs = take({begin(7), message(true, "3:12"), relation(1, "a"), insert(1, "x"), insert(1, "y")});
  EXPECT_TRUE(outputs.empty());
  EXPECT_FALSE(assembler_.is_between_transactions());
  outputs = take({commit(100)});
  ASSERT_EQ(outputs.size(), 1U);
  Transaction& one = transaction(outputs[0]);
  EXPECT_EQ(one.head().xid, 7U);
  EXPECT_EQ(one.commit_lsn(), Lsn(100));
  EXPECT_EQ(one.head().commit_record_lsn, Lsn(92));
  EXPECT_EQ(one.head().marks, (std::vector<WriteMark>{{3, 12}}));
  EXPECT_EQ(read(one), (std::vector<std::string>{"R:a", "x", "y"}));
  EXPECT_TRUE(assembler_.is_between_transactions());
  EXPECT_EQ(assembler_.memory_bytes(), 0U);
}

TEST_F(Assembler, EmptyTransactionsAreProgress) {
  const auto outputs = take({begin(7), commit(100)});
  ASSERT_EQ(outputs.size(), 1U);
  EXPECT_EQ(std::get<Progress>(outputs[0]).lsn, Lsn(100));
}

TEST_F(Assembler, AMessageOutsideTransactionsComesAtOnceAndForeignOnesAreNoMarks) {
  auto outputs =
      take({message(false, "1:1"), begin(7), message(true, "rubbish"), message(true, "1:2"), commit(9)});
  ASSERT_EQ(outputs.size(), 2U);
  EXPECT_EQ(std::get<FreeMessage>(outputs[0]).content, "1:1");
  EXPECT_EQ(transaction(outputs[1]).head().marks, (std::vector<WriteMark>{{1, 2}}));
}

TEST_F(Assembler, StreamsInterleaveAndDropWhatTheyRollBack) {
  auto outputs = take({
      stream_start(10, true),
      relation(1, "a", 10),
      insert(1, "x1", 10),
      insert(1, "gone", 11),
      message(true, "1:1", 11),
      insert(1, "kept", 12),
      "E",  //
      begin(20),
      relation(1, "a"),
      insert(1, "other"),
      commit(200),  //
      stream_start(30, true),
      relation(1, "a", 30),
      insert(1, "aborted", 30),
      "E",  //
      stream_start(10, false),
      insert(1, "x2", 10),
      message(true, "1:2", 10),
      "E",  //
      stream_abort(10, 11),
      stream_abort(30, 30),
      stream_abort(99, 99),
      commit(300, 10),
  });
  ASSERT_EQ(outputs.size(), 2U);
  EXPECT_EQ(read(transaction(outputs[0])), (std::vector<std::string>{"R:a", "other"}));
  Transaction& streamed = transaction(outputs[1]);
  EXPECT_EQ(streamed.commit_lsn(), Lsn(300));
  EXPECT_EQ(streamed.head().marks, (std::vector<WriteMark>{{1, 2}}));
  EXPECT_EQ(read(streamed), (std::vector<std::string>{"R:a", "x1", "kept", "x2"}));
  EXPECT_EQ(assembler_.open_streams(), 0U);
  EXPECT_EQ(assembler_.memory_bytes(), 0U);
}

TEST_F(Assembler, ADescriptionInsideAStreamHoldsForAllAfterItsCommitUnlessALaterOneCame) {
  auto outputs = take({begin(1), relation(1, "old"), insert(1, "1"), commit(100),                //
                       stream_start(10, true), relation(1, "new", 10), insert(1, "2", 10), "E",  //
                       begin(2), insert(1, "3"), commit(200),                                    //
                       commit(300, 10), begin(3), insert(1, "4"), commit(400)});
  ASSERT_EQ(outputs.size(), 4U);
  const auto name = [](Output& output) {
    auto batch = transaction(output).next_batch();
    return batch->back().relation->name;
  };
  EXPECT_EQ(name(outputs[0]), "old");
  EXPECT_EQ(name(outputs[1]), "old");
  EXPECT_EQ(name(outputs[2]), "new");
  EXPECT_EQ(name(outputs[3]), "new");

  outputs = take({stream_start(11, true), relation(1, "stale", 11), insert(1, "5", 11), "E", begin(4),
                  relation(1, "newest"), insert(1, "6"), commit(500), commit(600, 11), begin(5),
                  insert(1, "7"), commit(700)});
  EXPECT_EQ(name(outputs[1]), "stale");
  EXPECT_EQ(name(outputs[2]), "newest");
}

TEST_F(Assembler, TruncationsNameEachRelation) {
  std::string truncate = "T";
  append_big_endian(truncate, std::uint32_t{2});
  truncate += '\3';
  append_big_endian(truncate, Oid{1});
  append_big_endian(truncate, Oid{2});
  auto outputs = take({begin(1), relation(1, "a"), relation(2, "b"), truncate, commit(100)});
  auto batch = transaction(outputs[0]).next_batch();
  ASSERT_EQ(batch->size(), 3U);
  batch = transaction(outputs[0]).next_batch();
  ASSERT_EQ(batch->size(), 1U);
  EXPECT_EQ((*batch)[0].relation->name, "b");
  EXPECT_TRUE((*batch)[0].cascade);
  EXPECT_TRUE((*batch)[0].restart_identity);
}

TEST_F(Assembler, WhatDoesNotFitIntoMemoryIsSpooledAndReadInOrder) {
  for (const std::size_t memory : {0U, 60U, 1000U}) {
    assembler_ = with_memory(memory);
    std::vector<std::string> wanted{"R:a"};
    std::vector<std::string> payloads{stream_start(10, true), relation(1, "a", 10)};
    for (int i = 0; i < 200; ++i) {
      std::string value = std::to_string(i) + std::string(static_cast<std::size_t>(i) * 3, 'x');
      const bool dropped = i >= 50 && i < 100;
      payloads.push_back(insert(1, value, dropped ? 11 : 10));
      if (!dropped) wanted.push_back(std::move(value));
    }
    payloads.insert(payloads.end(), {"E", stream_abort(10, 11), commit(100, 10)});
    auto outputs = take(payloads);
    ASSERT_EQ(outputs.size(), 1U);
    EXPECT_TRUE(transaction(outputs[0]).is_spooled());
    EXPECT_EQ(transaction(outputs[0]).change_count(), 201U);
    EXPECT_EQ(read(transaction(outputs[0])), wanted);
    EXPECT_LE(assembler_.memory_bytes(), memory);
  }
}

// Notes the largest piece that it was given at once.
class MeasuredSpool final : public Spool {
 public:
  MeasuredSpool(std::unique_ptr<Spool> spool, std::size_t* largest)
      : spool_(std::move(spool)), largest_(largest) {}
  Result<void> append(std::string_view bytes) override {
    *largest_ = std::max(*largest_, bytes.size());
    return spool_->append(bytes);
  }
  Result<std::size_t> read(std::uint64_t offset, char* out, std::size_t size) const override {
    return spool_->read(offset, out, size);
  }
  std::uint64_t size() const override { return spool_->size(); }

 private:
  std::unique_ptr<Spool> spool_;
  std::size_t* largest_;
};

// Others of the thread wait for as long as a piece takes.
TEST_F(Assembler, WhatOutgrowsTheMemoryIsSpooledInSmallPieces) {
  constexpr std::size_t kMemory = 8 * ChangeLog::kBlockBytes;
  std::size_t largest = 0;
  const SpoolFactory spools = [&largest, make = memory_spools(1U << 30)]() -> Result<std::unique_ptr<Spool>> {
    STELE_TRY(auto spool, make());
    return std::make_unique<MeasuredSpool>(std::move(spool), &largest);
  };
  assembler_ = TransactionAssembler({kMemory, {.changes = 1000, .bytes = 1U << 20}}, spools);
  std::vector<std::string> wanted{"R:a"};
  (void)take({begin(1), relation(1, "a")});
  for (int i = 0; i < 2000; ++i) {
    // One is larger than a block.
    wanted.push_back(std::to_string(i) + std::string(i == 1000 ? 2 * ChangeLog::kBlockBytes : 2000, 'x'));
    (void)take({insert(1, wanted.back())});
    EXPECT_LE(assembler_.memory_bytes(), kMemory);
  }
  // No more than must leave does.
  EXPECT_GT(assembler_.memory_bytes(), kMemory - 3 * ChangeLog::kBlockBytes);
  auto outputs = take({commit(100)});
  ASSERT_EQ(outputs.size(), 1U);
  EXPECT_TRUE(transaction(outputs[0]).is_spooled());
  EXPECT_EQ(read(transaction(outputs[0])), wanted);
  EXPECT_GT(largest, 2 * ChangeLog::kBlockBytes);
  EXPECT_LE(largest, 2 * ChangeLog::kBlockBytes + 100);
}

TEST_F(Assembler, AFullSpoolIsAnError) {
  assembler_ = with_memory(0, 100);
  (void)take({begin(1), relation(1, "a")});
  Result<std::optional<Output>> taken = std::optional<Output>();
  for (int i = 0; i < 10 && taken.has_value(); ++i)
    taken = assembler_.take(insert(1, "twenty bytes of value"));
  ASSERT_FALSE(taken.has_value());
  EXPECT_EQ(taken.error().code, ErrorCode::kResourceExhausted);
}

TEST_F(Assembler, MessagesOutOfOrderAreProtocolErrors) {
  const std::vector<std::vector<std::string>> wrong{
      {begin(1), begin(2)},
      {commit(1)},
      {insert(1, "x")},
      {begin(1), insert(1, "x")},
      {"E"},
      {stream_start(5, false)},
      {stream_start(5, true), begin(1)},
      {stream_start(5, true), "E", stream_start(5, true)},
      {stream_start(0, true)},
      {commit(5, 5)},
      {stream_start(5, true), commit(5, 5)},
      {message(true, "1:1")},
      {begin(1), commit(5, 5)},
  };
  for (const auto& payloads : wrong) {
    assembler_ = with_memory(1000);
    for (std::size_t i = 0; i + 1 < payloads.size(); ++i) (void)assembler_.take(payloads[i]);
    const auto taken = assembler_.take(payloads.back());
    ASSERT_FALSE(taken.has_value()) << &payloads - wrong.data();
    EXPECT_EQ(taken.error().code, ErrorCode::kProtocol);
  }
}

TEST(Spool, FilesReadWhatWasWrittenAndRefuseMore) {
  const auto make = temporary_file_spools("/tmp", 10);
  auto spool = make();
  ASSERT_TRUE(spool.has_value()) << spool.error().to_string();
  ASSERT_TRUE((*spool)->append("abc").has_value());
  ASSERT_TRUE((*spool)->append("defg").has_value());
  EXPECT_EQ((*spool)->append("toolong").error().code, ErrorCode::kResourceExhausted);
  char bytes[10] = {};
  EXPECT_EQ(*(*spool)->read(2, bytes, 10), 5U);
  EXPECT_STREQ(bytes, "cdefg");
  EXPECT_FALSE(temporary_file_spools("/nonexistent", 10)().has_value());
}

TEST(WriteMark, TextGoesThereAndBack) {
  EXPECT_EQ(*parse_write_mark(to_string(WriteMark{1, 18446744073709551615U})),
            (WriteMark{1, 18446744073709551615U}));
  for (const std::string_view bad :
       {"", ":", "1:", ":1", "1", "a:1", "1:1 ", "-1:1", "1:18446744073709551616"}) {
    EXPECT_FALSE(parse_write_mark(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace stele::postgres
