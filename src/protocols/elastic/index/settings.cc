#include "protocols/elastic/index/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "protocols/elastic/parameters.h"
#include "protocols/elastic/query/body_reader.h"

namespace stele::elastic {
namespace {

enum class Rule {
  kDynamic,   // may change at any time
  kStatic,    // at creation only
  kMissing,   // known to Elasticsearch, not there yet: refused
  kInternal,  // Elasticsearch's own: may not be set
};
struct SettingRow {
  std::string_view name;  // ends in '*' for a family
  Rule rule;
};
constexpr std::array kSettings = {
    SettingRow{"index.number_of_replicas", Rule::kDynamic},
    SettingRow{"index.refresh_interval", Rule::kDynamic},
    SettingRow{"index.max_result_window", Rule::kDynamic},
    SettingRow{"index.max_inner_result_window", Rule::kDynamic},
    SettingRow{"index.max_terms_count", Rule::kDynamic},
    SettingRow{"index.max_regex_length", Rule::kDynamic},
    SettingRow{"index.max_ngram_diff", Rule::kDynamic},
    SettingRow{"index.max_shingle_diff", Rule::kDynamic},
    SettingRow{"index.max_docvalue_fields_search", Rule::kDynamic},
    SettingRow{"index.max_script_fields", Rule::kDynamic},
    SettingRow{"index.max_rescore_window", Rule::kDynamic},
    SettingRow{"index.max_slices_per_scroll", Rule::kDynamic},
    SettingRow{"index.max_refresh_listeners", Rule::kDynamic},
    SettingRow{"index.max_adjacency_matrix_filters", Rule::kDynamic},
    SettingRow{"index.analyze.max_token_count", Rule::kDynamic},
    SettingRow{"index.mapping.*", Rule::kDynamic},
    SettingRow{"index.auto_expand_replicas", Rule::kDynamic},
    SettingRow{"index.hidden", Rule::kDynamic},
    SettingRow{"index.priority", Rule::kDynamic},
    SettingRow{"index.routing.*", Rule::kDynamic},
    SettingRow{"index.translog.*", Rule::kDynamic},
    SettingRow{"index.merge.*", Rule::kDynamic},
    SettingRow{"index.search.*", Rule::kDynamic},
    SettingRow{"index.indexing.*", Rule::kDynamic},
    SettingRow{"index.lifecycle.*", Rule::kDynamic},
    SettingRow{"index.unassigned.*", Rule::kDynamic},
    SettingRow{"index.gc_deletes", Rule::kDynamic},
    SettingRow{"index.requests.*", Rule::kDynamic},
    SettingRow{"index.query.*", Rule::kMissing},
    SettingRow{"index.highlight.*", Rule::kDynamic},
    SettingRow{"index.write.wait_for_active_shards", Rule::kDynamic},
    SettingRow{"index.number_of_shards", Rule::kStatic},
    SettingRow{"index.number_of_routing_shards", Rule::kStatic},
    SettingRow{"index.codec", Rule::kStatic},
    SettingRow{"index.soft_deletes.*", Rule::kStatic},
    SettingRow{"index.store.*", Rule::kStatic},
    SettingRow{"index.load_fixed_bitset_filters_eagerly", Rule::kStatic},
    SettingRow{"index.shard.check_on_startup", Rule::kStatic},
    SettingRow{"index.knn", Rule::kStatic},
    SettingRow{"index.analysis.*", Rule::kStatic},
    SettingRow{"index.similarity.*", Rule::kStatic},
    SettingRow{"index.sort.*", Rule::kMissing},
    SettingRow{"index.blocks.*", Rule::kMissing},
    SettingRow{"index.default_pipeline", Rule::kMissing},
    SettingRow{"index.final_pipeline", Rule::kMissing},
    SettingRow{"index.mode", Rule::kMissing},
    SettingRow{"index.uuid", Rule::kInternal},
    SettingRow{"index.creation_date", Rule::kInternal},
    SettingRow{"index.provided_name", Rule::kInternal},
    SettingRow{"index.version.*", Rule::kInternal},
};

// Of settings that have an effect.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kDefaults = {{
    {"index.refresh_interval", "1s"},
    {"index.max_result_window", "10000"},
    {"index.max_terms_count", "65536"},
    {"index.max_regex_length", "1000"},
    {"index.max_docvalue_fields_search", "100"},
    {"index.analyze.max_token_count", "10000"},
    {"index.mapping.total_fields.limit", "1000"},
}};

