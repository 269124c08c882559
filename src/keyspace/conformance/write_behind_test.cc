#include <map>
#include <random>

#include "keyspace/conformance/fixture.h"

namespace stele::keyspace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

// The tables of redis.*, as a flusher would keep them: to hold cuts against what the keyspace says.
class Tables {
 public:
  void write(const Cut& cut) {
    for (const DirtyObject& object : cut.objects) {
      if (object.removed) {
        rows_.erase(object.id);
        continue;
      }
      if (object.whole) rows_[object.id] = {};
      ASSERT_TRUE(rows_.contains(object.id));
      Row& row = rows_[object.id];
      row.name = object.key.name;
      row.value.type = object.type;
      row.value.expires_at = object.expires_at;
      if (object.value_changed)
        row.value.string = row.value.string.substr(0, object.string_from) + object.string;
      for (const Field& field : object.fields_set) row.fields[field.name] = field.value;
      for (const std::string& name : object.fields_removed) row.fields.erase(name);
    }
  }
  std::map<std::string, Value> by_name() const {
    std::map<std::string, Value> values;
    for (const auto& [id, row] : rows_) {
      Value value = row.value;
      for (const auto& [name, text] : row.fields) value.fields.push_back({name, text});
      EXPECT_TRUE(values.emplace(row.name, value).second) << row.name;
    }
    return values;
  }

 private:
  struct Row {
    std::string name;
    Value value;
    std::map<std::string, std::string> fields;
  };
  std::map<ObjectId, Row> rows_;
};

class WriteBehindTest : public KeyspaceTest {
 protected:
  // A cut, written to the tables, with its echoes back.
  Cut flush() {
    Cut taken = cut();
    tables_.write(taken);
    keyspace_->flush_committed(taken);
    for (const DirtyObject& object : taken.objects) {
      EXPECT_EQ(keyspace_->begin(Scope::none())->applied().echo(object.id, object.generation),
                EchoOutcome::kSettled);
    }
    return taken;
  }
  std::map<std::string, Value> keyspace_values() {
    std::map<std::string, Value> values;
    const GroupHandle group = whole();
    const ScanPage page = *group->keys().scan(kDb, 0, {.count = 1000000});
    for (const std::string& name : page.names) {
      if (!is_written_behind(group->class_of(key(name)))) continue;
      Value value;
      value.type = *group->keys().type(key(name));
      value.expires_at = group->keys().expiry(key(name))->at;
      if (value.type == ValueType::kString) value.string = **group->strings().get(key(name));
      if (value.type == ValueType::kHash) {
        for (const FieldRef& field : *group->hashes().get_all(key(name))) {
          value.fields.push_back({std::string(field.name), std::string(field.value)});
        }
        std::sort(value.fields.begin(), value.fields.end());
      }
      values.emplace(name, std::move(value));
    }
    return values;
  }

  Tables tables_;
};

TEST_P(WriteBehindTest, OnlyTheDurableClassesAreFlushed) {
  set("cache", "1");
  set("d:cache:x", "1");
  EXPECT_THAT(cut().objects, IsEmpty());
  set("d:a", "1");
  set("s:b", "2");
  EXPECT_EQ(keyspace_->stats().dirty_objects, 2u);
  EXPECT_GE(keyspace_->stats().dirty_bytes, 2u);
  EXPECT_THAT(flush().objects, SizeIs(2));
  EXPECT_EQ(keyspace_->stats().dirty_objects, 0u);
  EXPECT_EQ(keyspace_->stats().dirty_bytes, 0u);
  EXPECT_THAT(cut().objects, IsEmpty());
}

