// The store beside the reference: the same commands, the same time, the same flushes, the same answers.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "keyspace/conformance/fixture.h"

namespace stele::keyspace {
namespace {

std::string text_of(const Error& error) {
  return "error: " + error.message;
}
template <class T>
std::string text_of(const Result<T>& result);

std::string text_of(bool value) {
  return value ? "yes" : "no";
}
std::string text_of(std::string_view value) {
  return fmt::format("'{}'", value);
}
std::string text_of(std::int64_t value) {
  return std::to_string(value);
}
std::string text_of(std::size_t value) {
  return std::to_string(value);
}
std::string text_of(double value) {
  return fmt::format("{}", value);
}
std::string text_of(ValueType type) {
  return std::string(to_string(type));
}
template <class T>
std::string text_of(const std::optional<T>& value) {
  return value ? text_of(*value) : "nothing";
}
std::string text_of(const SetReply& reply) {
  return text_of(reply.written) + " " + text_of(reply.former);
}
std::string text_of(const Keys::Expiry& expiry) {
  return text_of(expiry.exists) + (expiry.at ? " " + std::to_string(expiry.at->value) : "");
}
std::string text_of(const std::vector<FieldExpiry>& expiries) {
  std::string text;
  for (const FieldExpiry& each : expiries)
    text += text_of(each.exists) + (each.at ? " " + std::to_string(each.at->value) : "") + " ";
  return text;
}
std::string text_of(const std::vector<FieldOutcome>& outcomes) {
  std::string text;
  for (const FieldOutcome each : outcomes) text += std::to_string(static_cast<int>(each));
  return text;
}
std::string text_of(const std::vector<std::optional<std::string_view>>& values) {
  std::string text;
  for (const auto& value : values) text += text_of(value) + " ";
  return text;
}
// Of fields in any order.
std::string text_of(std::vector<FieldRef> fields) {
  std::sort(fields.begin(), fields.end());
  std::string text;
  for (const FieldRef& field : fields) text += fmt::format("{}={} ", field.name, field.value);
  return text;
}
std::string text_of(const SortedSetAdded& reply) {
  return fmt::format("{}+{}", reply.added, reply.changed);
}
// Of members in any order.
std::string text_of(std::vector<std::string_view> members) {
  std::sort(members.begin(), members.end());
  return fmt::format("{}", fmt::join(members, " "));
}
std::string text_of(std::vector<std::string> members) {
  std::sort(members.begin(), members.end());
  return fmt::format("{}", fmt::join(members, " "));
}
template <class ScoredMember>
  requires requires(ScoredMember each) { each.score; }
std::string text_of(const std::vector<ScoredMember>& members) {
  std::string text;
  for (const ScoredMember& each : members) text += fmt::format("{}={} ", each.member, each.score);
  return text;
}
template <class T>
std::string text_of(const Result<T>& result) {
  if (!result.has_value()) return text_of(result.error());
  if constexpr (std::is_void_v<T>) {
    return "done";
  } else {
    return text_of(*result);
  }
}

// Notes what happened in what order, but for the numbers of changes that other keys had between.
class Recorder final : public ChangeListener {
 public:
  void on_changes(std::span<const Change> changes) override {
    for (const Change& change : changes) {
      seen += fmt::format("{} {} {} {}; ", static_cast<int>(change.event), change.key.db.value(),
                          change.key.name, to_string(change.type));
    }
  }
  std::string seen;
};

// One command, drawn once and run on both.
struct Draw {
  int command;
  Key a;
  Key b;
  std::string field;
  std::string value;
  std::int64_t number;
  bool is_whole;
};

class Side {
 public:
  Side(std::unique_ptr<Keyspace> keyspace) : keyspace_(std::move(keyspace)) {
    keyspace_->add_listener(recorder_);
  }

  std::string run(const Draw& draw, WallMs now) {
    std::string answer;
    {
      const GroupHandle group =
          keyspace_->begin(draw.is_whole ? Scope::whole() : Scope::keys({draw.a, draw.b}));
      if (draw.command >= 30) {
        answer = sorted_sets(*group, draw);
      } else if (draw.command >= 20) {
        answer = sets(*group, draw);
      } else {
        answer = draw.command % 2 == 0 ? strings(*group, draw, now) : others(*group, draw, now);
      }
      answer += group->last_change() == ChangeSequence{} ? " quiet" : " changed";
    }
    return answer + " | " + std::exchange(recorder_.seen, {});
  }

