#include "protocols/redis/commands/values.h"

namespace stele::redis {

using keyspace::ValueType;

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
  } else {
    return make_error(ErrorCode::kUnsupported, "values of this type are not supported by Stele yet");
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
  } else {
    return make_error(ErrorCode::kUnsupported, "values of this type are not supported by Stele yet");
  }
  return {};
}

rdb::EncodingLimits encoding_limits(const Settings& settings) {
  return {.hash_entries = settings.listpack_entries_max,
          .hash_value_bytes = settings.listpack_value_bytes_max,
          .intset_entries = settings.intset_entries_max,
          .sorted_entries = settings.sorted_entries_max,
          .sorted_value_bytes = settings.sorted_value_bytes_max,
          .list_listpack_size = settings.list_listpack_size};
}

}  // namespace stele::redis