TEST_P(WriteBehindTest, ACutHasWhatChangedAndNoMore) {
  set("d:s", "abc");
  set_fields("d:h", {{"a", "1"}, {"b", "2"}});
  const Cut first = flush();
  EXPECT_TRUE(first.objects[0].whole);
  {
    const GroupHandle group = whole();
    ASSERT_TRUE(group->strings().append(key("d:s"), "de").has_value());
    ASSERT_TRUE(group->hashes().set(key("d:h"), std::vector<FieldRef>{{"c", "3"}}).has_value());
    ASSERT_TRUE(group->hashes().remove(key("d:h"), std::vector<std::string_view>{"a"}).has_value());
  }
  const Cut second = flush();
  ASSERT_THAT(second.objects, SizeIs(2));
  for (const DirtyObject& object : second.objects) {
    EXPECT_FALSE(object.whole);
    if (object.type == ValueType::kString) {
      EXPECT_EQ(object.string_from, 3u);
      EXPECT_EQ(object.string, "de");
    } else {
      EXPECT_THAT(object.fields_set, ElementsAre(Field{"c", "3"}));
      EXPECT_THAT(object.fields_removed, ElementsAre("a"));
    }
  }
  EXPECT_EQ(tables_.by_name(), keyspace_values());
}

TEST_P(WriteBehindTest, RenameAndExpireTouchOneRow) {
  set("d:a", std::string(1000, 'x'));
  const ObjectId id = flush().objects.at(0).id;
  ASSERT_TRUE(whole()->keys().rename(key("d:a"), key("d:b")).has_value());
  ASSERT_TRUE(whole()->keys().expire(key("d:b"), in_ms(5000), ExpireCondition::kAlways).has_value());
  const Cut renamed = flush();
  ASSERT_THAT(renamed.objects, SizeIs(1));
  EXPECT_EQ(renamed.objects[0].id, id);
  EXPECT_EQ(renamed.objects[0].key.name, "d:b");
  EXPECT_EQ(renamed.objects[0].expires_at, in_ms(5000));
  EXPECT_FALSE(renamed.objects[0].whole);
  EXPECT_FALSE(renamed.objects[0].value_changed);
  EXPECT_EQ(tables_.by_name(), keyspace_values());
}

TEST_P(WriteBehindTest, WhatCameAndWentBetweenTwoCutsIsNeverWritten) {
  set("d:a", "1");
  ASSERT_TRUE(whole()->keys().remove(key("d:a")).has_value());
  EXPECT_THAT(cut().objects, IsEmpty());
  EXPECT_EQ(keyspace_->stats().dirty_objects, 0u);
  EXPECT_EQ(keyspace_->stats().dirty_bytes, 0u);
}

TEST_P(WriteBehindTest, RemovalExpiryAndReplacementByAnotherType) {
  set("d:removed", "1");
  set_until("d:dead", "1", in_ms(10));
  set("d:retyped", "1");
  flush();
  ASSERT_TRUE(whole()->keys().remove(key("d:removed")).has_value());
  advance_ms(10);
  EXPECT_EQ(keyspace_->expire_some(10), 1u);
  ASSERT_TRUE(whole()->keys().remove(key("d:retyped")).has_value());
  set_fields("d:retyped", {{"f", "v"}});
  const Cut taken = flush();
  EXPECT_THAT(taken.objects, SizeIs(4));
  EXPECT_TRUE(taken.objects[0].removed && taken.objects[1].removed && taken.objects[2].removed);
  EXPECT_FALSE(taken.objects[3].removed);
  EXPECT_EQ(tables_.by_name(), keyspace_values());
}

TEST_P(WriteBehindTest, RenamesBetweenClasses) {
  set("cache", "1");
  set("d:b", "2");
  flush();
  ASSERT_TRUE(whole()->keys().rename(key("cache"), key("d:a")).has_value());
  ASSERT_TRUE(whole()->keys().rename(key("d:b"), key("other")).has_value());
  flush();
  EXPECT_EQ(tables_.by_name(), keyspace_values());
  ASSERT_TRUE(whole()->keys().rename(key("other"), key("d:b")).has_value());
  flush();
  EXPECT_EQ(tables_.by_name(), keyspace_values());
  EXPECT_EQ(get("d:b"), "2");
}

