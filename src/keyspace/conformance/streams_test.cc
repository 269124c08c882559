#include <fmt/format.h>

#include "keyspace/conformance/fixture.h"
#include "keyspace/stream_rows.h"

namespace stele::keyspace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class StreamsTest : public KeyspaceTest {
 protected:
  StreamId add(std::string_view name, StreamId id, std::vector<FieldRef> fields = {{"f", "v"}},
               StreamTrim trim = {}, StreamNodeLimits limits = {}) {
    const auto added = whole()->streams().add(key(name), {.id = id, .trim = trim, .limits = limits}, fields);
    EXPECT_TRUE(added.has_value()) << added.error().to_string();
    return added && *added ? **added : StreamId{};
  }
  void add_many(std::string_view name, std::uint64_t from, std::uint64_t until,
                StreamNodeLimits limits = {}) {
    for (std::uint64_t ms = from; ms < until; ++ms) add(name, {ms, 0}, {{"f", "v"}}, {}, limits);
  }
  std::string range(std::string_view name, StreamRange range = {}) {
    const GroupHandle group = whole();
    const auto found = group->streams().range(key(name), range);
    return found ? text_of(*found) : found.error().message;
  }
  static std::string text_of(const StreamEntries& entries) {
    std::string text;
    for (const auto& entry : entries.entries) {
      text += (text.empty() ? "" : " ") + to_string(entry.id);
      if (!entry.is_present) text += "!";
      for (const FieldRef& field : entries.fields_of(entry))
        text += fmt::format(",{}={}", field.name, field.value);
    }
    return text;
  }
  std::string read(std::string_view name, std::string_view consumer, std::size_t count = 0,
                   bool is_acknowledged = false) {
    const GroupHandle group = whole();
    const auto found = group->streams().read_new(key(name), "g", consumer, count, is_acknowledged);
    return found ? text_of(*found) : found.error().message;
  }
  std::string pending(std::string_view name, StreamPendingQuery query = {}) {
    std::string text;
    const auto found = whole()->streams().pending(key(name), "g", query);
    if (!found) return found.error().message;
    for (const StreamPending& each : *found) {
      text += fmt::format("{}{}:{}x{}", text.empty() ? "" : " ", to_string(each.id), each.consumer,
                          each.deliveries);
    }
    return text;
  }
  void create_group(std::string_view name, std::optional<StreamId> from = StreamId{}) {
    ASSERT_TRUE(*whole()->streams().create_group(key(name), "g", {.id = from}, true));
  }
};
INSTANTIATE_TEST_SUITE_P(Keyspace, StreamsTest, testing::ValuesIn(implementations()), implementation_name);

TEST_P(StreamsTest, EntriesComeInOrderWithTheirFields) {
  add("s", {1, 1}, {{"a", "1"}, {"b", "2"}});
  add("s", {1, 2}, {{"a", "3"}, {"b", ""}});
  add("s", {5, 0}, {{"other", std::string_view("\0x", 2)}});
  EXPECT_EQ(range("s"), fmt::format("1-1,a=1,b=2 1-2,a=3,b= 5-0,other={}", std::string_view("\0x", 2)));
  EXPECT_EQ(range("s", {.first = {1, 2}, .last = {4, 0}}), "1-2,a=3,b=");
  EXPECT_EQ(range("s", {.count_max = 1, .is_reversed = true}),
            fmt::format("5-0,other={}", std::string_view("\0x", 2)));
  EXPECT_EQ(*whole()->streams().size(key("s")), 3u);
  EXPECT_EQ(*whole()->keys().type(key("s")), ValueType::kStream);
  EXPECT_EQ(range("none"), "");
}

TEST_P(StreamsTest, IdsGrow) {
  const std::vector<FieldRef> fields = {{"f", "v"}};
  add("s", {7, 3});
  EXPECT_EQ(failure(whole()->streams().add(key("s"), {.id = StreamId{7, 3}}, fields)),
            stream_id_too_low().message);
  EXPECT_EQ(**whole()->streams().add(key("s"), {.id = StreamId{7, 0}, .finds_sequence = true}, fields),
            (StreamId{7, 4}));
  EXPECT_EQ(**whole()->streams().add(key("s"), {}, fields),
            (StreamId{static_cast<std::uint64_t>(now().value), 0}));
  EXPECT_EQ(**whole()->streams().add(key("s"), {}, fields),
            (StreamId{static_cast<std::uint64_t>(now().value), 1}));
  EXPECT_EQ(*whole()->streams().add(key("none"), {.creates = false}, fields), std::nullopt);
  EXPECT_FALSE(*whole()->keys().exists(key("none")));
  add("s", StreamId::last());
  EXPECT_EQ(failure(whole()->streams().add(key("s"), {}, fields)), stream_is_full().message);
  set("string", "x");
  EXPECT_EQ(failure(whole()->streams().add(key("string"), {}, fields)), wrong_type().message);
}