  Keyspace& keyspace() { return *keyspace_; }

  // Every key with its value and expiry.
  std::string everything() {
    std::map<std::pair<int, std::string>, std::string> values;
    const GroupHandle group = keyspace_->begin(Scope::whole());
    for (int db = 0; db < 2; ++db) {
      const DatabaseNumber number(static_cast<std::uint16_t>(db));
      const ScanPage page = *group->keys().scan(number, 0, {.count = 1000000});
      EXPECT_EQ(page.cursor, 0u);
      for (const std::string& name : page.names) {
        const KeyRef key{number, name};
        const ValueType type = *group->keys().type(key);
        std::string value = text_of(group->keys().expiry(key)) + " ";
        if (type == ValueType::kString) value += text_of(group->strings().get(key));
        if (type == ValueType::kHash) value += text_of_hash(*group, key);
        if (type == ValueType::kSet) value += text_of(group->sets().members(key));
        if (type == ValueType::kSortedSet) {
          value += text_of(group->sorted_sets().range(key, RankRange{}, {}));
        }
        EXPECT_TRUE(values.emplace(std::pair(db, name), value).second) << name;
      }
    }
    std::string text;
    for (const auto& [key, value] : values) text += fmt::format("{}:{} {}\n", key.first, key.second, value);
    return text;
  }

  static std::string text_of_hash(Group& group, KeyRef key) {
    std::string text = text_of(group.hashes().get_all(key));
    std::vector<std::string> names;
    for (const FieldRef& field : *group.hashes().get_all(key)) names.emplace_back(field.name);
    std::sort(names.begin(), names.end());
    return text +
           text_of(group.hashes().expiries(key, std::vector<std::string_view>(names.begin(), names.end())));
  }

  // The cut in words: ids differ, what they stand for does not.
  std::string cut(bool fails) {
    Cut cut = *keyspace_->take_cut();
    std::multiset<std::string> objects;
    std::map<std::uint32_t, std::set<std::string>> bundles;
    for (const DirtyObject& object : cut.objects) {
      if (!object.removed) names_[object.id] = fmt::format("{}:{}", object.key.db.value(), object.key.name);
      if (object.bundle != 0) bundles[object.bundle].insert(names_[object.id]);
    }
    for (const auto& [number, names] : bundles) objects.insert(fmt::format("{}", fmt::join(names, " ")));
    for (DirtyObject& object : cut.objects) {
      std::sort(object.fields_set.begin(), object.fields_set.end());
      std::sort(object.fields_removed.begin(), object.fields_removed.end());
      std::string text = fmt::format("{} {} {}:{} {} {} {} {} '{}'", object.removed, object.whole,
                                     object.key.db.value(), object.key.name, to_string(object.type),
                                     object.expires_at ? object.expires_at->value : -1, object.value_changed,
                                     object.string_from, object.string);
      for (const Field& field : object.fields_set) {
        text += fmt::format(" {}={}", field.name, field.value);
        if (field.expires_at) text += fmt::format(" until {}", field.expires_at->value);
      }
      for (const std::string& name : object.fields_removed) text += " -" + name;
      objects.insert(std::move(text));
    }
    if (fails) {
      keyspace_->flush_failed(cut);
    } else {
      keyspace_->flush_committed(cut);
      for (const DirtyObject& object : cut.objects) {
        const auto outcome = keyspace_->begin(Scope::none())->applied().echo(object.id, object.generation);
        EXPECT_EQ(outcome, EchoOutcome::kSettled);
        if (!object.removed) ids_.insert_or_assign(object.key, object.id);
      }
    }
    return fmt::format("{}", fmt::join(objects, "\n"));
  }