const SettingRow* find_setting(std::string_view name) {
  const auto row = std::ranges::find_if(
      kSettings, [&](const SettingRow& candidate) { return wildcard_match(candidate.name, name); });
  return row == kSettings.end() ? nullptr : &*row;
}

// A setting's value as the JSON text it is answered with: scalars are strings.
std::string setting_text(json::Value value) {
  if (value.is_array()) {
    std::string text;
    json::Writer out(text);
    out.begin_array();
    for (const json::Value element : value.elements()) out.string(scalar_text(element).value_or("null"));
    out.end_array();
    return text;
  }
  return json::quoted(scalar_text(value).value_or(""));
}

Outcome<> check_setting(std::string_view name, json::Value value, std::string_view index, bool update) {
  const SettingRow* row = find_setting(name);
  if (row == nullptr || row->rule == Rule::kInternal) {
    std::vector<std::string> known;
    for (const SettingRow& candidate : kSettings) known.emplace_back(candidate.name);
    return illegal_argument(fmt::format(
        "unknown setting [{}]{} please check that any required plugins are installed, or check the breaking "
        "changes documentation for removed settings",
        name, did_you_mean(name, known)));
  }
  if (row->rule == Rule::kMissing) {
    if (name == "index.query.default_field" || !name.starts_with("index.query."))
      return not_supported(fmt::format("setting [{}] is", name));
    return {};
  }
  if (update && row->rule == Rule::kStatic)
    return illegal_argument(
        fmt::format("Can't update non dynamic settings [[{}]] for open indices [[{}]]", name, index));
  const std::string text = scalar_text(value).value_or("");
  if (name == "index.number_of_shards" || name == "index.number_of_replicas" ||
      name == "index.max_result_window") {
    const std::optional<std::int64_t> number = parse_integer(text);
    const std::int64_t least = name == "index.number_of_replicas" ? 0 : 1;
    if (!value.is_null() && !number)
      return illegal_argument(fmt::format("Failed to parse value [{}] for setting [{}]", text, name));
    if (number && *number < least)
      return illegal_argument(
          fmt::format("Failed to parse value [{}] for setting [{}] must be >= {}", text, name, least));
    if (number && name == "index.number_of_shards" && *number > 1024)
      return illegal_argument(
          fmt::format("Failed to parse value [{}] for setting [{}] must be <= 1024", text, name));
  }
  if (name == "index.refresh_interval" && !value.is_null())
    STELE_RETURN_IF_ERROR(parse_time_value(text, name));
  return {};
}

Outcome<> read_below(json::Value settings, const std::string& prefix, std::string_view index, bool update,
                     SettingTexts& into, int depth) {
  if (depth > 10) return illegal_argument("settings are nested too deeply");
  for (const json::Member& member : settings.members()) {
    const std::string name =
        prefix.empty() ? std::string(member.key) : fmt::format("{}.{}", prefix, member.key);
    if (member.value.is_object()) {
      STELE_RETURN_IF_ERROR(read_below(member.value, name, index, update, into, depth + 1));
      continue;
    }
    const std::string full = name.starts_with("index.") ? name : "index." + name;
    STELE_RETURN_IF_ERROR(check_setting(full, member.value, index, update));
    into[full] = member.value.is_null() ? std::string() : setting_text(member.value);
  }
  return {};
}

// "a.b.c" → "x" as nested objects.
struct Tree {
  std::map<std::string, std::unique_ptr<Tree>> below;
  std::string value;
};