TEST_P(WriteBehindTest, AFailedFlushIsJoinedToTheNext) {
  set("d:a", "abc");
  set("d:gone", "1");
  set_fields("d:h", {{"a", "1"}, {"b", "2"}});
  flush();
  ASSERT_TRUE(whole()->strings().append(key("d:a"), "d").has_value());
  ASSERT_TRUE(whole()->hashes().remove(key("d:h"), std::vector<std::string_view>{"a"}).has_value());
  set("d:new", "1");
  ASSERT_TRUE(whole()->keys().remove(key("d:gone")).has_value());
  Cut failed = cut();
  ASSERT_TRUE(whole()->strings().append(key("d:a"), "e").has_value());
  ASSERT_TRUE(whole()->strings().append(key("d:new"), "2").has_value());
  keyspace_->flush_failed(std::move(failed));
  EXPECT_GT(keyspace_->stats().dirty_bytes, 0u);
  flush();
  EXPECT_EQ(tables_.by_name(), keyspace_values());
  EXPECT_EQ(keyspace_->stats().dirty_objects, 0u);
}

TEST_P(WriteBehindTest, APartOfACutCanBeGivenBack) {
  set("d:a", "1");
  set("d:refused", "2");
  Cut taken = cut();
  ASSERT_THAT(taken.objects, SizeIs(2));
  Cut refused{.sequence = taken.sequence, .objects = {taken.objects.back()}};
  taken.objects.pop_back();
  tables_.write(taken);
  keyspace_->flush_committed(taken);
  keyspace_->flush_failed(refused);
  EXPECT_EQ(keyspace_->begin(Scope::none())->applied().echo(taken.objects[0].id, taken.objects[0].generation),
            EchoOutcome::kSettled);
  EXPECT_THAT(flush().objects, SizeIs(1));
  EXPECT_EQ(tables_.by_name(), keyspace_values());
  EXPECT_EQ(keyspace_->stats().dirty_objects, 0u);
}

TEST_P(WriteBehindTest, AnEchoSettlesOnlyItsOwnGeneration) {
  set("d:a", "1");
  const Cut first = cut();
  set("d:a", "2");
  EXPECT_EQ(whole()->applied().echo(first.objects[0].id, first.objects[0].generation),
            EchoOutcome::kSuperseded);
  EXPECT_EQ(keyspace_->stats().dirty_objects, 1u);
  const Cut second = cut();
  ASSERT_THAT(second.objects, SizeIs(1));
  EXPECT_EQ(second.objects[0].string, "2");
  EXPECT_EQ(whole()->applied().echo(second.objects[0].id, second.objects[0].generation),
            EchoOutcome::kSettled);
  EXPECT_EQ(keyspace_->stats().dirty_objects, 0u);
}

// Local write 1, SQL commits 2, our flush writes 1: the stream brings 2, then our echo.
TEST_P(WriteBehindTest, AForeignChangeBetweenCutAndEchoMakesTheEchoApply) {
  set("d:a", "1");
  const Cut taken = cut();
  const ObjectId id = taken.objects[0].id;
  ASSERT_TRUE(
      whole()->applied().put(key("d:a"), {.type = ValueType::kString, .string = "2"}, id).has_value());
  EXPECT_EQ(get("d:a"), "2");
  EXPECT_EQ(keyspace_->stats().overridden, 0u);
  EXPECT_EQ(whole()->applied().echo(id, taken.objects[0].generation), EchoOutcome::kApply);
  ASSERT_TRUE(
      whole()->applied().put(key("d:a"), {.type = ValueType::kString, .string = "1"}, id).has_value());
  EXPECT_EQ(get("d:a"), "1");
  EXPECT_EQ(keyspace_->stats().dirty_objects, 0u);
}