 private:
  std::string strings(Group& group, const Draw& draw, WallMs now) {
    Strings& strings = group.strings();
    const std::vector<Strings::Pair> pairs = {{draw.a, draw.value}, {draw.b, draw.field}};
    SetOptions options;
    switch (draw.command) {
      case 0:
        options.condition = static_cast<SetOptions::Condition>(draw.number % 3);
        options.want_former = draw.number % 5 == 0;
        if (draw.number % 7 == 0) options.expiry = ExpiryChange::keep();
        if (draw.number % 7 == 1) options.expiry = ExpiryChange::until({now.value + draw.number - 5});
        return text_of(strings.set(draw.a, draw.value, options));
      case 2:
        return text_of(strings.get(draw.a));
      case 4:
        if (draw.number % 2 != 0) return text_of(strings.append(draw.a, draw.value));
        return text_of(strings.overwrite(draw.a, static_cast<std::size_t>(std::abs(draw.number) % 3000),
                                         draw.value, ChangeEvent::kSetRange));
      case 6:
        return text_of(strings.increment_by(draw.a, draw.number));
      case 8:
        return text_of(strings.increment_by_float(draw.a, static_cast<long double>(draw.number) / 4));
      case 10:
        return draw.number % 3 == 0 ? text_of(strings.set_many_if_absent(pairs))
                                    : text_of(strings.set_many(pairs));
      case 12:
        return text_of(strings.get_delete(draw.a));
      case 14:
        return text_of(strings.get_expire(draw.a, ExpiryChange::until({now.value + draw.number})));
      case 16:
        return text_of(strings.get_many(std::vector<KeyRef>{draw.b, draw.a})) +
               text_of(strings.length(draw.a));
      default:
        return text_of(group.keys().rename(draw.a, draw.b));
    }
  }

  std::string others(Group& group, const Draw& draw, WallMs now) {
    Hashes& hashes = group.hashes();
    Keys& keys = group.keys();
    const std::string other = draw.value.substr(0, 5);
    const std::vector<FieldRef> fields = {{draw.field, draw.value}, {other, draw.field}};
    const std::vector<std::string_view> names = {draw.field, "none", draw.field};
    switch (draw.command) {
      case 1:
        if (draw.number % 5 == 0)
          return text_of(hashes.set(draw.a, fields, ExpiryChange::until({now.value + draw.number - 5})));
        if (draw.number % 5 == 1) return text_of(hashes.set(draw.a, fields, ExpiryChange::keep()));
        return text_of(hashes.set(draw.a, fields));
      case 3:
        return text_of(hashes.remove(draw.a, names)) + text_of(hashes.size(draw.a));
      case 5:
        return text_of(hashes.get_all(draw.a)) + text_of(hashes.get_many(draw.a, names));
      case 7:
        return text_of(hashes.increment_by(draw.a, draw.field, draw.number));
      case 9:
        return text_of(keys.remove(draw.a)) + text_of(keys.type(draw.b));
      case 11:
        if (draw.number % 2 == 0) {
          return text_of(hashes.expire(draw.a, names, {now.value + 2 * draw.number - 3},
                                       static_cast<ExpireCondition>(draw.number % 5)));
        }
        return text_of(keys.expire(draw.a, {now.value + draw.number - 3},
                                   static_cast<ExpireCondition>(draw.number % 5)));
      case 13:
        if (draw.number % 3 == 0)
          return text_of(hashes.persist(draw.a, names)) + text_of(hashes.expiries(draw.b, names));
        return text_of(keys.persist(draw.a)) + text_of(keys.expiry(draw.b));
      case 15:
        return text_of(keys.rename_if_absent(draw.a, draw.b));
      case 17:
        if (!draw.is_whole || draw.number % 20 != 0)
          return text_of(hashes.set_if_absent(draw.a, draw.field, draw.value));
        return text_of(keys.flush(draw.a.db));
      default:
        return apply(group, draw);
    }
  }

  // Some members, of which few or many are there: integers or names.
  static std::vector<std::string> some(const Draw& draw) {
    std::vector<std::string> members;
    const std::int64_t count = draw.number % 8 == 0 ? draw.number * 4 : 1 + draw.number % 3;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t n = (draw.number * 31 + i * 17) % 900;
      members.push_back(draw.value.size() % 3 == 0 ? draw.field + std::to_string(n) : std::to_string(n * n));
    }
    return members;
  }

