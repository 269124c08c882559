#include "protocols/qdrant/collection/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "crypto/hash.h"
#include "protocols/qdrant/payload/payload_tree.h"

namespace stele::qdrant {
namespace {

using engine::Similarity;

struct Distance {
  std::string_view name;
  Similarity similarity;
};
constexpr std::array kDistances = {Distance{"Cosine", Similarity::kCosine}, Distance{"Dot", Similarity::kDot},
                                   Distance{"Euclid", Similarity::kEuclid},
                                   Distance{"Manhattan", Similarity::kManhattan}};

struct Least {
  std::string_view section;
  std::string_view member;
  double least;
};
constexpr std::array kLeast = {Least{"hnsw_config", "ef_construct", 4},
                               Least{"hnsw_config", "full_scan_threshold", 10},
                               Least{"wal_config", "wal_capacity_mb", 1},
                               Least{"optimizers_config", "vacuum_min_vector_number", 100},
                               Least{"", "shard_number", 1},
                               Least{"", "replication_factor", 1},
                               Least{"", "write_consistency_factor", 1}};

// Sections that are kept as they came, with the names that Qdrant takes for the same.
struct Section {
  std::string_view name;
  std::string_view other_name;
};
constexpr std::array kSections = {
    Section{"hnsw_config", ""},        Section{"optimizers_config", "optimizer_config"},
    Section{"wal_config", ""},         Section{"quantization_config", "quantization"},
    Section{"strict_mode_config", ""}, Section{"metadata", ""}};
constexpr std::array<std::string_view, 5> kParams = {"shard_number", "sharding_method", "replication_factor",
                                                     "write_consistency_factor", "on_disk_payload"};

constexpr std::uint32_t kNoGraph = 4'000'000'000;  // kilobytes that nobody has

constexpr std::string_view kDefaultParams =
    R"({"shard_number":1,"replication_factor":1,"write_consistency_factor":1,"on_disk_payload":true})";
constexpr std::string_view kDefaultHnsw =
    R"({"m":16,"ef_construct":100,"full_scan_threshold":10000,"max_indexing_threads":0,"on_disk":false})";
constexpr std::string_view kDefaultOptimizers =
    R"({"deleted_threshold":0.2,"vacuum_min_vector_number":1000,"default_segment_number":0,"max_segment_size":null,)"
    R"("memmap_threshold":null,"indexing_threshold":10000,"flush_interval_sec":5,"max_optimization_threads":null})";
constexpr std::string_view kDefaultWal =
    R"({"wal_capacity_mb":32,"wal_segments_ahead":0,"wal_retain_closed":1})";

std::optional<json::Value> member(json::Value body, const Section& section) {
  auto found = body.find(section.name);
  if (!found && !section.other_name.empty()) found = body.find(section.other_name);
  if (found && found->is_null()) return std::nullopt;
  return found;
}

Outcome<> check_least(json::Value body) {
  for (const Least& rule : kLeast) {
    auto value = rule.section.empty() ? body.find(rule.member) : body.find_path(rule.section, rule.member);
    if (!value || value->is_null()) continue;
    const std::string path =
        rule.section.empty() ? std::string(rule.member) : fmt::format("{}.{}", rule.section, rule.member);
    if (!value->is_number()) return format_error(fmt::format("invalid type: {}: expected usize", path));
    if (value->number() < rule.least)
      return invalid_body(path,
                          fmt::format("value {} invalid, must be {} or larger", value->raw(), rule.least));
  }
  return {};
}

// What of a collection's or a vector's hnsw_config is the engine's matter: how its graphs are made.
Outcome<> read_hnsw(json::Value body, engine::VectorIndexOptions& index) {
  const auto config = body.find("hnsw_config");
  if (!config || config->is_null()) return {};
  if (!config->is_object()) return format_error("invalid type: hnsw_config, expected a map");
  STELE_RETURN_IF_ERROR(check_least(body));
  const auto read = [&](std::string_view name, std::uint32_t least, std::uint32_t most,
                        std::uint32_t& into) -> Outcome<> {
    const auto value = config->find(name);
    if (!value || value->is_null()) return {};
    const auto number = value->as_uint64();
    if (!number) return format_error(fmt::format("invalid type: hnsw_config.{}: expected usize", name));
    into = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(*number, least, most));
    return {};
  };
  std::uint32_t links = index.links;
  STELE_RETURN_IF_ERROR(read("m", 0, 512, links));
  STELE_RETURN_IF_ERROR(read("ef_construct", 4, 65536, index.effort));
  STELE_RETURN_IF_ERROR(read("full_scan_threshold", 10, kNoGraph, index.scan_kilobytes));
  // No links at all mean: no graph.
  if (links == 0) index.scan_kilobytes = kNoGraph;
  index.links = std::max(links, 2U);
  return {};
}

Outcome<engine::FieldDefinition> read_vector(const std::string& where, json::Value value) {
  engine::FieldDefinition field{.type = engine::FieldType::kDenseVector};
  const auto size = value.find("size");
  const auto distance = value.find("distance");
  if (!size) return format_error("missing field `size`");
  if (!distance) return format_error("missing field `distance`");
  const auto count = size->as_uint64();
  if (!count) return format_error(fmt::format("invalid value: {}, expected a nonzero u64", size->raw()));
  if (*count == 0 || *count > 65536)
    return invalid_body(where + "size", fmt::format("value {} invalid, must be from 1 to 65536", *count));
  field.dimension = static_cast<std::uint32_t>(*count);
  const auto known = std::ranges::find_if(kDistances, [&](const Distance& each) {
    return distance->is_string() && distance->string() == each.name;
  });
  if (known == kDistances.end())
    return format_error(fmt::format(
        "unknown variant `{}`, expected one of `Cosine`, `Euclid`, `Dot`, `Manhattan`", distance->raw()));
  field.similarity = known->similarity;
  if (const auto multi = value.find("multivector_config"); multi && !multi->is_null())
    return not_supported("multivector_config");
  if (const auto datatype = value.find("datatype"); datatype && !datatype->is_null())
    if (!datatype->is_string() || (datatype->string() != "float32" && datatype->string() != "float16"))
      return not_supported(fmt::format("the datatype {}", datatype->raw()));
  STELE_RETURN_IF_ERROR(read_hnsw(value, field.vector_index));
  return field;
}

// The column, and so the field, that a vector's name stands for.
std::string column_of(std::string_view name) {
  if (name.empty()) return "vector";
  const bool fits =
      name.size() <= 63 && name != "id" && name != "payload" && name.find('\0') == std::string_view::npos;
  return fits ? std::string(name) : "vector_" + crypto::hex(crypto::sha256(name)).substr(0, 16);
}

struct VectorsRead {
  std::vector<engine::FieldDefinition> fields;
  std::vector<views::PointVector> vectors;
};

Outcome<> add_vector(std::string_view name, const std::string& where, json::Value value, VectorsRead& read) {
  STELE_TRY(engine::FieldDefinition field, read_vector(where, value));
  field.path = column_of(name);
  for (const views::PointVector& other : read.vectors)
    if (other.column == field.path) return wrong_input(fmt::format("vector `{}` is given twice", name));
  read.vectors.push_back({std::string(name), field.path});
  read.fields.push_back(std::move(field));
  return {};
}

Outcome<> read_sparse_vectors(json::Value value, VectorsRead& read) {
  if (!value.is_object()) return format_error("invalid type: sparse_vectors, expected a map");
  for (const auto& [name, params] : value.members()) {
    if (const auto modifier = params.find("modifier"); modifier && modifier->is_string())
      if (modifier->string() != "none" && modifier->string() != "idf")
        return format_error(fmt::format("unknown variant {}, expected `none` or `idf`", modifier->raw()));
    if (const auto type = params.find_path("index", "datatype"); type && type->is_string())
      if (type->string() != "float32" && type->string() != "float16")
        return not_supported(fmt::format("the datatype {} of sparse vectors", type->raw()));
    const std::string column = column_of(name);
    if (name.empty()) return wrong_input("Sparse vector name cannot be empty");
    for (const views::PointVector& other : read.vectors)
      if (other.column == column)
        return wrong_input(
            fmt::format("Dense and sparse vector names must be unique - duplicate found with '{}'", name));
    read.vectors.push_back({std::string(name), column, true});
    read.fields.push_back({.path = column, .indexed = false, .doc_values = false});
  }
  return {};
}

Outcome<VectorsRead> read_vectors(json::Value value) {
  VectorsRead read;
  if (!value.is_object())
    return format_error("data did not match any variant of untagged enum VectorsConfig");
  const auto size = value.find("size");
  if (size && !size->is_object()) {
    STELE_RETURN_IF_ERROR(add_vector("", "vectors.", value, read));
    return read;
  }
  for (const auto& [name, params] : value.members()) {
    if (!params.is_object())
      return format_error("data did not match any variant of untagged enum VectorsConfig");
    STELE_RETURN_IF_ERROR(add_vector(name, fmt::format("vectors.{}.", name), params, read));
  }
  return read;
}

Outcome<> check_supported(json::Value body) {
  if (const auto method = body.find("sharding_method");
      method && method->is_string() && method->string() != "auto")
    return not_supported(fmt::format("sharding_method {}", method->raw()));
  if (const auto strict = body.find_path("strict_mode_config", "enabled"); strict && strict->is_bool())
    if (strict->boolean()) return not_supported("strict mode");
  if (const auto from = body.find("init_from"); from && !from->is_null()) return not_supported("init_from");
  return {};
}

// A part over its defaults; null ones stay where nothing was said.
void write_over(json::Writer& writer, std::string_view defaults, std::string_view part) {
  if (part.empty()) {
    writer.raw(defaults);
    return;
  }
  const auto base = json::Document::parse_borrowed(defaults);
  const auto change = json::Document::parse_borrowed(part);
  writer.raw(base && change ? merged(base->root(), change->root()) : std::string(defaults));
}

// Of a table that Qdrant did not make: what its fields say.
void write_vectors(json::Writer& writer, const Collection& collection) {
  writer.begin_object();
  for (const VectorParams& vector : collection.vectors) {
    writer.key(vector.name).begin_object().member("size", vector.size);
    for (const Distance& distance : kDistances)
      if (distance.similarity == vector.distance) writer.member("distance", distance.name);
    writer.end_object();
  }
  writer.end_object();
}

}  // namespace

