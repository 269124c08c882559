#include <fmt/format.h>

#include <algorithm>

#include "json/writer.h"
#include "protocols/elastic/endpoints/handlers.h"
#include "protocols/elastic/index/analysis.h"
#include "protocols/elastic/index/names.h"
#include "protocols/elastic/query/body_reader.h"
#include "protocols/elastic/services.h"
#include "text/registry.h"

namespace stele::elastic {
namespace {

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

// What a request of _analyze asks for.
struct AnalyzeRequest {
  std::string analyzer;
  std::string normalizer;
  std::string field;
  std::optional<json::Value> tokenizer;
  std::vector<json::Value> filters;
  std::vector<json::Value> char_filters;
  bool explain = false;
  std::vector<std::string> texts;

  bool has_parts() const { return !filters.empty() || !char_filters.empty(); }
};

std::vector<json::Value> one_or_more(const std::optional<json::Value>& value) {
  std::vector<json::Value> values;
  if (value && value->is_array()) {
    for (const json::Value element : value->elements()) values.push_back(element);
  } else if (value) {
    values.push_back(*value);
  }
  return values;
}

Outcome<AnalyzeRequest> read_request(BodyReader& reader) {
  AnalyzeRequest request;
  request.analyzer = reader.text("analyzer");
  request.normalizer = reader.text("normalizer");
  request.field = reader.text("field");
  request.tokenizer = reader.value("tokenizer");
  request.filters = one_or_more(reader.value("filter"));
  request.char_filters = one_or_more(reader.value("char_filter"));
  request.explain = reader.boolean("explain", false);
  reader.value("attributes");  // explain shows all
  for (const json::Value one : one_or_more(reader.value("text")))
    request.texts.push_back(scalar_text(one).value_or(""));
  STELE_RETURN_IF_ERROR(reader.finish());
  if (request.texts.empty()) return validation_failure({"text is missing"});
  if (!request.normalizer.empty() && (!request.analyzer.empty() || request.tokenizer))
    return validation_failure({"tokenizer/analyze should be null if normalizer is specified"});
  if (!request.analyzer.empty() && (request.tokenizer || request.has_parts()))
    return validation_failure({"cannot define extra components on a named analyzer"});
  if (!request.normalizer.empty() && request.has_parts())
    return validation_failure({"cannot define extra components on a named normalizer"});
  return request;
}

// A part by its name or by a definition on the spot; what it is called in explain.
template <class Part, class ByName, class ByDefinition>
Outcome<text::Named<Part>> pick(json::Value value, std::string_view kind, const ByName& by_name,
                                const ByDefinition& by_definition) {
  if (value.is_object()) {
    const text::Parameters parameters = component_parameters(value);
    const std::string name = "__anonymous__" + parameters.text("type");
    auto made = by_definition(name, parameters);
    if (!made) return analysis_failure(made.error());
    return text::Named<Part>{name, *std::move(made)};
  }
  const std::string name = scalar_text(value).value_or("");
  auto made = by_name(name);
  if (made) return text::Named<Part>{name, *std::move(made)};
  if (made.error().code == ErrorCode::kNotFound)
    return illegal_argument(fmt::format("failed to find global {} under [{}]", kind, name));
  return analysis_failure(made.error());
}

Outcome<text::AnalyzerPtr> build_chain(const text::Registry& registry, const AnalyzeRequest& request) {
  text::Chain chain;
  for (const json::Value one : request.char_filters) {
    STELE_TRY(auto part,
              pick<text::CharFilter>(
                  one, "char_filter", [&](const auto& name) { return registry.char_filter(name); },
                  [&](const auto& name, const auto& p) { return registry.make_char_filter(name, p); }));
    chain.char_filters.push_back(std::move(part));
  }
  if (request.tokenizer) {
    STELE_TRY(chain.tokenizer,
              pick<text::Tokenizer>(
                  *request.tokenizer, "tokenizer", [&](const auto& name) { return registry.tokenizer(name); },
                  [&](const auto& name, const auto& p) { return registry.make_tokenizer(name, p); }));
  } else {  // a normalizer on the spot
    chain.tokenizer = {"keyword_for_normalizer", *text::find_tokenizer("keyword")};
  }
  for (const json::Value one : request.filters) {
    STELE_TRY(auto part,
              pick<text::TokenFilter>(
                  one, "filter", [&](const auto& name) { return registry.filter(name, chain); },
                  [&](const auto& name, const auto& p) { return registry.make_filter(name, p, chain); }));
    if (!request.tokenizer && !part.part->is_normalizing())
      return illegal_argument(fmt::format("Custom normalizer may not use filter [{}]", part.name));
    chain.filters.push_back(std::move(part));
  }
  auto analyzer = std::make_shared<text::Analyzer>("__custom__", std::move(chain));
  analyzer->set_custom();
  return text::AnalyzerPtr(std::move(analyzer));
}

Outcome<text::AnalyzerPtr> analyzer_of_field(const Call& call, const std::string& path) {
  STELE_TRY(const Index index, resolve_one_index(*call.catalog(), call.part("index")));
  const auto id = index->definition->schema.find(path);
  const engine::FieldDefinition* field = id ? &index->definition->schema.field(*id) : nullptr;
  Result<text::AnalyzerPtr> found = field == nullptr ? text::find_analyzer("standard")
                                    : field->type == engine::FieldType::kText
                                        ? text::find_analyzer(field->analyzer)
                                    : field->normalizer.empty() ? text::find_analyzer("keyword")
                                                                : text::find_normalizer(field->normalizer);
  if (!found) return found.error();
  return *std::move(found);
}

// The analyzer that a request means.
Outcome<text::AnalyzerPtr> pick_analyzer(const Call& call, const AnalyzeRequest& request) {
  text::Registry registry;
  const bool has_index = !call.part("index").empty();
  if (has_index) {
    STELE_TRY(const Index index, resolve_one_index(*call.catalog(), call.part("index")));
    registry = text::Registry(analysis_of(IndexMetadata::of(*index).settings));
  }
  if (!request.normalizer.empty()) {
    if (!has_index) return illegal_argument("analyze with a normalizer requires an index");
    Result<text::AnalyzerPtr> found = registry.normalizer(request.normalizer);
    if (!found)
      return illegal_argument(fmt::format("failed to find normalizer under [{}]", request.normalizer));
    return *std::move(found);
  }
  if (request.tokenizer || request.has_parts()) return build_chain(registry, request);
  if (!request.field.empty()) {
    if (!has_index) return illegal_argument("analysis based on a specific field requires an index");
    return analyzer_of_field(call, request.field);
  }
  const std::string name = request.analyzer.empty()
                               ? (registry.analysis().analyzers.contains("default") ? "default" : "standard")
                               : request.analyzer;
  Result<text::AnalyzerPtr> found = registry.analyzer(name);
  if (found) return *std::move(found);
  if (found.error().code != ErrorCode::kNotFound) return analysis_failure(found.error());
  return illegal_argument(fmt::format("failed to find {}analyzer [{}]", has_index ? "" : "global ", name));
}

// How many tokens a reply of _analyze may have.
Outcome<std::size_t> analyze_limit(const Call& call) {
  constexpr std::int64_t kDefault = 10000;
  if (call.part("index").empty()) return static_cast<std::size_t>(kDefault);
  STELE_TRY(const Index index, resolve_one_index(*call.catalog(), call.part("index")));
  const std::int64_t limit = IndexMetadata::of(*index).number("index.analyze.max_token_count", kDefault);
  return static_cast<std::size_t>(std::max<std::int64_t>(limit, 0));
}

// Writes token lists of several texts as those of one field: positions and offsets go on. Counts what it
// writes.
class TokenWriter {
 public:
  TokenWriter(json::Writer& out, const text::Analyzer& analyzer, std::size_t& count, bool details)
      : out_(out),
        gap_(static_cast<std::size_t>(std::max(analyzer.position_increment_gap(), 0))),
        count_(count),
        details_(details) {}

