#include <fmt/format.h>

#include <map>

#include "json/writer.h"
#include "protocols/elastic/document/reader.h"
#include "protocols/elastic/endpoints/handlers.h"
#include "protocols/elastic/query/body_reader.h"
#include "protocols/elastic/search/refresh_pins.h"
#include "protocols/elastic/services.h"

namespace stele::elastic {
namespace {

struct GetOptions {
  SourceFilter source;
  bool source_is_given = false;
  bool realtime = true;
};

Outcome<GetOptions> read_options(const Call& call) {
  GetOptions options;
  STELE_TRY(options.realtime, call.parameters.boolean("realtime", true));
  STELE_TRY(std::optional<SourceFilter> source, SourceFilter::from_parameters(call.parameters));
  options.source_is_given = source.has_value();
  if (source) options.source = *std::move(source);
  if (call.parameters.has("stored_fields"))
    options.source.ask_stored(call.parameters.list("stored_fields"), options.source_is_given);
  if (call.parameters.has("version") && call.parameters.text("version_type", "internal") != "internal")
    return not_supported(fmt::format("[version_type={}] is", call.parameters.text("version_type")));
  return options;
}

struct Found {
  Index index;
  std::string id;
  std::optional<views::StoredDocument> document;
};

net::Task<Outcome<Found>> find_document(Call* call, bool realtime) {
  Found found;
  found.id = std::string(call->part("id"));
  const auto catalog = call->catalog();
  STELE_CO_TRY(found.index, resolve_one_index(*catalog, call->part("index")));
  STELE_CO_TRY(const bool refresh, call->parameters.boolean("refresh", false));
  if (refresh) call->services->pins->renew(found.index->id);
  std::vector<std::string> ids{found.id};
  auto documents = co_await read_documents(call, found.index, std::move(ids), realtime);
  if (!documents) co_return std::move(documents).error();
  found.document = std::move((*documents)[0]);
  if (found.document && call->parameters.has("version")) {
    STELE_CO_TRY(const std::int64_t version, call->parameters.integer("version", 0));
    if (static_cast<std::uint64_t>(version) != found.document->version)
      co_return on_index(
          {409, "version_conflict_engine_exception",
           fmt::format("[{}]: version conflict, current version [{}] is different than the one "
                       "provided [{}]",
                       found.id, found.document->version, version)},
          *found.index);
  }
  co_return found;
}

// One line of an _mget.
struct Wanted {
  std::string index;
  std::string id;
  SourceFilter source;
  std::optional<Failure> failure = {};
};

Outcome<Wanted> read_wanted(json::Value entry, std::string_view text, const std::string& default_index,
                            const GetOptions& options) {
  Wanted wanted{default_index, {}, options.source};
  bool source_is_given = options.source_is_given;
  std::optional<json::Value> stored;
  if (!entry.is_object())
    return parsing_failure("docs array element should include an object", place_of(entry, text));
  for (const json::Member& member : entry.members()) {
    const std::optional<std::string> value = scalar_text(member.value);
    if (member.key == "_index") {
      wanted.index = value.value_or("");
    } else if (member.key == "_id") {
      wanted.id = value.value_or("");
    } else if (member.key == "_source") {
      STELE_TRY(SourceFilter source, SourceFilter::from_body(member.value));
      source.stored = std::move(wanted.source.stored);
      wanted.source = std::move(source);
      source_is_given = true;
    } else if (member.key == "stored_fields") {
      stored = member.value;
    } else if (member.key != "routing" && member.key != "version" && member.key != "version_type") {
      return parse_failure(fmt::format("failed to parse multi get request. unknown field [{}]", member.key));
    }
  }
  if (stored) STELE_RETURN_IF_ERROR(wanted.source.ask_stored(*stored, source_is_given));
  return wanted;
}

Outcome<std::vector<Wanted>> read_list(const Call& call, json::Value body, const GetOptions& options) {
  const std::string index(call.part("index"));
  std::vector<Wanted> list;
  for (const json::Member& member : body.members()) {
    if ((member.key != "docs" && member.key != "ids") || !member.value.is_array())
      return parsing_failure(fmt::format("unknown key [{}] for a {}, expected [docs] or [ids]", member.key,
                                         token_name(member.value)),
                             place_of(member.value, call.body));
    for (const json::Value entry : member.value.elements()) {
      if (member.key == "ids") {
        const std::optional<std::string> id = scalar_text(entry);
        if (!id) return illegal_argument("ids array element should only contain ids");
        list.push_back({index, *id, options.source});
        continue;
      }
      STELE_TRY(Wanted wanted, read_wanted(entry, call.body, index, options));
      list.push_back(std::move(wanted));
    }
  }
  if (list.empty()) return validation_failure({"no documents to get"});
  std::vector<std::string> problems;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i].index.empty()) problems.push_back(fmt::format("index is missing for doc {}", i));
    if (list[i].id.empty()) problems.push_back(fmt::format("id is missing for doc {}", i));
  }
  if (!problems.empty()) return validation_failure(problems);
  return list;
}

}  // namespace