std::string without_nulls(json::Value value) {
  if (!value.is_object()) return std::string(value.raw());
  std::string out;
  json::Writer writer(out, json::NumberForm::kPlain);
  writer.begin_object();
  for (const auto& [key, part] : value.members())
    if (!part.is_null()) writer.key(key).raw(without_nulls(part));
  writer.end_object();
  return out;
}

// A quantization that is switched off is not there.
static bool takes_away(std::string_view key, json::Value change) {
  return key == "quantization_config" && change.is_string() && change.string() == "Disabled";
}

std::string merged(json::Value value, json::Value change) {
  if (!value.is_object() || !change.is_object()) return without_nulls(change);
  std::string out;
  json::Writer writer(out, json::NumberForm::kPlain);
  writer.begin_object();
  for (const auto& [key, part] : value.members()) {
    const auto changed = change.find(key);
    if (changed && takes_away(key, *changed)) continue;
    writer.key(key).raw(changed && !changed->is_null() ? merged(part, *changed) : std::string(part.raw()));
  }
  for (const auto& [key, part] : change.members())
    if (!part.is_null() && !value.find(key) && !takes_away(key, part))
      writer.key(key).raw(without_nulls(part));
  writer.end_object();
  return out;
}

Outcome<views::CollectionDefinition> parse_creation(json::Value body) {
  if (!body.is_object()) return format_error("invalid type: expected struct CreateCollection");
  STELE_RETURN_IF_ERROR(check_least(body));
  STELE_RETURN_IF_ERROR(check_supported(body));
  views::CollectionDefinition definition;
  VectorsRead read;
  definition.qdrant["vectors"] = "{}";
  if (const auto vectors = body.find("vectors"); vectors && !vectors->is_null()) {
    STELE_TRY(read, read_vectors(*vectors));
    definition.qdrant["vectors"] = without_nulls(*vectors);
  }
  if (const auto sparse = body.find("sparse_vectors"); sparse && !sparse->is_null()) {
    STELE_RETURN_IF_ERROR(read_sparse_vectors(*sparse, read));
    definition.qdrant["sparse_vectors"] = without_nulls(*sparse);
  }
  // A vector's own word goes before the collection's.
  engine::VectorIndexOptions index;
  STELE_RETURN_IF_ERROR(read_hnsw(body, index));
  for (engine::FieldDefinition& field : read.fields)
    if (field.vector_index == engine::VectorIndexOptions()) field.vector_index = index;
  auto schema = engine::Schema::create(std::move(read.fields));
  if (!schema) return schema.error();
  definition.schema = *std::move(schema);
  definition.vectors = std::move(read.vectors);
  for (const Section& section : kSections)
    if (const auto part = member(body, section))
      definition.qdrant[std::string(section.name)] = without_nulls(*part);
  std::string params;
  json::Writer writer(params, json::NumberForm::kPlain);
  writer.begin_object();
  for (const std::string_view name : kParams)
    if (const auto value = body.find(name); value && !value->is_null()) writer.key(name).raw(value->raw());
  writer.end_object();
  definition.qdrant["params"] = std::move(params);
  return definition;
}