TEST_P(StreamsTest, RemovedEntriesAreGoneAndRemembered) {
  add_many("s", 1, 300);
  const std::vector<StreamId> ids = {{150, 0}, {299, 0}, {150, 0}, {1, 0}, {400, 0}};
  EXPECT_EQ(*whole()->streams().remove(key("s"), ids), 3u);
  const auto info = *whole()->streams().info(key("s"));
  EXPECT_EQ(info->size, 296u);
  EXPECT_EQ(info->first_id, (StreamId{2, 0}));
  EXPECT_EQ(info->last_entry_id, (StreamId{298, 0}));
  EXPECT_EQ(info->last_id, (StreamId{299, 0}));
  EXPECT_EQ(info->max_deleted_id, (StreamId{299, 0}));
  EXPECT_EQ(info->entries_added, 299u);
  EXPECT_EQ(range("s", {.first = {149, 0}, .last = {151, 0}}), "149-0,f=v 151-0,f=v");
  EXPECT_EQ(range("s", {.first = {149, 0}, .last = {151, 0}, .is_reversed = true}), "151-0,f=v 149-0,f=v");
  // A stream without entries stays.
  add("one", {1, 0});
  EXPECT_EQ(*whole()->streams().remove(key("one"), std::vector<StreamId>{{1, 0}}), 1u);
  EXPECT_TRUE(*whole()->keys().exists(key("one")));
  EXPECT_EQ(range("one"), "");
  add("one", {2, 0});
  EXPECT_EQ(range("one"), "2-0,f=v");
}

TEST_P(StreamsTest, TrimsExactlyOrByNodes) {
  const StreamNodeLimits tens{.entries_max = 10, .bytes_max = 0};
  using Kind = StreamTrim::Kind;
  const auto trim = [&](StreamTrim how) { return *whole()->streams().trim(key("s"), how); };
  add_many("s", 1, 101, tens);
  EXPECT_EQ((*whole()->streams().info(key("s")))->nodes, 10u);
  EXPECT_EQ(trim({.kind = Kind::kLength, .length = 85, .is_approximate = true}), 10u);
  EXPECT_EQ(trim({.kind = Kind::kLength, .length = 85}), 5u);
  EXPECT_EQ(trim({.kind = Kind::kBelow, .below = {40, 0}, .is_approximate = true}), 15u);
  EXPECT_EQ(trim({.kind = Kind::kBelow, .below = {40, 0}}), 9u);
  EXPECT_EQ(trim({.kind = Kind::kLength, .is_approximate = true, .removed_limit = 20}), 11u);
  EXPECT_EQ(range("s", {.count_max = 1}), "51-0,f=v");
  EXPECT_EQ(trim({.kind = Kind::kLength}), 50u);
  EXPECT_EQ(trim({.kind = Kind::kLength}), 0u);
  add("s", {500, 0}, {{"f", "v"}}, {.kind = Kind::kLength, .length = 1});
  add("s", {501, 0}, {{"f", "v"}}, {.kind = Kind::kLength, .length = 1});
  EXPECT_EQ(range("s"), "501-0,f=v");
  EXPECT_EQ((*whole()->streams().info(key("s")))->entries_added, 102u);
}