TEST_P(WriteBehindTest, AfterADivergenceTheWholeObjectIsWritten) {
  set("d:a", "1");
  const Cut taken = cut();
  const ObjectId id = taken.objects[0].id;
  tables_.write(taken);
  ASSERT_TRUE(
      whole()->applied().put(key("d:a"), {.type = ValueType::kString, .string = "foreign"}, id).has_value());
  ASSERT_TRUE(whole()->strings().append(key("d:a"), "+").has_value());
  EXPECT_EQ(whole()->applied().echo(id, taken.objects[0].generation), EchoOutcome::kSuperseded);
  const Cut second = flush();
  EXPECT_TRUE(second.objects.at(0).whole);
  EXPECT_EQ(second.objects[0].string, "foreign+");
  EXPECT_EQ(tables_.by_name(), keyspace_values());
}

TEST_P(WriteBehindTest, AForeignChangeBeatsWhatIsNotFlushedAndIsCounted) {
  set("d:a", "1");
  const ObjectId id = flush().objects.at(0).id;
  set("d:a", "local");
  ASSERT_TRUE(
      whole()->applied().put(key("d:a"), {.type = ValueType::kString, .string = "sql"}, id).has_value());
  EXPECT_EQ(get("d:a"), "sql");
  EXPECT_EQ(keyspace_->stats().overridden, 1u);
  EXPECT_THAT(cut().objects, IsEmpty());
  set("d:a", "local");
  EXPECT_TRUE(*whole()->applied().remove(key("d:a")));
  EXPECT_FALSE(*whole()->applied().remove(key("d:a")));
  EXPECT_EQ(get("d:a"), "(nil)");
  EXPECT_EQ(keyspace_->stats().overridden, 2u);
  EXPECT_THAT(cut().objects, IsEmpty());
}

TEST_P(WriteBehindTest, ARenameBySqlMovesTheKey) {
  set("d:a", "1");
  const ObjectId id = flush().objects.at(0).id;
  ASSERT_TRUE(
      whole()->applied().put(key("d:b"), {.type = ValueType::kString, .string = "1"}, id).has_value());
  EXPECT_EQ(get("d:a"), "(nil)");
  EXPECT_EQ(get("d:b"), "1");
  set("d:a", "new");
  const Cut taken = cut();
  ASSERT_THAT(taken.objects, SizeIs(1));
  EXPECT_NE(taken.objects[0].id, id);
}

TEST_P(WriteBehindTest, ARowRemovedBySqlTakesItsObjectAndNoOther) {
  set("d:a", "1");
  const ObjectId id = flush().objects.at(0).id;
  ASSERT_TRUE(whole()->keys().rename(key("d:a"), key("d:b")).has_value());
  set("d:a", "another");
  EXPECT_TRUE(*whole()->applied().remove(id));
  EXPECT_FALSE(*whole()->applied().remove(id));
  EXPECT_EQ(get("d:b"), "(nil)");
  EXPECT_EQ(get("d:a"), "another");
}

TEST_P(WriteBehindTest, RandomCommandsAndFailingFlushesKeepTablesAndKeyspaceEqual) {
  std::mt19937 random(7);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const auto name = [&] {
    return std::string(pick(4) == 0 ? "c:" : "d:") + static_cast<char>('a' + pick(4));
  };
  for (int step = 0; step < 3000; ++step) {
    const std::string a = name();
    const std::string b = name();
    const std::string field(1, static_cast<char>('p' + pick(3)));
    {
      const GroupHandle group = whole();
      switch (pick(8)) {
        case 0:
          (void)group->strings().set(key(a), std::to_string(step), {});
          break;
        case 1:
          (void)group->strings().append(key(a), field);
          break;
        case 2:
          (void)group->hashes().set(key(a), std::vector<FieldRef>{{field, b}});
          break;
        case 3:
          (void)group->hashes().remove(key(a), std::vector<std::string_view>{field});
          break;
        case 4:
          (void)group->keys().remove(key(a));
          break;
        case 5:
          (void)group->keys().rename(key(a), key(b));
          break;
        case 6:
          (void)group->keys().expire(key(a), in_ms(1 + pick(20)), ExpireCondition::kAlways);
          break;
        default:
          (void)group->hashes().increment_by(key(a), field, 1);
          break;
      }
    }
    advance_ms(pick(2));
    if (pick(5) > 0) continue;
    if (pick(3) == 0) {
      keyspace_->flush_failed(cut());
      continue;
    }
    keyspace_->expire_some(100);
    flush();
    ASSERT_EQ(tables_.by_name(), keyspace_values()) << step;
  }
}