Outcome<views::HeadParts> parse_update(const Collection& collection, json::Value body) {
  if (!body.is_object()) return format_error("invalid type: expected struct UpdateCollection");
  STELE_RETURN_IF_ERROR(check_least(body));
  STELE_RETURN_IF_ERROR(check_supported(body));
  views::HeadParts parts;
  const auto lay_over = [&](std::string_view name, json::Value change) {
    const std::string former(collection.part(name));
    const auto parsed = json::Document::parse_borrowed(former.empty() ? std::string_view("{}") : former);
    parts[std::string(name)] = parsed ? merged(parsed->root(), change) : without_nulls(change);
  };
  for (const Section& section : kSections) {
    const auto change = member(body, section);
    if (!change) continue;
    // A quantization is replaced, or taken away; empty meta data removes them.
    if (section.name == "quantization_config") {
      const bool none = change->is_string() && change->string() == "Disabled";
      parts[std::string(section.name)] = none ? std::string() : without_nulls(*change);
    } else if (section.name == "metadata" && change->size() == 0) {
      parts[std::string(section.name)] = std::string();
    } else if (section.name == "metadata") {
      // Like a payload's: a null removes its member.
      const std::string former(collection.part(section.name));
      const auto parsed = json::Document::parse_borrowed(former.empty() ? std::string_view("{}") : former);
      PayloadTree tree = parsed ? PayloadTree::from(parsed->root()) : PayloadTree::object();
      tree.set(nullptr, PayloadTree::from(*change));
      parts[std::string(section.name)] = tree.to_json();
    } else {
      lay_over(section.name, *change);
    }
  }
  if (const auto params = body.find("params"); params && !params->is_null()) lay_over("params", *params);
  if (const auto sparse = body.find("sparse_vectors"); sparse && !sparse->is_null()) {
    for (const auto& [name, change] : sparse->members())
      if (collection.vector(name) == nullptr)
        return wrong_input(fmt::format("Not existing vector name error: {}", name));
    lay_over("sparse_vectors", *sparse);
  }
  const auto vectors = body.find("vectors");
  if (!vectors || vectors->is_null()) return parts;
  for (const auto& [name, change] : vectors->members()) {
    if (collection.vector(name) == nullptr)
      return wrong_input(fmt::format("Not existing vector name error: {}", name));
    if (collection.vector("") != nullptr) {
      lay_over("vectors", change);
    } else {
      lay_over("vectors", *vectors);
    }
  }
  return parts;
}

