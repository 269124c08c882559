#include <fmt/format.h>

#include <algorithm>

#include "engine/collection.h"
#include "json/writer.h"
#include "protocols/elastic/endpoints/handlers.h"
#include "protocols/elastic/index/names.h"
#include "protocols/elastic/index/settings.h"
#include "protocols/elastic/query/body_reader.h"
#include "protocols/elastic/search/refresh_pins.h"
#include "protocols/elastic/services.h"
#include "text/analyzer.h"

namespace stele::elastic {
namespace {

Outcome<std::vector<ResolvedIndex>> named_indices(const Call& call, const views::CatalogState& catalog) {
  STELE_TRY(const IndicesOptions options, IndicesOptions::from(call.parameters));
  return resolve_indices(catalog, call.part("index"), options);
}

Reply shards_reply(std::size_t shards) {
  Reply reply;
  json::Writer out(reply.body);
  out.begin_object().key("_shards").begin_object();
  out.member("total", shards).member("successful", shards).member("failed", 0);
  out.end_object().end_object();
  return reply;
}

std::size_t shards_of(const std::vector<ResolvedIndex>& indices) {
  std::size_t shards = 0;
  for (const ResolvedIndex& resolved : indices)
    shards +=
        static_cast<std::size_t>(IndexMetadata::of(*resolved.index).number("index.number_of_shards", 1));
  return shards;
}

// Offsets as Elasticsearch counts them: UTF-16 code units, of a text whose offsets are bytes and mostly grow.
class CodeUnits {
 public:
  explicit CodeUnits(std::string_view text) : text_(text) {}
  std::size_t at(std::size_t byte) {
    if (byte < byte_) byte_ = units_ = 0;
    for (; byte_ < std::min(byte, text_.size()); ++byte_) {
      const auto c = static_cast<unsigned char>(text_[byte_]);
      if ((c & 0xC0U) == 0x80U) continue;  // inside of a character
      units_ += c >= 0xF0U ? 2 : 1;
    }
    return units_;
  }

