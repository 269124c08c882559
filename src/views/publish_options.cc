#include "views/publish_options.h"

#include "json/document.h"
#include "json/writer.h"
#include "views/field_json.h"

namespace stele::views {
namespace {

Error wrong(std::string_view where, std::string_view what) {
  return make_error(ErrorCode::kInvalidArgument,
                    "options of stele.publish: " + std::string(where) + ": " + std::string(what));
}

Result<ColumnOptions> read_column(std::string_view column, json::Value value) {
  if (!value.is_object()) return wrong("fields", "\"" + std::string(column) + "\" is no object");
  ColumnOptions options;
  // read_field() knows the parameters; a column's path is its name.
  auto field = read_field(value);
  if (!field) return wrong(column, field.error().message);
  options.field = std::move(*field);
  if (value.find("path")) return wrong(column, "a column's path is its name");
  if (value.find("type")) options.type = options.field.type;
  return options;
}

Result<VectorOptions> read_vector(std::string_view column, json::Value value) {
  if (!value.is_object()) return wrong("vector", "\"" + std::string(column) + "\" is no object");
  VectorOptions options;
  for (const auto& [key, member] : value.members()) {
    if (key == "dimension") {
      const auto dimension = member.as_uint64();
      if (!dimension || *dimension == 0 || *dimension > 65536)
        return wrong(column, "dimension is a number from 1 to 65536");
      options.dimension = static_cast<std::uint32_t>(*dimension);
    } else if (key == "similarity") {
      const auto name = member.as_string();
      if (!name) return wrong(column, "similarity is a string");
      auto similarity = parse_similarity(*name);
      if (!similarity) return wrong(column, similarity.error().message);
      options.similarity = *similarity;
    } else {
      return wrong(column, "unknown: " + std::string(key));
    }
  }
  return options;
}

}  // namespace

Result<PublishOptions> PublishOptions::parse(std::string_view text) {
  PublishOptions options;
  if (text.empty()) return options;
  STELE_TRY(const json::Document document, json::Document::parse_borrowed(text));
  if (!document.root().is_object()) return wrong("all", "an object is expected");
  for (const auto& [key, value] : document.root().members()) {
    if (key == "collection") {
      if (!value.is_string()) return wrong(key, "a string is expected");
      options.collection = std::string(value.string());
    } else if (key == "exclude") {
      if (!value.is_array()) return wrong(key, "an array of column names is expected");
      for (const json::Value column : value.elements()) {
        if (!column.is_string()) return wrong(key, "an array of column names is expected");
        options.exclude.emplace(column.string());
      }
    } else if (key == "fields" || key == "vector") {
      if (!value.is_object()) return wrong(key, "an object by column is expected");
      for (const auto& [column, what] : value.members()) {
        if (key == "fields") {
          STELE_TRY(options.fields[std::string(column)], read_column(column, what));
        } else {
          STELE_TRY(options.vectors[std::string(column)], read_vector(column, what));
        }
      }
    } else {
      return wrong(key, "unknown option");
    }
  }
  return options;
}

}  // namespace stele::views