TEST_P(StreamsTest, AGroupGivesEachEntryToOneConsumer) {
  create_group("s");
  EXPECT_FALSE(*whole()->streams().create_group(key("s"), "g", {}, true));
  add_many("s", 1, 6);
  EXPECT_EQ(read("s", "a", 2), "1-0,f=v 2-0,f=v");
  EXPECT_EQ(read("s", "b", 2), "3-0,f=v 4-0,f=v");
  EXPECT_EQ(read("s", "c", 0, true), "5-0,f=v");
  EXPECT_EQ(read("s", "a"), "");
  EXPECT_EQ(pending("s"), "1-0:ax1 2-0:ax1 3-0:bx1 4-0:bx1");
  EXPECT_EQ(pending("s", {.consumer = "b"}), "3-0:bx1 4-0:bx1");
  EXPECT_EQ(*whole()->streams().acknowledge(key("s"), "g", std::vector<StreamId>{{1, 0}, {5, 0}}), 1u);
  EXPECT_EQ(*whole()->streams().acknowledge(key("s"), "none", std::vector<StreamId>{{2, 0}}), 0u);
  const auto info = **whole()->streams().group(key("s"), "g");
  EXPECT_EQ(info.pending, 3u);
  EXPECT_EQ(info.consumers, 3u);
  EXPECT_EQ(info.entries_read, 5u);
  EXPECT_EQ(info.lag, 0u);
  EXPECT_EQ(info.last_id, (StreamId{5, 0}));
  {
    const GroupHandle group = whole();
    EXPECT_EQ(text_of(*group->streams().read_pending(key("s"), "g", "b", {3, 0}, 0)), "4-0,f=v");
  }
  EXPECT_EQ(pending("s"), "2-0:ax1 3-0:bx1 4-0:bx2");
  EXPECT_EQ(*whole()->streams().remove_consumer(key("s"), "g", "b"), 2u);
  EXPECT_EQ(pending("s"), "2-0:ax1");
  EXPECT_TRUE(*whole()->streams().destroy_group(key("s"), "g"));
  EXPECT_FALSE(*whole()->streams().destroy_group(key("s"), "g"));
  EXPECT_EQ(pending("s"), no_such_group("s", "g").message);
}

TEST_P(StreamsTest, ClaimsTakeOver) {
  create_group("s");
  add_many("s", 1, 5);
  EXPECT_EQ(read("s", "a"), "1-0,f=v 2-0,f=v 3-0,f=v 4-0,f=v");
  advance_ms(100);
  EXPECT_EQ(*whole()->streams().remove(key("s"), std::vector<StreamId>{{2, 0}}), 1u);
  {
    const GroupHandle group = whole();
    const std::vector<StreamId> ids = {{1, 0}, {2, 0}, {9, 0}};
    EXPECT_EQ(text_of(*group->streams().claim(key("s"), "g", {.consumer = "b", .idle_ms_min = 50}, ids)),
              "1-0,f=v");
  }
  EXPECT_EQ(pending("s"), "1-0:bx2 3-0:ax1 4-0:ax1");
  EXPECT_EQ(pending("s", {.idle_ms_min = 50}), "3-0:ax1 4-0:ax1");
  {
    const GroupHandle group = whole();
    const StreamClaim claim{.consumer = "c", .idle_ms_min = 50, .only_ids = true};
    const auto claimed = group->streams().claim_from(key("s"), "g", claim, {}, 1);
    EXPECT_EQ(text_of(claimed->entries), "3-0");
    EXPECT_EQ(claimed->next, (StreamId{4, 0}));
  }
  EXPECT_EQ(pending("s"), "1-0:bx2 3-0:cx1 4-0:ax1");
  {
    const GroupHandle group = whole();
    const StreamClaim claim{.consumer = "d", .deliveries = 7, .creates_pending = true};
    EXPECT_EQ(text_of(*group->streams().claim(key("s"), "g", claim, std::vector<StreamId>{{4, 0}})),
              "4-0,f=v");
  }
  EXPECT_EQ(pending("s", {.consumer = "d"}), "4-0:dx7");
}

TEST_P(StreamsTest, CopyRenameAndDelete) {
  create_group("s");
  add_many("s", 1, 150);
  EXPECT_EQ(read("s", "a", 1), "1-0,f=v");
  ASSERT_TRUE(whole()->streams().copy(key("s"), key("t")).has_value());
  ASSERT_TRUE(whole()->keys().rename(key("s"), key("u")).has_value());
  EXPECT_EQ(range("t"), range("u"));
  EXPECT_EQ(pending("t"), "1-0:ax1");
  EXPECT_EQ((*whole()->streams().info(key("t")))->entries_added, 149u);
  ASSERT_TRUE(*whole()->keys().remove(key("t")));
  ASSERT_TRUE(*whole()->keys().remove(key("u")));
  EXPECT_EQ(keyspace_->stats().used_memory_bytes, 0u);
}

