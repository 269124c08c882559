#include "protocols/redis/commands/values.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <utility>
#include <vector>

#include "keyspace/errors.h"
#include "keyspace/stream_rows.h"

namespace stele::redis {

namespace {

using keyspace::KeyRef;
using keyspace::ValueType;

Result<void> read_group(keyspace::Streams& streams, KeyRef key, keyspace::StreamGroupInfo info,
                        rdb::Value& value) {
  STELE_TRY(const auto consumers, streams.consumers(key, info.name));
  STELE_TRY(const auto pending, streams.pending(key, info.name, {}));
  rdb::StreamGroup& group = value.stream.groups.emplace_back();
  group.name = value.texts.emplace_back(std::move(info.name));
  group.start = {info.last_id, info.entries_read};
  boost::unordered_flat_map<std::string_view, std::size_t> places;
  for (const auto& each : consumers) {
    const std::string_view name = value.texts.emplace_back(each.name);
    places.emplace(name, group.consumers.size());
    group.consumers.push_back({name, each.seen_at});
  }
  for (const auto& each : pending) {
    group.pending.push_back({each.id, each.delivered_at, each.deliveries, places.at(each.consumer)});
  }
  return {};
}

Result<void> read_stream(keyspace::Streams& streams, KeyRef key, rdb::Value& value) {
  STELE_TRY(const auto info, streams.info(key));
  if (!info) return keyspace::no_such_key();
  value.stream.state = {info->last_id, info->max_deleted_id, info->entries_added};
  STELE_TRY(auto groups, streams.groups(key));
  for (auto& group : groups) {
    STELE_RETURN_IF_ERROR(read_group(streams, key, std::move(group), value));
  }
  // Last, since it is views.
  STELE_TRY(value.stream.entries, streams.range(key, {}));
  return {};
}

std::vector<keyspace::Field> rows_of(const rdb::Stream& stream) {
  using keyspace::write_stream_value;
  std::vector<keyspace::Field> rows;
  rows.push_back({keyspace::stream_state_row(), write_stream_value(stream.state)});
  for (const auto& entry : stream.entries.entries) {
    rows.push_back(
        {keyspace::stream_entry_row(entry.id), keyspace::pack_fields(stream.entries.fields_of(entry))});
  }
  for (const rdb::StreamGroup& group : stream.groups) {
    rows.push_back({keyspace::stream_group_row(group.name), write_stream_value(group.start)});
    for (const rdb::StreamConsumer& each : group.consumers) {
      rows.push_back(
          {keyspace::stream_consumer_row(group.name, each.name), write_stream_value(each.seen_at)});
    }
    for (const rdb::StreamPending& each : group.pending) {
      const keyspace::StreamPendingValue pending = {each.delivered_at, each.deliveries,
                                                    group.consumers[each.consumer].name};
      rows.push_back({keyspace::stream_pending_row(group.name, each.id), write_stream_value(pending)});
    }
  }
  return rows;
}

}  // namespace

Result<rdb::Value> read_value(keyspace::Group& group, keyspace::KeyRef key, ValueType type) {
  rdb::Value value;
  value.type = type;
  if (type == ValueType::kString) {
    STELE_TRY(const auto bytes, group.strings().get(key));
    value.elements.push_back(bytes.value_or(std::string_view()));
  } else if (type == ValueType::kHash) {
    STELE_TRY(value.fields, group.hashes().get_all(key));
  } else if (type == ValueType::kList) {
    STELE_TRY(value.elements, group.lists().range(key, 0, -1));
  } else if (type == ValueType::kSet) {
    STELE_TRY(value.elements, group.sets().members(key));
  } else if (type == ValueType::kSortedSet) {
    STELE_TRY(value.members, group.sorted_sets().range(key, keyspace::RankRange{}, {}));
  } else if (type == ValueType::kStream) {
    STELE_RETURN_IF_ERROR(read_stream(group.streams(), key, value));
  }
  return value;
}

Result<void> write_value(keyspace::Group& group, keyspace::KeyRef key, const rdb::Value& value) {
  if (value.type == ValueType::kString) {
    STELE_RETURN_IF_ERROR(group.strings().set(key, value.elements.front(), {}));
  } else if (value.type == ValueType::kHash) {
    STELE_RETURN_IF_ERROR(group.hashes().set(key, value.fields));
  } else if (value.type == ValueType::kList) {
    STELE_RETURN_IF_ERROR(group.lists().push(key, keyspace::ListEnd::kRight, value.elements));
  } else if (value.type == ValueType::kSet) {
    STELE_RETURN_IF_ERROR(group.sets().add(key, value.elements));
  } else if (value.type == ValueType::kSortedSet) {
    STELE_RETURN_IF_ERROR(group.sorted_sets().add(key, value.members, {}));
  } else if (value.type == ValueType::kStream) {
    STELE_RETURN_IF_ERROR(group.streams().put(key, rows_of(value.stream)));
  }
  return {};
}

rdb::EncodingLimits encoding_limits(const Settings& settings) {
  return {.hash_entries = settings.listpack_entries_max,
          .hash_value_bytes = settings.listpack_value_bytes_max,
          .intset_entries = settings.intset_entries_max,
          .sorted_entries = settings.sorted_entries_max,
          .sorted_value_bytes = settings.sorted_value_bytes_max,
          .list_listpack_size = settings.list_listpack_size,
          .stream_node_entries = settings.stream_node_entries_max,
          .stream_node_bytes = settings.stream_node_bytes_max};
}

}  // namespace stele::redis
