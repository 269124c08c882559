#include "views/keys/key_map.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "json/document.h"
#include "views/session.h"

namespace stele::views {
namespace {

bool flag(const json::Document& options, std::string_view name) {
  const auto value = options.root().find(name);
  return value && value->raw() == "true";
}

Result<KeyMapping> make_mapping(std::string prefix, std::string_view oid, std::string options) {
  KeyMapping mapping;
  mapping.prefix = std::move(prefix);
  const auto [end, error] = std::from_chars(oid.data(), oid.data() + oid.size(), mapping.table_oid);
  if (error != std::errc() || end != oid.data() + oid.size())
    return make_error(ErrorCode::kCorruption, "stele.key_map: source_oid is no number");
  STELE_TRY(const json::Document given, json::Document::parse(options));
  mapping.may_insert = flag(given, "insert");
  mapping.may_delete = flag(given, "delete");
  const auto key = given.root().find("key");
  if (key && key->is_string()) mapping.key_column = std::string(key->string());
  mapping.options = std::move(options);
  return mapping;
}

}  // namespace

bool KeyMapping::is_shape_of(const postgres::Relation& relation) const {
  if (copied == nullptr) return true;
  if (relation.columns.size() != copied->columns.size()) return false;
  for (std::size_t i = 0; i < relation.columns.size(); ++i)
    if (relation.columns[i].name != copied->columns[i] || relation.columns[i].type != copied->types[i])
      return false;
  return true;
}

KeyMap::KeyMap(keyspace::Keyspace& keyspace, keyspace::KeyClass otherwise,
               std::vector<keyspace::KeyClasses::Rule> rules)
    : keyspace_(keyspace), otherwise_(otherwise), rules_(std::move(rules)) {
  auto shown = std::make_shared<Shown>();
  shown->classes = keyspace::KeyClasses(otherwise_, rules_);
  keyspace_.set_classes(shown->classes);
  shown_.store(std::move(shown));
}

bool KeyMap::put(KeyMapping mapping) {
  auto& there = mappings_[mapping.prefix];
  if (there != nullptr && there->is_same(mapping)) return false;
  // Other options are no other rows.
  const bool same_rows =
      there != nullptr && there->table_oid == mapping.table_oid && there->key_column == mapping.key_column;
  if (same_rows) {
    there->options = mapping.options;
    there->may_insert = mapping.may_insert;
    there->may_delete = mapping.may_delete;
    return false;
  }
  there = std::make_shared<KeyMapping>(std::move(mapping));
  show();
  return true;
}

std::shared_ptr<KeyMapping> KeyMap::erase(std::string_view prefix) {
  const auto found = mappings_.find(prefix);
  if (found == mappings_.end()) return nullptr;
  auto erased = std::move(found->second);
  mappings_.erase(found);
  return erased;
}

void KeyMap::show() {
  auto shown = std::make_shared<Shown>();
  std::vector<keyspace::KeyClasses::Rule> rules = rules_;
  std::vector<std::string> prefixes;
  for (const auto& [prefix, mapping] : mappings_) {
    rules.push_back({prefix, keyspace::KeyClass::kMapped});
    prefixes.push_back(prefix);
    if (!mapping->ready) shown->unready.push_back(prefix);
    std::string table = mapping->table ? mapping->table->name.quoted() : std::string();
    shown->status.push_back({prefix, std::move(table), mapping->reason, mapping->ready});
  }
  for (const std::string& prefix : cached_) {
    rules.push_back({prefix, keyspace::KeyClass::kCache});
    prefixes.push_back(" " + prefix);  // another one than a mapped prefix
  }
  shown->classes = keyspace::KeyClasses(otherwise_, std::move(rules));
  if (prefixes != mapped_prefixes_) {
    keyspace_.set_classes(shown->classes);
    mapped_prefixes_ = std::move(prefixes);
  }
  shown_.store(std::move(shown));
}

std::shared_ptr<KeyMapping> KeyMap::of_key(std::string_view name) const {
  // No prefix begins with another one.
  for (const auto& [prefix, mapping] : mappings_)
    if (name.starts_with(prefix)) return mapping;
  return nullptr;
}

std::vector<std::shared_ptr<KeyMapping>> KeyMap::of_table(std::uint32_t oid) const {
  std::vector<std::shared_ptr<KeyMapping>> found;
  for (const auto& [prefix, mapping] : mappings_)
    if (mapping->table_oid == oid) found.push_back(mapping);
  return found;
}

bool KeyMap::loading(std::string_view name) const {
  const auto shown = shown_.load();
  return std::ranges::any_of(shown->unready,
                             [&](const std::string& prefix) { return name.starts_with(prefix); });
}

Result<KeyMapping> key_mapping_row(const postgres::Change& change) {
  const bool gone = change.kind == postgres::ChangeKind::kDelete;
  std::vector<postgres::ColumnValue> row, former;
  (gone ? change.old_row : change.row).decode_into(row);
  change.old_row.decode_into(former);
  const auto text = [&](std::string_view name) {
    for (std::size_t i = 0; i < row.size() && i < change.relation->columns.size(); ++i) {
      if (change.relation->columns[i].name != name) continue;
      const bool unchanged = row[i].kind == postgres::ColumnKind::kUnchanged && i < former.size();
      return std::string(unchanged ? former[i].bytes : row[i].bytes);
    }
    return std::string();
  };
  return make_mapping(text("prefix"), text("source_oid"), text("options"));
}

net::Task<Result<std::vector<KeyMapping>>> read_key_mappings(postgres::Connection* connection,
                                                             TimePoint deadline) {
  auto ran =
      co_await run(connection, "SELECT prefix, source_oid, options::text FROM stele.key_map", {}, deadline);
  STELE_CO_TRY(const postgres::ResultSet rows, std::move(ran));
  std::vector<KeyMapping> mappings;
  for (const postgres::ResultSet::Row row : rows) {
    STELE_CO_TRY(KeyMapping mapping, make_mapping(std::string(row[0].value_or("")), row[1].value_or(""),
                                                  std::string(row[2].value_or(""))));
    mappings.push_back(std::move(mapping));
  }
  co_return mappings;
}

net::Task<Result<MappedTable>> read_mapped_table(postgres::Connection* connection, std::uint32_t oid,
                                                 std::string key_column, TimePoint deadline) {
  auto ran = co_await run(
      connection,
      "SELECT n.nspname, c.relname, a.attname, CASE WHEN $2::text = '' THEN a.attnum = i.indkey[0] AND "
      "i.indnkeyatts = 1 ELSE a.attname = $2 AND a.attnotnull AND EXISTS (SELECT FROM pg_catalog.pg_index u "
      "WHERE u.indrelid = c.oid AND u.indisunique AND u.indpred IS NULL AND u.indnkeyatts = 1 AND "
      "u.indkey[0] = a.attnum) END, a.atttypid FROM "
      "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN "
      "pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
      "AND a.attgenerated = '' LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND "
      "i.indisprimary WHERE c.oid = $1::pg_catalog.oid ORDER BY a.attnum",
      {std::to_string(oid), key_column}, deadline);
  STELE_CO_TRY(const postgres::ResultSet rows, std::move(ran));
  if (rows.empty()) co_return make_error(ErrorCode::kNotFound, "the mapped table was dropped");
  MappedTable table;
  table.name = {std::string(rows[0][0].value_or("")), std::string(rows[0][1].value_or(""))};
  for (const postgres::ResultSet::Row row : rows) {
    table.columns.emplace_back(row[2].value_or(""));
    postgres::Oid type = 0;
    const std::string_view digits = row[4].value_or("");
    std::from_chars(digits.data(), digits.data() + digits.size(), type);
    table.types.push_back(type);
    if (row[3] == "t") table.key_column = table.columns.back();
  }
  if (table.key_column.empty())
    co_return make_error(ErrorCode::kFailedPrecondition,
                         key_column.empty()
                             ? "the primary key of " + table.name.quoted() + " is not one column"
                             : "the column " + key_column + " of " + table.name.quoted() + " is no key");
  co_return table;
}

}  // namespace stele::views