TEST_P(StreamsTest, ACutCarriesTheRowsThatChanged) {
  add_many("d:s", 1, 200);
  const Cut first = cut();
  ASSERT_THAT(first.objects, SizeIs(1));
  EXPECT_TRUE(first.objects[0].whole);
  EXPECT_EQ(first.objects[0].fields_set.size(), 200u);
  add("d:s", {200, 0}, {{"f", "new"}});
  const Cut second = cut();
  ASSERT_THAT(second.objects, SizeIs(1));
  EXPECT_FALSE(second.objects[0].whole);
  EXPECT_THAT(
      second.objects[0].fields_set,
      ElementsAre(Field{stream_entry_row({200, 0}), pack_fields(std::vector<FieldRef>{{"f", "new"}})},
                  Field{stream_state_row(), write_stream_value(StreamStateValue{{200, 0}, {}, 200})}));
  EXPECT_EQ(*whole()->streams().trim(key("d:s"), {.kind = StreamTrim::Kind::kLength, .length = 10}), 190u);
  const Cut third = cut();
  ASSERT_THAT(third.objects, SizeIs(1));
  std::string left;
  append_stream_id(left, {191, 0});
  EXPECT_THAT(third.objects[0].fields_set, ElementsAre(Field{stream_trimmed_row(), left}));
  EXPECT_THAT(third.objects[0].fields_removed, IsEmpty());
}

TEST_P(StreamsTest, TheApplierPutsAStreamFromRowsInAnyOrder) {
  Value value{.type = ValueType::kStream};
  const std::vector<FieldRef> fields = {{"a", "1"}};
  value.fields = {{stream_entry_row({2, 0}), pack_fields(fields)},
                  {stream_pending_row("g", {1, 0}), write_stream_value(StreamPendingValue{now(), 3, "c"})},
                  {stream_entry_row({1, 0}), pack_fields(fields)},
                  {stream_group_row("g"), write_stream_value(StreamGroupValue{{1, 0}, 1})},
                  {stream_state_row(), write_stream_value(StreamStateValue{{1, 0}, {}, 5})},
                  {"", "nonsense"},
                  {"e", "nonsense"}};
  ASSERT_TRUE(whole()->applied().put(key("d:s"), value, ObjectId(7)).has_value());
  EXPECT_EQ(range("d:s"), "1-0,a=1 2-0,a=1");
  EXPECT_EQ(pending("d:s"), "1-0:cx3");
  const auto info = *whole()->streams().info(key("d:s"));
  // The second entry is not in the state's account: SQL wrote it.
  EXPECT_EQ(info->entries_added, 6u);
  EXPECT_EQ(info->last_id, (StreamId{2, 0}));
  EXPECT_EQ((*whole()->streams().group(key("d:s"), "g"))->lag, 5u);
}

// Who waits for entries beyond an id; with a group, for the key to be gone too.
class ReadingWaiter final : public Waiter {
 public:
  ReadingWaiter(bool by_group, std::vector<std::string>& log) : by_group_(by_group), log_(log) {}

  bool waits_for_absence() const override { return by_group_; }
  Readiness readiness(Group& group, KeyRef key) override {
    const auto info = group.streams().info(key);
    const bool is_gone = !info || !*info;
    if (is_gone) return by_group_ ? Readiness::kYes : Readiness::kNo;
    return (*info)->size > 0 ? Readiness::kYes : Readiness::kNo;
  }
  void serve(Group& group, KeyRef key) override {
    const auto info = group.streams().info(key);
    log_.emplace_back(info && *info ? "read" : "gone");
  }
  void wake() override {}

 private:
  const bool by_group_;
  std::vector<std::string>& log_;
};

TEST_P(StreamsTest, AllWhoWaitAreServedOrToldThatItIsGone) {
  std::vector<std::string> log;
  const KeyRef name = key("s");
  const auto wait = [&](bool by_group) {
    return whole()->wait(std::make_shared<ReadingWaiter>(by_group, log), std::span(&name, 1));
  };
  const auto one = wait(false);
  const auto two = wait(true);
  const auto three = wait(false);
  add("s", {1, 0});
  EXPECT_THAT(log, ElementsAre("read", "read", "read"));
  log.clear();
  ASSERT_TRUE(*whole()->keys().remove(name));
  const auto four = wait(false);
  const auto five = wait(true);
  const auto six = wait(true);
  create_group("s");
  ASSERT_TRUE(whole()->keys().flush(std::nullopt).has_value());
  EXPECT_THAT(log, ElementsAre("gone", "gone"));
}

}  // namespace
}  // namespace stele::keyspace