class MappedTest : public KeyspaceTest {};

TEST_P(MappedTest, RowsAreReadAsHashesAndWrittenByTheApplierOnly) {
  Value row{.type = ValueType::kHash, .fields = {{"id", "7"}, {"name", "stele"}}, .expires_at = in_ms(5)};
  ASSERT_TRUE(whole()->applied().put(key("m:7"), row, std::nullopt).has_value());
  advance_ms(10);
  EXPECT_THAT(fields("m:7"), UnorderedElementsAre(Field{"id", "7"}, Field{"name", "stele"}));
  EXPECT_EQ(expiry("m:7").at, std::nullopt);
  const GroupHandle group = whole();
  EXPECT_EQ(group->class_of(key("m:7")), KeyClass::kMapped);
  const std::string refused = read_only("m:7").message;
  EXPECT_EQ(failure(group->strings().set(key("m:7"), "x", {})), refused);
  EXPECT_EQ(failure(group->strings().append(key("m:7"), "x")), refused);
  EXPECT_EQ(failure(group->hashes().set(key("m:7"), std::vector<FieldRef>{{"f", "v"}})), refused);
  EXPECT_EQ(failure(group->hashes().remove(key("m:7"), std::vector<std::string_view>{"id"})), refused);
  EXPECT_EQ(failure(group->keys().remove(key("m:7"))), refused);
  EXPECT_EQ(failure(group->keys().expire(key("m:7"), in_ms(1), ExpireCondition::kAlways)), refused);
  EXPECT_EQ(failure(group->keys().persist(key("m:7"))), refused);
  EXPECT_EQ(failure(group->keys().rename(key("m:7"), key("x"))), refused);
  EXPECT_EQ(failure(group->keys().rename(key("x"), key("m:7"))), refused);
  EXPECT_EQ(group->last_change(), ChangeSequence{});
  EXPECT_TRUE(*group->applied().remove(key("m:7")));
  EXPECT_FALSE(*group->keys().exists(key("m:7")));
}

TEST_P(MappedTest, ARowReplacesTheFormerOneWhole) {
  ASSERT_TRUE(
      whole()
          ->applied()
          .put(key("m:7"), {.type = ValueType::kHash, .fields = {{"a", "1"}, {"b", "2"}}}, std::nullopt)
          .has_value());
  ASSERT_TRUE(whole()
                  ->applied()
                  .put(key("m:7"), {.type = ValueType::kHash, .fields = {{"a", "3"}}}, std::nullopt)
                  .has_value());
  EXPECT_THAT(fields("m:7"), ElementsAre(Field{"a", "3"}));
}

TEST_P(MappedTest, TheApplierWritesBeyondTheMemoryLimit) {
  keyspace_->set_max_memory(1);
  ASSERT_TRUE(whole()
                  ->applied()
                  .put(key("m:7"), {.type = ValueType::kHash, .fields = {{"a", "1"}}}, std::nullopt)
                  .has_value());
  EXPECT_TRUE(keyspace_->is_full());
  EXPECT_THAT(fields("m:7"), ElementsAre(Field{"a", "1"}));
}

TEST_P(MappedTest, AHashWithoutFieldsIsRefused) {
  EXPECT_FALSE(whole()->applied().put(key("m:7"), {.type = ValueType::kHash}, std::nullopt).has_value());
}

INSTANTIATE_TEST_SUITE_P(Keyspace, WriteBehindTest, testing::ValuesIn(implementations()),
                         implementation_name);
INSTANTIATE_TEST_SUITE_P(Keyspace, MappedTest, testing::ValuesIn(implementations()), implementation_name);

}  // namespace
}  // namespace stele::keyspace
