// The store's lists beside the reference's: the same commands, the same answers, and a PostgreSQL that gets
// their cuts has the same rows in the same order.
#include <fmt/format.h>

#include <map>
#include <random>

#include "keyspace/conformance/fixture.h"

namespace stele::keyspace {
namespace {

struct Draw {
  int command;
  Key a;
  Key b;
  std::string value;
  std::string other;
  std::int64_t number;
  std::int64_t second;
};

std::string text_of(const Result<std::optional<std::string_view>>& value) {
  if (!value.has_value()) return value.error().message;
  return *value ? fmt::format("'{}'", **value) : "nothing";
}

template <class T>
std::string text_of_all(const Result<std::vector<T>>& values) {
  return values.has_value() ? fmt::format("{}", fmt::join(*values, ",")) : values.error().message;
}

class Side {
 public:
  explicit Side(std::unique_ptr<Keyspace> keyspace) : keyspace_(std::move(keyspace)) {}

  Keyspace& keyspace() { return *keyspace_; }

  std::string run(const Draw& draw) {
    const GroupHandle group = keyspace_->begin(Scope::keys({draw.a, draw.b}));
    return draw.command < 9 ? ends(*group, draw) : inside(*group, draw);
  }

  // What PostgreSQL has after the cut.
  void flush(bool fails) {
    Cut cut = *keyspace_->take_cut();
    if (fails) return keyspace_->flush_failed(std::move(cut));
    for (const DirtyObject& object : cut.objects) write(object);
    keyspace_->flush_committed(cut);
    for (const DirtyObject& object : cut.objects)
      EXPECT_EQ(keyspace_->begin(Scope::none())->applied().echo(object.id, object.generation),
                EchoOutcome::kSettled);
  }

  // The rows of all keys, in order.
  std::map<Key, std::string> rows() const {
    std::map<Key, std::string> texts;
    for (const auto& [id, list] : lists_) {
      for (const auto& [position, bytes] : list.elements) texts[list.key] += bytes + " ";
    }
    return texts;
  }
  std::map<Key, std::string> values() {
    std::map<Key, std::string> texts;
    const GroupHandle group = keyspace_->begin(Scope::whole());
    for (const std::string& name : group->keys().scan(kDb, 0, {.count = 100000})->names) {
      const auto range = group->lists().range({kDb, name}, 0, -1);
      for (const std::string_view each : *range) texts[{kDb, name}] += std::string(each) + " ";
    }
    return texts;
  }
  // Everything as after a start.
  void reload(std::unique_ptr<Keyspace> fresh, std::int64_t stretch) {
    keyspace_ = std::move(fresh);
    const GroupHandle group = keyspace_->begin(Scope::whole());
    for (auto& [id, list] : lists_) {
      Value value{.type = ValueType::kList};
      std::map<std::int64_t, std::string> stretched;
      for (const auto& [position, bytes] : list.elements) stretched[position * stretch] = bytes;
      list.elements = stretched;
      for (const auto& [position, bytes] : stretched) value.elements.push_back({position, bytes});
      ASSERT_TRUE(group->applied().put(list.key, std::move(value), id).has_value());
    }
  }

 private:
  struct Stored {
    Key key;
    std::map<std::int64_t, std::string> elements;
  };