 private:
  std::string_view text_;
  std::size_t byte_ = 0;
  std::size_t units_ = 0;
};

// The analyzer that a request of _analyze means.
Outcome<std::shared_ptr<const text::Analyzer>> pick_analyzer(const Call& call, BodyReader& reader) {
  std::string name = reader.text("analyzer");
  const std::string field = reader.text("field");
  const std::optional<std::string> tokenizer = reader.maybe_text("tokenizer");
  const std::optional<json::Value> filters = reader.value("filter");
  if (reader.has("char_filter")) return not_supported("[char_filter] is");
  if (tokenizer) {
    Result<std::shared_ptr<const text::Tokenizer>> found = text::find_tokenizer(*tokenizer);
    if (!found)
      return illegal_argument(fmt::format("failed to find global tokenizer under [{}]", *tokenizer));
    std::vector<std::shared_ptr<const text::TokenFilter>> chain;
    if (filters && filters->is_array()) {
      for (const json::Value filter : filters->elements()) {
        if (filter.is_object()) return not_supported("a [filter] defined in an analyze request is");
        const std::string filter_name = scalar_text(filter).value_or("");
        Result<std::shared_ptr<const text::TokenFilter>> one = text::find_token_filter(filter_name);
        if (!one)
          return illegal_argument(fmt::format("failed to find global filter under [{}]", filter_name));
        chain.push_back(*std::move(one));
      }
    }
    return std::make_shared<const text::Analyzer>("_custom", *std::move(found), std::move(chain));
  }
  if (!field.empty()) {
    STELE_TRY(const Index index, resolve_one_index(*call.catalog(), call.part("index")));
    const auto id = index->definition->schema.find(field);
    const engine::FieldDefinition* definition = id ? &index->definition->schema.field(*id) : nullptr;
    name = definition == nullptr                          ? "standard"
           : definition->type == engine::FieldType::kText ? definition->analyzer
                                                          : "keyword";
  }
  if (name.empty()) name = "standard";
  Result<std::shared_ptr<const text::Analyzer>> analyzer = text::find_analyzer(name);
  if (!analyzer) return illegal_argument(fmt::format("failed to find global analyzer [{}]", name));
  return *std::move(analyzer);
}

// How many tokens a reply of _analyze may have.
Outcome<std::size_t> analyze_limit(const Call& call) {
  constexpr std::int64_t kDefault = 10000;
  if (call.part("index").empty()) return static_cast<std::size_t>(kDefault);
  STELE_TRY(const Index index, resolve_one_index(*call.catalog(), call.part("index")));
  const std::int64_t limit = IndexMetadata::of(*index).number("index.analyze.max_token_count", kDefault);
  return static_cast<std::size_t>(std::max<std::int64_t>(limit, 0));
}

}  // namespace

net::Task<Outcome<Reply>> refresh_indices(Call* call) {
  const auto catalog = call->catalog();
  STELE_CO_TRY(const std::vector<ResolvedIndex> indices, named_indices(*call, *catalog));
  for (const ResolvedIndex& resolved : indices) call->services->pins->renew(resolved.index->id);
  co_return shards_reply(shards_of(indices));
}

net::Task<Outcome<Reply>> flush_indices(Call* call) {
  STELE_CO_TRY(const bool force, call->parameters.boolean("force", false));
  STELE_CO_TRY(const bool waits, call->parameters.boolean("wait_if_ongoing", true));
  if (force && !waits) co_return validation_failure({"wait_if_ongoing must be true for a force flush"});
  const auto catalog = call->catalog();
  STELE_CO_TRY(const std::vector<ResolvedIndex> indices, named_indices(*call, *catalog));
  co_return shards_reply(shards_of(indices));
}

net::Task<Outcome<Reply>> index_stats(Call* call) {
  const auto catalog = call->catalog();
  STELE_CO_TRY(const std::vector<ResolvedIndex> indices, named_indices(*call, *catalog));
  std::string each;
  json::Writer inner(each);
  std::size_t documents = 0;
  std::size_t deleted = 0;
  std::size_t bytes = 0;
  const auto write_facts = [](json::Writer& out, std::size_t docs, std::size_t dead, std::size_t size) {
    for (const std::string_view part : {"primaries", "total"}) {
      out.key(part).begin_object();
      out.key("docs").begin_object().member("count", docs).member("deleted", dead).end_object();
      out.key("store").begin_object().member("size_in_bytes", size).end_object();
      out.end_object();
    }
  };
  inner.begin_object();
  for (const ResolvedIndex& resolved : indices) {
    const engine::CollectionStats stats = stats_of(*resolved.index);
    documents += stats.documents;
    deleted += stats.dead_versions;
    bytes += stats.memory_bytes;
    inner.key(resolved.index->name).begin_object();
    inner.member("uuid", resolved.index->uuid);
    inner.member("health", "green").member("status", "open");
    write_facts(inner, stats.documents, stats.dead_versions, stats.memory_bytes);
    inner.end_object();
  }
  inner.end_object();
  const std::size_t shards = shards_of(indices);
  Reply reply;
  json::Writer out(reply.body);
  out.begin_object().key("_shards").begin_object();
  out.member("total", shards).member("successful", shards).member("failed", 0).end_object();
  out.key("_all").begin_object();
  write_facts(out, documents, deleted, bytes);
  out.end_object();
  out.key("indices").raw(each).end_object();
  co_return reply;
}

net::Task<Outcome<Reply>> analyze_text(Call* call) {
  STELE_CO_TRY(const std::optional<json::Document> body, call->json_body());
  if (!body) co_return parse_failure("request body or source parameter is required");
  BodyReader reader(body->root(), call->body, "analyze_request", BodyReader::Style::kXContent);
  STELE_CO_TRY(const std::shared_ptr<const text::Analyzer> analyzer, pick_analyzer(*call, reader));
  if (reader.boolean("explain", false)) co_return not_supported("[explain] of an analyze request is");
  STELE_CO_TRY(const std::size_t tokens_max, analyze_limit(*call));
  const std::optional<json::Value> given = reader.value("text");
  STELE_CO_RETURN_IF_ERROR(reader.finish());
  std::vector<std::string> texts;
  if (given && given->is_array()) {
    for (const json::Value one : given->elements()) texts.push_back(scalar_text(one).value_or(""));
  } else if (given) {
    texts.push_back(scalar_text(*given).value_or(""));
  }
  if (texts.empty()) co_return validation_failure({"text is missing"});
  Reply reply;
  json::Writer out(reply.body);
  out.begin_object().key("tokens").begin_array();
  std::size_t position = 0;
  std::size_t offset = 0;
  std::size_t count = 0;
  for (const std::string& one : texts) {
    const text::Tokens tokens = analyzer->analyze(one);
    count += tokens.size();
    if (count > tokens_max)
      co_return Failure{500, "illegal_state_exception",
                        fmt::format("The number of tokens produced by calling _analyze has exceeded the "
                                    "allowed maximum of [{}]. This limit can be set by changing the "
                                    "[index.analyze.max_token_count] index level setting.",
                                    tokens_max)};
    CodeUnits units(one);
    std::size_t last = position;
    for (const text::Token& token : tokens) {
      last = position + token.position;
      out.begin_object();
      out.member("token", token.term);
      out.member("start_offset", offset + units.at(token.start));
      out.member("end_offset", offset + units.at(token.end));
      out.member("type", "<ALPHANUM>");
      out.member("position", last).end_object();
    }
    position = last + 101;
    offset += units.at(one.size()) + 1;
  }
  out.end_array().end_object();
  co_return reply;
}

}  // namespace stele::elastic
