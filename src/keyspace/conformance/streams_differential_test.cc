// The store's streams beside the reference's: the same commands, the same answers, and a PostgreSQL that gets
// their cuts has what is there.
#include <fmt/format.h>

#include <map>
#include <random>

#include "keyspace/conformance/fixture.h"
#include "keyspace/stream_rows.h"

namespace stele::keyspace {
namespace {

struct Draw {
  int command = 0;
  Key a;
  Key b;
  std::vector<Field> fields;
  std::vector<StreamId> ids;
  std::string group;
  std::string consumer;
  std::size_t number = 0;
  StreamTrim trim;
};

std::string text_of(const Result<StreamEntries>& found) {
  if (!found) return found.error().message;
  std::string text;
  for (const auto& entry : found->entries) {
    text += fmt::format("{}{}", to_string(entry.id), entry.is_present ? "" : "!");
    for (const FieldRef& field : found->fields_of(entry))
      text += fmt::format(",{}={}", field.name, field.value);
    text += " ";
  }
  return text;
}

template <class T>
std::string text_of(const Result<T>& value) {
  return value.has_value() ? fmt::format("{}", *value) : value.error().message;
}

// All that a stream has.
std::string text_of(Group& group, KeyRef key) {
  Streams& streams = group.streams();
  const auto info = streams.info(key);
  if (!info || !*info) return "none";
  std::string text = fmt::format("{} added {} last {} removed {}: ", (*info)->size, (*info)->entries_added,
                                 to_string((*info)->last_id), to_string((*info)->max_deleted_id));
  text += text_of(streams.range(key, {}));
  for (const StreamGroupInfo& each : *streams.groups(key)) {
    text += fmt::format("\n{} at {} read {} lag {}:", each.name, to_string(each.last_id),
                        each.entries_read.value_or(999999), each.lag.value_or(999999));
    for (const auto& consumer : *streams.consumers(key, each.name))
      text += fmt::format(" {}({})", consumer.name, consumer.pending);
    for (const auto& pending : *streams.pending(key, each.name, {})) {
      text += fmt::format(" {}:{}x{}@{}", to_string(pending.id), pending.consumer, pending.deliveries,
                          pending.delivered_at.value);
    }
  }
  return text;
}

class Side {
 public:
  explicit Side(std::unique_ptr<Keyspace> keyspace) : keyspace_(std::move(keyspace)) {}

  Keyspace& keyspace() { return *keyspace_; }

  std::string run(const Draw& draw) {
    const GroupHandle group = keyspace_->begin(Scope::keys({draw.a, draw.b}));
    return draw.command < 10 ? on_entries(*group, draw) : on_groups(*group, draw);
  }

  void flush(bool fails) {
    Cut cut = *keyspace_->take_cut();
    if (fails) return keyspace_->flush_failed(std::move(cut));
    for (const DirtyObject& object : cut.objects) write(object);
    keyspace_->flush_committed(cut);
    for (const DirtyObject& object : cut.objects)
      EXPECT_EQ(keyspace_->begin(Scope::none())->applied().echo(object.id, object.generation),
                EchoOutcome::kSettled);
  }

  std::map<std::string, std::string> values() {
    std::map<std::string, std::string> texts;
    const GroupHandle group = keyspace_->begin(Scope::whole());
    for (const std::string& name : group->keys().scan(kDb, 0, {.count = 100000})->names)
      texts[name] = text_of(*group, {kDb, name});
    return texts;
  }
  // Everything as after a start.
  void reload(std::unique_ptr<Keyspace> fresh) {
    keyspace_ = std::move(fresh);
    const GroupHandle group = keyspace_->begin(Scope::whole());
    for (const auto& [id, stored] : stored_) {
      Value value{.type = ValueType::kStream};
      for (const auto& [name, bytes] : stored.rows) value.fields.push_back({name, bytes});
      ASSERT_TRUE(group->applied().put(stored.key, std::move(value), id).has_value());
    }
  }

 private:
  struct Stored {
    Key key;
    std::map<std::string, std::string> rows;
  };

  static std::string on_entries(Group& group, const Draw& draw) {
    Streams& streams = group.streams();
    std::vector<FieldRef> fields;
    for (const Field& field : draw.fields) fields.push_back({field.name, field.value});
    switch (draw.command) {
      case 0:
      case 1:
      case 2:
      case 3: {
        const StreamAdd how{.trim = draw.trim, .limits = {.entries_max = 8, .bytes_max = 0}};
        const auto id = streams.add(draw.a, how, fields);
        return id ? to_string(id->value_or(StreamId{})) : id.error().message;
      }
      case 4:
        return text_of(streams.remove(draw.a, draw.ids));
      case 5:
        return text_of(streams.trim(draw.a, draw.trim));
      case 6:
        return text_of(streams.range(
            draw.a, {.first = draw.ids[0], .count_max = draw.number, .is_reversed = draw.number % 2 == 0}));
      case 7:
        return fmt::format("{}", group.keys().rename(draw.a, draw.b).has_value());
      case 8:
        if (draw.number > 1) return "";
        return fmt::format("{}", group.keys().remove(draw.a).has_value());
      default:
        return failure(streams.set_id(draw.a, {.id = draw.ids[0], .entries_added = 50000}));
    }
  }

