#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/value.h"
#include "protocols/elastic/document/operation.h"
#include "protocols/elastic/query/body_reader.h"
#include "protocols/elastic/query/query_parser.h"

namespace stele::elastic {
namespace {

bool same(json::Value a, json::Value b) {
  if (a.raw() == b.raw()) return true;
  return a.kind() == b.kind() && to_engine_value(a) == to_engine_value(b);
}

bool merge(json::Writer& out, json::Value original, json::Value patch) {
  bool changed = false;
  out.begin_object();
  for (const json::Member& member : original.members()) {
    const std::optional<json::Value> given = patch.find(member.key);
    out.key(member.key);
    if (!given) {
      out.raw(member.value.raw());
    } else if (given->is_object() && member.value.is_object()) {
      changed |= merge(out, member.value, *given);
    } else {
      changed |= !same(member.value, *given);
      out.raw(given->raw());
    }
  }
  for (const json::Member& member : patch.members()) {
    if (original.find(member.key)) continue;
    changed = true;
    out.key(member.key).raw(member.value.raw());
  }
  out.end_object();
  return changed;
}

}  // namespace

MergedSource merge_sources(json::Value original, json::Value patch) {
  MergedSource merged;
  json::Writer out(merged.source);
  merged.changed = merge(out, original, patch);
  return merged;
}

Outcome<UpdateBody> parse_update_body(std::string_view text) {
  if (text.empty()) return parse_failure("request body is required");
  Result<json::Document> parsed = json::Document::parse_borrowed(text);
  if (!parsed) return x_content_failure(parsed.error().message, {1, 1});
  const json::Value body = parsed->root();
  if (!body.is_object())
    return x_content_failure(
        fmt::format("[UpdateRequest] Expected START_OBJECT but was: {}", token_name(body)), {1, 1});
  UpdateBody update;
  BodyReader reader(body, text, "UpdateRequest", BodyReader::Style::kXContent);
  const std::optional<json::Value> doc = reader.value("doc");
  const std::optional<json::Value> upsert = reader.value("upsert");
  if (reader.has("script")) return not_supported("[script] of an update is");
  reader.ignore("script");
  if (reader.has("scripted_upsert")) return not_supported("[scripted_upsert] of an update is");
  reader.ignore("scripted_upsert");
  update.doc_as_upsert = reader.boolean("doc_as_upsert", false);
  update.detect_noop = reader.boolean("detect_noop", true);
  if (const std::optional<json::Value> source = reader.value("_source"))
    update.want_source = !source->is_bool() || source->boolean();
  reader.ignore("if_seq_no");
  reader.ignore("if_primary_term");
  STELE_RETURN_IF_ERROR(reader.finish());
  for (const std::optional<json::Value>& part : {doc, upsert})
    if (part && !part->is_object())
      return x_content_failure("[UpdateRequest] failed to parse field [doc]", place_of(*part, text));
  if (doc) update.doc = std::string(doc->raw());
  if (upsert) update.upsert = std::string(upsert->raw());
  if (!update.doc) return validation_failure({"script or doc is missing"});
  return update;
}

}  // namespace stele::elastic