  std::string sets(Group& group, const Draw& draw) {
    Sets& sets = group.sets();
    const std::vector<std::string> members = some(draw);
    const std::vector<std::string_view> names(members.begin(), members.end());
    const std::vector<KeyRef> keys = {draw.a, draw.b};
    const auto operation = static_cast<SetOperation>(draw.number % 3);
    switch (draw.command) {
      case 20:
        return text_of(sets.remove(draw.a, names)) + text_of(sets.size(draw.a));
      case 21: {
        const auto each = sets.contains_each(draw.a, names);
        return text_of(sets.members(draw.b)) +
               (each ? fmt::format("{}", fmt::join(*each, "")) : failure(each));
      }
      case 22:
        return text_of(sets.move(draw.a, draw.b, names.empty() ? "" : names[0]));
      case 23:
        return text_of(sets.combine(operation, keys, 0));
      case 24: {
        auto found = sets.combine(operation, keys, 0);
        if (!found) return failure(found);
        std::sort(found->begin(), found->end());
        return text_of(sets.replace(draw.b, *found, ChangeEvent::kSetUnionStore));
      }
      case 25: {
        // Which ones is chance, unless it is all.
        const auto taken = sets.pop(draw.a, draw.number % 5 == 0 ? 100000 : 0);
        return text_of(taken);
      }
      default:
        return text_of(sets.add(draw.a, names));
    }
  }

  std::string sorted_sets(Group& group, const Draw& draw) {
    SortedSets& sets = group.sorted_sets();
    const std::vector<std::string> members = some(draw);
    const std::vector<std::string_view> names(members.begin(), members.end());
    std::vector<ScoredRef> scored;
    for (std::size_t i = 0; i < names.size(); ++i) {
      scored.push_back(
          {names[i], static_cast<double>((draw.number * 7 + static_cast<std::int64_t>(i) * 3) % 50)});
    }
    const std::vector<KeyRef> keys = {draw.a, draw.b};
    const ScoreRange by_score{{static_cast<double>(draw.number % 20), draw.number % 3 == 0},
                              {static_cast<double>(draw.number), draw.number % 5 == 0}};
    const RankRange by_rank{draw.number - 10, draw.number};
    const SortedRange range = draw.number % 2 == 0 ? SortedRange(by_score) : SortedRange(by_rank);
    const RangeOrder order{draw.number % 4 < 2, static_cast<std::size_t>(draw.number % 3), 20};
    switch (draw.command) {
      case 30:
        return text_of(sets.remove(draw.a, names)) + text_of(sets.size(draw.a));
      case 31:
        return text_of(sets.range(draw.a, range, order)) + text_of(sets.count(draw.a, range));
      case 32:
        return text_of(sets.remove_range(draw.a, range));
      case 33:
        return text_of(sets.pop(draw.a, draw.number % 2 == 0, static_cast<std::size_t>(draw.number % 4)));
      case 34: {
        ScoreCombination combination{static_cast<SetOperation>(draw.number % 3), {1, 2}};
        const auto found = sets.combine(keys, combination, 0);
        if (!found || draw.number % 4 != 0) return text_of(found);
        return text_of(sets.replace(draw.b, *found, ChangeEvent::kSortedSetUnionStore));
      }
      case 35:
        return text_of(sets.increment(draw.a, draw.field, static_cast<double>(draw.number - 20), {}));
      case 36:
        return names.empty() ? "" : text_of(sets.rank(draw.a, names[0], draw.number % 2 == 0));
      default: {
        ScoreCondition condition;
        condition.only_new = draw.number % 7 == 0;
        condition.only_greater = draw.number % 7 == 1;
        condition.only_less = draw.number % 7 == 2;
        condition.only_present = draw.number % 11 == 0 && !condition.only_new;
        return text_of(sets.add(draw.a, scored, condition));
      }
    }
  }

  // What SQL did to the row of a key: to one that a flush has written.
  std::string apply(Group& group, const Draw& draw) {
    const auto known = ids_.find(draw.a);
    if (known == ids_.end() || !draw.is_whole) return "unknown";
    const ObjectId id = known->second;
    if (draw.number % 3 == 0) return text_of(group.applied().remove(id));
    Value value{.type = ValueType::kString, .string = draw.value};
    if (draw.number % 3 == 1) value = {.type = ValueType::kHash, .fields = {{draw.field, draw.value}}};
    if (draw.number % 12 == 2) value = {.type = ValueType::kSet, .fields = {{draw.field, ""}, {"7", ""}}};
    if (draw.number % 12 == 5) {
      value = {.type = ValueType::kSortedSet,
               .fields = {{draw.field, score_bytes(1)}, {"7", score_bytes(-1)}}};
    }
    const Key& to = draw.number % 4 == 0 ? draw.b : draw.a;
    if (!is_written_behind(group.class_of(to))) return "cache";
    return text_of(group.applied().put(to, value, id));
  }