void write_config(json::Writer& writer, const Collection& collection) {
  writer.begin_object().key("params");
  std::string params;
  json::Writer inner(params, json::NumberForm::kPlain);
  write_over(inner, kDefaultParams, collection.part("params"));
  writer.begin_object().key("vectors");
  if (const std::string_view vectors = collection.part("vectors"); !vectors.empty()) {
    writer.raw(vectors);
  } else {
    write_vectors(writer, collection);
  }
  if (const std::string_view sparse = collection.part("sparse_vectors"); !sparse.empty())
    writer.key("sparse_vectors").raw(sparse);
  if (const auto parsed = json::Document::parse_borrowed(params))
    for (const auto& [name, value] : parsed->root().members()) writer.key(name).raw(value.raw());
  writer.end_object();
  writer.key("hnsw_config");
  write_over(writer, kDefaultHnsw, collection.part("hnsw_config"));
  writer.key("optimizer_config");
  write_over(writer, kDefaultOptimizers, collection.part("optimizers_config"));
  writer.key("wal_config");
  write_over(writer, kDefaultWal, collection.part("wal_config"));
  const std::string_view quantization = collection.part("quantization_config");
  writer.key("quantization_config").raw(quantization.empty() ? "null" : quantization);
  for (const std::string_view name : {"strict_mode_config", "metadata"})
    if (const std::string_view part = collection.part(name); !part.empty()) writer.key(name).raw(part);
  writer.end_object();
}

}  // namespace stele::qdrant