  static std::string ends(Group& group, const Draw& draw) {
    Lists& lists = group.lists();
    const ListEnd end = draw.number % 2 == 0 ? ListEnd::kLeft : ListEnd::kRight;
    const ListEnd other_end = draw.second % 2 == 0 ? ListEnd::kLeft : ListEnd::kRight;
    const std::vector<std::string_view> values = {draw.value, draw.other};
    switch (draw.command) {
      case 0:
      case 1:
      case 2:
        return fmt::format("{}", lists.push(draw.a, end, values).value_or(0));
      case 3:
        return text_of(lists.pop(draw.a, end));
      case 4: {
        const auto popped = lists.pop_many(draw.a, end, static_cast<std::size_t>(draw.second));
        return *popped ? fmt::format("{}", fmt::join(**popped, ",")) : "nothing";
      }
      case 5:
        return text_of(lists.move(draw.a, end, draw.b, other_end));
      case 6:
        return text_of_all(lists.range(draw.a, draw.number, draw.second));
      case 7:
        return text_of(lists.at(draw.a, draw.number - 10));
      default:
        return fmt::format("{}", group.keys().rename(draw.a, draw.b).has_value());
    }
  }
  static std::string inside(Group& group, const Draw& draw) {
    Lists& lists = group.lists();
    switch (draw.command) {
      case 9:
        return failure(lists.set(draw.a, draw.number - 10, draw.value));
      case 10:
      case 11:
      case 12: {
        // Beside what is there, mostly in the middle.
        const auto pivot = lists.at(draw.a, *lists.size(draw.a) / 2);
        const std::string copied(pivot->value_or(draw.other));
        return fmt::format("{}", *lists.insert(draw.a, draw.number % 2 == 0, copied, draw.value));
      }
      case 13:
        return fmt::format("{}", *lists.remove(draw.a, draw.second % 5 - 2, draw.other));
      case 14:
        if (draw.number % 8 != 0) return "";
        return failure(lists.trim(draw.a, draw.number % 16, -draw.second));
      default:
        return text_of_all(lists.positions(draw.a, {.value = draw.other,
                                                    .rank = draw.number % 2 == 0 ? 1 : -2,
                                                    .count = static_cast<std::size_t>(draw.second % 3)}));
    }
  }
  void write(const DirtyObject& object) {
    if (object.removed) {
      lists_.erase(object.id);
      return;
    }
    Stored& list = lists_[object.id];
    list.key = object.key;
    if (object.whole) list.elements.clear();
    for (const auto& [from, until] : object.positions_removed)
      list.elements.erase(list.elements.lower_bound(from), list.elements.lower_bound(until));
    for (const ListElement& element : object.elements_set) list.elements[element.position] = element.bytes;
  }

  std::unique_ptr<Keyspace> keyspace_;
  std::map<ObjectId, Stored> lists_;
};

class ListsDifferentialTest : public testing::TestWithParam<unsigned> {
 protected:
  int pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  // Few names, most changes to one of them, so that it becomes large.
  Key name() { return {kDb, "l" + std::to_string(pick(3) == 0 ? pick(4) : 0)}; }
  std::string value() {
    if (pick(40) == 0) return std::string(static_cast<std::size_t>(pick(6000)), 'x');
    return "v" + std::to_string(pick(400));
  }
  Draw draw() { return {pick(16), name(), name(), value(), value(), pick(100), pick(100)}; }
  std::unique_ptr<Keyspace> reference() {
    ReferenceOptions options;
    options.classes = KeyClasses(KeyClass::kDurable, {});
    return make_reference_keyspace(clock_, std::move(options));
  }
  std::unique_ptr<Keyspace> store() {
    StoreOptions options;
    options.classes = KeyClasses(KeyClass::kDurable, {});
    return make_store_keyspace(clock_, std::move(options));
  }

  ManualClock clock_;
  std::mt19937 random_{GetParam()};
};

TEST_P(ListsDifferentialTest, TheStoreAnswersAndWritesAsTheReference) {
  Side reference_side(reference());
  Side store_side(store());
  for (int step = 0; step < 2500; ++step) {
    Draw drawn = draw();
    // Grows at first, shrinks later.
    if (pick(3) > 0) drawn.command = step % 1000 < 700 ? pick(2) * 11 : 3 + pick(2);
    ASSERT_EQ(store_side.run(drawn), reference_side.run(drawn)) << step << " command " << drawn.command;
    if (pick(60) == 0) {
      const bool fails = pick(3) == 0;
      store_side.flush(fails);
      reference_side.flush(fails);
    }
    if (step % 250 != 0) continue;
    store_side.flush(false);
    reference_side.flush(false);
    const auto values = store_side.values();
    ASSERT_EQ(values, reference_side.values()) << step;
    ASSERT_EQ(store_side.rows(), values) << step;
    ASSERT_EQ(reference_side.rows(), values) << step;
    if (step % 500 != 0) continue;
    const std::int64_t stretch = pick(2) == 0 ? 1 : 1000;
    store_side.reload(store(), stretch);
    reference_side.reload(reference(), stretch);
    ASSERT_EQ(store_side.values(), values) << step;
  }
  (void)store_side.keyspace().begin(Scope::whole())->keys().flush(std::nullopt);
  EXPECT_EQ(store_side.keyspace().stats().used_memory_bytes, 0u);
}

INSTANTIATE_TEST_SUITE_P(Keyspace, ListsDifferentialTest, testing::Range(1U, 5U));

}  // namespace
}  // namespace stele::keyspace