void write_tree(json::Writer& out, const Tree& tree) {
  out.begin_object();
  for (const auto& [name, child] : tree.below) {
    out.key(name);
    if (child->below.empty()) {
      out.raw(child->value);
    } else {
      write_tree(out, *child);
    }
  }
  out.end_object();
}

void write_settings_map(json::Writer& out, const std::map<std::string, std::string>& all, bool flat) {
  if (flat) {
    out.begin_object();
    for (const auto& [name, value] : all) out.key(name).raw(value);
    out.end_object();
    return;
  }
  Tree root;
  for (const auto& [name, value] : all) {
    Tree* tree = &root;
    for (const std::string& piece : split(name, '.')) {
      std::unique_ptr<Tree>& child = tree->below[piece];
      if (!child) child = std::make_unique<Tree>();
      tree = child.get();
    }
    tree->value = value;
  }
  write_tree(out, root);
}

void read_map(json::Value object, std::string_view key, std::map<std::string, std::string>& into) {
  const std::optional<json::Value> found = object.find(key);
  if (!found || !found->is_object()) return;
  for (const json::Member& member : found->members())
    into[std::string(member.key)] = std::string(member.value.raw());
}

}  // namespace

IndexMetadata IndexMetadata::parse(std::string_view elastic_json) {
  IndexMetadata metadata;
  Result<json::Document> parsed = json::Document::parse_borrowed(elastic_json);
  if (!parsed) return metadata;
  read_map(parsed->root(), "settings", metadata.settings);
  read_map(parsed->root(), "parameters", metadata.parameters);
  read_map(parsed->root(), "root", metadata.root);
  return metadata;
}

IndexMetadata IndexMetadata::of(const views::CollectionEntry& index) {
  return parse(index.definition->elastic_json);
}

std::string IndexMetadata::setting(std::string_view name, std::string_view otherwise) const {
  const auto found = settings.find(std::string(name));
  if (found == settings.end()) return std::string(otherwise);
  Result<json::Document> parsed = json::Document::parse_borrowed(found->second);
  return parsed ? scalar_text(parsed->root()).value_or(std::string(otherwise)) : std::string(otherwise);
}

std::int64_t IndexMetadata::number(std::string_view name, std::int64_t otherwise) const {
  return parse_integer(setting(name, "")).value_or(otherwise);
}

Outcome<SettingTexts> read_settings(json::Value settings, std::string_view index, bool update) {
  if (!settings.is_object()) return parse_failure("malformed settings, expected an object");
  SettingTexts texts;
  STELE_RETURN_IF_ERROR(read_below(settings, "", index, update, texts, 0));
  return texts;
}

void write_settings(json::Writer& out, const views::CollectionEntry& index, bool flat,
                    std::string_view name_pattern) {
  std::map<std::string, std::string> all = IndexMetadata::of(index).settings;
  const auto add = [&](std::string name, std::string_view value) {
    all.try_emplace(std::move(name), json::quoted(value));
  };
  const auto created =
      std::chrono::duration_cast<std::chrono::milliseconds>(index.created.time_since_epoch());
  add("index.number_of_shards", "1");
  add("index.number_of_replicas", "0");
  add("index.uuid", index.uuid);
  add("index.creation_date", fmt::format("{}", created.count()));
  add("index.provided_name", index.name);
  add("index.version.created", "8536000");
  if (!name_pattern.empty() && name_pattern != "_all" && name_pattern != "*") {
    const std::vector<std::string> patterns = split(name_pattern, ',');
    std::erase_if(all, [&](const auto& item) {
      return std::ranges::none_of(patterns,
                                  [&](const std::string& p) { return wildcard_match(p, item.first); });
    });
  }
  write_settings_map(out, all, flat);
}

void write_default_settings(json::Writer& out, const views::CollectionEntry& index, bool flat) {
  std::map<std::string, std::string> defaults;
  for (const auto& [name, value] : kDefaults) defaults.emplace(name, json::quoted(value));
  for (const auto& [name, value] : IndexMetadata::of(index).settings) defaults.erase(name);
  write_settings_map(out, defaults, flat);
}

}  // namespace stele::elastic