  void write(std::string_view text, const text::Tokens& tokens) {
    CodeUnits units(text);
    for (const text::Token& token : tokens) {
      ++count_;
      out_.begin_object();
      out_.member("token", token.term);
      out_.member("start_offset", offset_ + units.at(token.start));
      out_.member("end_offset", offset_ + units.at(token.end));
      out_.member("type", text::to_string(token.type));
      out_.member("position", position_ + token.position);
      if (details_) write_details(token);
      if (details_ || token.position_length > 1) out_.member("positionLength", token.position_length);
      if (details_) out_.member("termFrequency", 1);
      out_.end_object();
    }
    position_ += tokens.end_position() + gap_;
    offset_ += units.at(text.size()) + 1;
  }

 private:
  void write_details(const text::Token& token) {
    std::string bytes = "[";
    for (const char c : token.term)
      bytes += fmt::format("{}{:x}", bytes.size() == 1 ? "" : " ", static_cast<unsigned char>(c));
    out_.member("bytes", bytes + "]");
    out_.member("keyword", token.keyword);
  }

  json::Writer& out_;
  std::size_t gap_;
  std::size_t& count_;
  bool details_;
  std::size_t position_ = 0;
  std::size_t offset_ = 0;
};

// {"name":…,"tokens":[…]}: the chain up to `filters` filters.
void write_stage(json::Writer& out, const std::string& name, const text::Analyzer& analyzer,
                 const std::vector<std::string>& texts, std::size_t filters, std::size_t& count) {
  out.begin_object().member("name", name).key("tokens").begin_array();
  TokenWriter writer(out, analyzer, count, true);
  for (const std::string& one : texts) {
    const text::FilteredText filtered(one, analyzer.chain().char_filters);
    text::Tokens tokens;
    tokens.text_size = one.size();
    analyzer.chain().tokenizer.part->tokenize(filtered.text(), tokens);
    filtered.correct(tokens);
    for (std::size_t i = 0; i < filters; ++i) analyzer.chain().filters[i].part->filter(tokens);
    writer.write(one, tokens);
  }
  out.end_array().end_object();
}

// What each part of the chain makes of the texts.
void write_explanation(json::Writer& out, const text::Analyzer& analyzer,
                       const std::vector<std::string>& texts, std::size_t& count) {
  const text::Chain& chain = analyzer.chain();
  out.key("detail").begin_object().member("custom_analyzer", analyzer.is_custom());
  if (!analyzer.is_custom()) {
    out.key("analyzer");
    write_stage(out, analyzer.name(), analyzer, texts, chain.filters.size(), count);
    out.end_object();
    return;
  }
  out.key("charfilters").begin_array();
  std::vector<text::Named<text::CharFilter>> so_far;
  for (const auto& filter : chain.char_filters) {
    so_far.push_back(filter);
    out.begin_object().member("name", filter.name).key("filtered_text").begin_array();
    for (const std::string& one : texts) out.string(text::FilteredText(one, so_far).text());
    out.end_array().end_object();
  }
  out.end_array().key("tokenizer");
  write_stage(out, chain.tokenizer.name, analyzer, texts, 0, count);
  out.key("tokenfilters").begin_array();
  for (std::size_t i = 0; i < chain.filters.size(); ++i)
    write_stage(out, chain.filters[i].name, analyzer, texts, i + 1, count);
  out.end_array().end_object();
}

}  // namespace

net::Task<Outcome<Reply>> analyze_text(Call* call) {
  STELE_CO_TRY(const std::optional<json::Document> body, call->json_body());
  if (!body) co_return parse_failure("request body or source parameter is required");
  BodyReader reader(body->root(), call->body, "analyze_request", BodyReader::Style::kXContent);
  STELE_CO_TRY(const AnalyzeRequest request, read_request(reader));
  STELE_CO_TRY(const text::AnalyzerPtr analyzer, pick_analyzer(*call, request));
  STELE_CO_TRY(const std::size_t tokens_max, analyze_limit(*call));
  Reply reply;
  json::Writer out(reply.body);
  std::size_t count = 0;
  out.begin_object();
  if (request.explain) {
    write_explanation(out, *analyzer, request.texts, count);
  } else {
    out.key("tokens").begin_array();
    TokenWriter writer(out, *analyzer, count, false);
    for (const std::string& one : request.texts) writer.write(one, analyzer->analyze(one));
    out.end_array();
  }
  out.end_object();
  if (count > tokens_max)
    co_return Failure{500, "illegal_state_exception",
                      fmt::format("The number of tokens produced by calling _analyze has exceeded the "
                                  "allowed maximum of [{}]. This limit can be set by changing the "
                                  "[index.analyze.max_token_count] index level setting.",
                                  tokens_max)};
  co_return reply;
}

}  // namespace stele::elastic