  std::unique_ptr<Keyspace> keyspace_;
  Recorder recorder_;
  std::map<Key, ObjectId> ids_;
  std::map<ObjectId, std::string> names_;
};

class DifferentialTest : public testing::TestWithParam<unsigned> {
 protected:
  DifferentialTest() : random_(GetParam()) {}

  int pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  Key name() {
    const DatabaseNumber db(static_cast<std::uint16_t>(pick(8) == 0 ? 1 : 0));
    return {db, std::string(pick(3) == 0 ? "d:" : "c") + std::to_string(pick(20))};
  }
  std::string value() {
    switch (pick(8)) {
      case 0:
        return std::to_string(pick(1000));
      case 1:
        return std::string(static_cast<std::size_t>(pick(5000)), static_cast<char>('a' + pick(26)));
      case 2:
        return "";
      default:
        return std::string(static_cast<std::size_t>(pick(100)), static_cast<char>('a' + pick(26)));
    }
  }
  // Sets and sorted sets have names of their own, mostly: else they would not grow.
  Key name_for(int command) {
    if (command < 20 || pick(8) == 0) return name();
    return {kDb, fmt::format("{}{}{}", pick(2) == 0 ? "d:" : "c", command >= 30 ? "z" : "s", pick(3))};
  }
  Draw draw() {
    const int command = pick(40);
    return {.command = command,
            .a = name_for(command),
            .b = name_for(command),
            .field = "f" + std::to_string(pick(200)),
            .value = value(),
            .number = pick(40),
            .is_whole = pick(3) == 0};
  }
  static KeyClasses classes() { return {KeyClass::kCache, {{"d:", KeyClass::kDurable}}}; }

  ManualClock clock_;
  std::mt19937 random_;
};

TEST_P(DifferentialTest, TheStoreAnswersAsTheReference) {
  ReferenceOptions reference_options;
  reference_options.classes = classes();
  StoreOptions store_options;
  store_options.classes = classes();
  Side reference(make_reference_keyspace(clock_, std::move(reference_options)));
  Side store(make_store_keyspace(clock_, std::move(store_options)));
  for (int step = 0; step < 2500; ++step) {
    const WallMs now{
        std::chrono::duration_cast<std::chrono::milliseconds>(clock_.wall().time_since_epoch()).count()};
    const Draw drawn = draw();
    ASSERT_EQ(store.run(drawn, now), reference.run(drawn, now))
        << "step " << step << " command " << drawn.command;
    clock_.advance(std::chrono::milliseconds(pick(3)));
    if (pick(40) == 0) {
      // Both find all that are dead, in an order of their own.
      ASSERT_EQ(store.keyspace().expire_some(1000), reference.keyspace().expire_some(1000)) << step;
      store.run({.command = 2, .a = name(), .b = name()}, now);
      reference.run({.command = 2, .a = name(), .b = name()}, now);
    }
    if (pick(50) == 0) {
      const bool fails = pick(3) == 0;
      ASSERT_EQ(store.cut(fails), reference.cut(fails)) << step;
    }
    if (step % 250 != 0) continue;
    ASSERT_EQ(store.everything(), reference.everything()) << step;
    const KeyspaceStats a = store.keyspace().stats();
    const KeyspaceStats b = reference.keyspace().stats();
    ASSERT_EQ(a.keys, b.keys) << step;
    ASSERT_EQ(a.keys_with_expiry, b.keys_with_expiry) << step;
    ASSERT_EQ(a.dirty_objects, b.dirty_objects) << step;
    ASSERT_EQ(a.dirty_bytes, b.dirty_bytes) << step;
    ASSERT_EQ(a.expired, b.expired) << step;
    ASSERT_EQ(a.overridden, b.overridden) << step;
    ASSERT_EQ(a.last_change, b.last_change) << step;
  }
  // Nothing is lost in the account of memory.
  (void)store.keyspace().begin(Scope::whole())->keys().flush(std::nullopt);
  EXPECT_EQ(store.keyspace().stats().used_memory_bytes, 0u);
}

INSTANTIATE_TEST_SUITE_P(Keyspace, DifferentialTest, testing::Range(1U, 4U));

}  // namespace
}  // namespace stele::keyspace