  static std::string on_groups(Group& group, const Draw& draw) {
    Streams& streams = group.streams();
    const StreamClaim claim{.consumer = draw.consumer,
                            .idle_ms_min = static_cast<std::int64_t>(draw.number),
                            .creates_pending = draw.number % 2 == 0,
                            .only_ids = draw.number % 3 == 0};
    switch (draw.command) {
      case 10:
        return text_of(streams.create_group(draw.a, draw.group, {.id = StreamId{}}, draw.number > 2));
      case 11:
        return draw.number == 0 ? text_of(streams.destroy_group(draw.a, draw.group)) : "";
      case 12:
        return text_of(streams.create_consumer(draw.a, draw.group, draw.consumer));
      case 13:
        return draw.number == 0 ? text_of(streams.remove_consumer(draw.a, draw.group, draw.consumer)) : "";
      case 14:
      case 15:
        return text_of(
            streams.read_new(draw.a, draw.group, draw.consumer, 1 + draw.number, draw.number == 3));
      case 16:
        return text_of(streams.read_pending(draw.a, draw.group, draw.consumer, draw.ids[0], draw.number));
      case 17:
        return text_of(streams.acknowledge(draw.a, draw.group, draw.ids));
      case 18:
        return text_of(streams.claim(draw.a, draw.group, claim, draw.ids));
      case 19: {
        const auto claimed = streams.claim_from(draw.a, draw.group, claim, draw.ids[0], 1 + draw.number);
        return claimed ? text_of(Result<StreamEntries>(claimed->entries)) + to_string(claimed->next)
                       : claimed.error().message;
      }
      default:
        return failure(streams.set_group(draw.a, draw.group, {.id = draw.ids[0]}));
    }
  }

  // As the statements of a flush do it: first what is cleared, then what is removed, then what is written.
  void write(const DirtyObject& object) {
    if (object.removed) {
      stored_.erase(object.id);
      return;
    }
    Stored& stored = stored_[object.id];
    stored.key = object.key;
    if (object.whole) stored.rows.clear();
    for (const Field& field : object.fields_set) clear(stored.rows, field);
    for (const std::string& name : object.fields_removed) stored.rows.erase(name);
    for (const Field& field : object.fields_set) {
      const StreamRow kind = read_stream_row(field.name)->kind;
      if (kind != StreamRow::kTrimmed && kind != StreamRow::kGroupCleared)
        stored.rows[field.name] = field.value;
    }
  }
  static void clear(std::map<std::string, std::string>& rows, const Field& order) {
    const auto name = read_stream_row(order.name);
    std::erase_if(rows, [&](const auto& row) {
      const auto each = read_stream_row(row.first);
      if (name->kind == StreamRow::kTrimmed && each->kind == StreamRow::kEntry)
        return order.value.empty() || each->id < stream_id_of(order.value);
      const bool is_of_group = each->kind == StreamRow::kConsumer || each->kind == StreamRow::kPending;
      return name->kind == StreamRow::kGroupCleared && is_of_group && each->group == name->group;
    });
  }

  std::unique_ptr<Keyspace> keyspace_;
  std::map<ObjectId, Stored> stored_;
};

class StreamsDifferentialTest : public testing::TestWithParam<unsigned> {
 protected:
  int pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  Key name() { return {kDb, "s" + std::to_string(pick(4) == 0 ? pick(3) : 0)}; }
  StreamId some_id() {
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.wall().time_since_epoch());
    return {static_cast<std::uint64_t>(now.count() - pick(60)), static_cast<std::uint64_t>(pick(3))};
  }
  StreamTrim trim() {
    StreamTrim trim;
    if (pick(6) > 0) return trim;
    trim.kind = pick(2) == 0 ? StreamTrim::Kind::kLength : StreamTrim::Kind::kBelow;
    trim.length = static_cast<std::size_t>(pick(60));
    trim.below = some_id();
    trim.is_approximate = pick(2) == 0;
    trim.removed_limit = static_cast<std::size_t>(pick(30));
    return trim;
  }
  // Nodes never come near their limit of bytes, which each side counts in its own way.
  Draw draw() {
    Draw draw;
    draw.command = pick(3) == 0 ? pick(4) : pick(21);
    draw.a = name();
    draw.b = pick(8) == 0 ? name() : draw.a;
    for (int i = pick(3); i >= 0; --i)
      draw.fields.push_back(
          {"f" + std::to_string(pick(20) == 0 ? pick(3) : i), "v" + std::to_string(pick(99))});
    if (pick(50) == 0) draw.fields[0].value = std::string(static_cast<std::size_t>(pick(300)), 'x');
    for (int i = pick(4); i >= 0; --i) draw.ids.push_back(some_id());
    draw.group = "g" + std::to_string(pick(2));
    draw.consumer = "c" + std::to_string(pick(3));
    draw.number = static_cast<std::size_t>(pick(12));
    draw.trim = trim();
    return draw;
  }
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

TEST_P(StreamsDifferentialTest, TheStoreAnswersAndWritesAsTheReference) {
  Side reference_side(reference());
  Side store_side(store());
  for (int step = 0; step < 1500; ++step) {
    clock_.advance(std::chrono::milliseconds(pick(3)));
    const Draw drawn = draw();
    ASSERT_EQ(store_side.run(drawn), reference_side.run(drawn)) << step << " command " << drawn.command;
    if (pick(40) == 0) {
      const bool fails = pick(3) == 0;
      store_side.flush(fails);
      reference_side.flush(fails);
    }
    if (step % 250 != 0) continue;
    store_side.flush(false);
    reference_side.flush(false);
    const auto values = store_side.values();
    ASSERT_EQ(values, reference_side.values()) << step;
    store_side.reload(store());
    reference_side.reload(reference());
    ASSERT_EQ(store_side.values(), values) << step;
    ASSERT_EQ(reference_side.values(), values) << step;
  }
  (void)store_side.keyspace().begin(Scope::whole())->keys().flush(std::nullopt);
  EXPECT_EQ(store_side.keyspace().stats().used_memory_bytes, 0u);
}

INSTANTIATE_TEST_SUITE_P(Keyspace, StreamsDifferentialTest, testing::Range(1U, 5U));

}  // namespace
}  // namespace stele::keyspace