net::Task<Outcome<Reply>> get_document(Call* call) {
  STELE_CO_TRY(const GetOptions options, read_options(*call));
  auto found = co_await find_document(call, options.realtime);
  if (!found) co_return std::move(found).error();
  Reply reply;
  reply.status = found->document ? 200 : 404;
  json::Writer out(reply.body);
  write_document(out, *found->index, found->id, found->document ? &*found->document : nullptr,
                 options.source);
  co_return reply;
}

net::Task<Outcome<Reply>> get_source(Call* call) {
  STELE_CO_TRY(const GetOptions options, read_options(*call));
  if (!options.source.enabled) co_return validation_failure({"fetching source can not be disabled"});
  auto found = co_await find_document(call, options.realtime);
  if (!found) co_return std::move(found).error();
  if (!found->document)
    co_return Failure{404, "resource_not_found_exception",
                      fmt::format("Document not found [{}]/[{}]", found->index->name, found->id)};
  Result<json::Document> parsed = json::Document::parse_borrowed(found->document->source);
  if (options.source.filter.keeps_all() || !parsed) co_return json_reply(std::move(found->document->source));
  co_return json_reply(options.source.filter.apply(parsed->root()));
}

net::Task<Outcome<Reply>> multi_get(Call* call) {
  STELE_CO_TRY(const GetOptions options, read_options(*call));
  STELE_CO_TRY(const std::optional<json::Document> body, call->json_body());
  if (!body) co_return parse_failure("request body or source parameter is required");
  STELE_CO_TRY(std::vector<Wanted> list, read_list(*call, body->root(), options));
  STELE_CO_TRY(const bool refresh, call->parameters.boolean("refresh", false));
  std::vector<Index> indices(list.size());
  std::map<std::int64_t, std::vector<std::size_t>> by_index;
  const auto catalog = call->catalog();
  for (std::size_t i = 0; i < list.size(); ++i) {
    Outcome<Index> index = resolve_one_index(*catalog, list[i].index);
    if (!index) {
      list[i].failure = std::move(index).error();
      continue;
    }
    indices[i] = *index;
    by_index[indices[i]->id].push_back(i);
  }
  std::vector<std::optional<views::StoredDocument>> documents(list.size());
  for (const auto& [id, numbers] : by_index) {
    if (refresh) call->services->pins->renew(id);
    std::vector<std::string> ids;
    for (const std::size_t i : numbers) ids.push_back(list[i].id);
    auto read = co_await read_documents(call, indices[numbers[0]], std::move(ids), options.realtime);
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      if (read) {
        documents[numbers[k]] = std::move((*read)[k]);
      } else {
        list[numbers[k]].failure = read.error();
      }
    }
  }
  Reply reply;
  json::Writer out(reply.body);
  out.begin_object().key("docs").begin_array();
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i].failure) {
      out.begin_object();
      out.member("_index", list[i].index).member("_id", list[i].id);
      out.key("error");
      write_failure(out, *list[i].failure, true);
      out.end_object();
    } else {
      write_document(out, *indices[i], list[i].id, documents[i] ? &*documents[i] : nullptr, list[i].source);
    }
  }
  out.end_array().end_object();
  co_return reply;
}

}  // namespace stele::elastic
