// The stream commands on entries: XADD, XRANGE, XDEL, XTRIM, …
#include <array>
#include <vector>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/stream_arguments.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::FieldRef;
using keyspace::StreamId;

void xadd(Call& call) {
  keyspace::StreamAdd asked;
  std::size_t at = 0;
  if (!read_stream_trim(call, true, asked, at)) return;
  if (at >= call.size() || (call.size() - at) % 2 != 0) return call.fail_arity();
  if (asked.id == StreamId{} && !asked.finds_sequence)
    return call.fail("The ID specified in XADD must be greater than 0-0");
  std::vector<FieldRef> fields((call.size() - at) / 2);
  for (std::size_t i = 0; i < fields.size(); ++i) fields[i] = {call[at + 2 * i], call[at + 2 * i + 1]};
  STELE_REDIS_TRY(const auto id, call, call.group().streams().add(call.key(1), asked, fields));
  id ? answer_stream_id(call.reply(), *id) : call.reply().null();
}

void xlen(Call& call) {
  STELE_REDIS_TRY(const std::size_t size, call, call.group().streams().size(call.key(1)));
  call.reply().integer(static_cast<std::int64_t>(size));
}

void answer_range(Call& call, bool is_reversed) {
  keyspace::StreamRange range;
  range.is_reversed = is_reversed;
  if (!read_first_id(call, call[is_reversed ? 3 : 2], range.first)) return;
  if (!read_last_id(call, call[is_reversed ? 2 : 3], range.last)) return;
  std::int64_t count = -1;
  for (std::size_t i = 4; i < call.size(); i += 2) {
    if (!call.is(i, "COUNT") || i + 1 >= call.size()) return call.fail_syntax();
    STELE_REDIS_TRY(count, call, integer_argument(call[i + 1]));
    if (count < 0) count = 0;
  }
  STELE_REDIS_TRY(const auto type, call, call.group().keys().type(call.key(1)));
  if (type == keyspace::ValueType::kNone) return call.reply().array(0);
  range.count_max = count < 0 ? 0 : static_cast<std::size_t>(count);
  if (count == 0) range.count_max = 1;
  STELE_REDIS_TRY(const auto entries, call, call.group().streams().range(call.key(1), range));
  count == 0 ? call.reply().null_array() : answer_entries(call.reply(), entries);
}

void xrange(Call& call) {
  answer_range(call, false);
}

void xrevrange(Call& call) {
  answer_range(call, true);
}

void xdel(Call& call) {
  std::vector<StreamId> ids;
  STELE_REDIS_TRY(const auto info, call, call.group().streams().info(call.key(1)));
  if (!info) return call.reply().integer(0);
  if (!read_stream_ids(call, 2, ids)) return;
  STELE_REDIS_TRY(const std::size_t removed, call, call.group().streams().remove(call.key(1), ids));
  call.reply().integer(static_cast<std::int64_t>(removed));
}

void xtrim(Call& call) {
  keyspace::StreamAdd asked;
  std::size_t at = 0;
  if (!read_stream_trim(call, false, asked, at)) return;
  STELE_REDIS_TRY(const std::size_t removed, call, call.group().streams().trim(call.key(1), asked.trim));
  call.reply().integer(static_cast<std::int64_t>(removed));
}

void xsetid(Call& call) {
  keyspace::StreamSetId to;
  if (!read_stream_id(call, call[2], false, to.id)) return;
  for (std::size_t i = 3; i < call.size(); i += 2) {
    if (i + 1 >= call.size()) return call.fail_syntax();
    if (call.is(i, "ENTRIESADDED")) {
      STELE_REDIS_TRY(const std::int64_t added, call, integer_argument(call[i + 1]));
      if (added < 0) return call.fail("entries_added must be positive");
      to.entries_added = static_cast<std::uint64_t>(added);
    } else if (call.is(i, "MAXDELETEDID")) {
      StreamId id;
      if (!read_stream_id(call, call[i + 1], false, id)) return;
      if (to.id < id)
        return call.fail("The ID specified in XSETID is smaller than the provided max_deleted_entry_id");
      to.max_deleted_id = id;
    } else {
      return call.fail_syntax();
    }
  }
  const auto done = call.group().streams().set_id(call.key(1), to);
  if (!done) return call.fail(done.error());
  call.reply().ok();
}

constexpr std::uint32_t kRead = flag::kReadOnly;
constexpr std::uint32_t kWrite = flag::kWrite;
constexpr std::uint32_t kFast = flag::kFast;
constexpr auto kKeys = Reach::kKeys;
constexpr std::string_view kStream = "stream";
constexpr std::string_view kOne = "O(1)";
constexpr std::string_view kByEntries = "O(N) where N is the number of entries";
constexpr KeyPositions kReadKey = {1, 1, 1, "RO access"};
constexpr KeyPositions kTrimKey = {1, 1, 1, "RW delete"};

constexpr std::array kCommands = {
    Command{"xadd",
            -5,
            kWrite | flag::kDenyOom | kFast,
            {1, 1, 1, "RW update"},
            kKeys,
            xadd,
            kStream,
            "5.0.0",
            "O(1), and the number of entries that are trimmed",
            "Adds an entry to a stream"},
    Command{"xlen",
            2,
            kRead | kFast,
            {1, 1, 1, "RO"},
            kKeys,
            xlen,
            kStream,
            "5.0.0",
            kOne,
            "Answers how many entries a stream has"},
    Command{"xrange", -4, kRead, kReadKey, kKeys, xrange, kStream, "5.0.0", kByEntries,
            "Answers the entries between two ids"},
    Command{"xrevrange", -4, kRead, kReadKey, kKeys, xrevrange, kStream, "5.0.0", kByEntries,
            "Answers the entries between two ids, the last first"},
    Command{"xdel", -3, kWrite | kFast, kTrimKey, kKeys, xdel, kStream, "5.0.0", kByEntries,
            "Removes entries of a stream"},
    Command{"xtrim", -4, kWrite, kTrimKey, kKeys, xtrim, kStream, "5.0.0", kByEntries,
            "Removes the oldest entries of a stream"},
    Command{"xsetid",
            -3,
            kWrite | flag::kDenyOom | kFast,
            {1, 1, 1, "RW update"},
            kKeys,
            xsetid,
            kStream,
            "5.0.0",
            kOne,
            "Sets the last id of a stream"},
};

}  // namespace

std::span<const Command> stream_commands() {
  return kCommands;
}

}  // namespace stele::redis
