#include "protocols/elastic/document/reader.h"

#include "engine/collection.h"
#include "protocols/elastic/index/settings.h"
#include "protocols/elastic/search/field_values.h"
#include "protocols/elastic/search/refresh_pins.h"
#include "protocols/elastic/services.h"

namespace stele::elastic {

net::Task<Outcome<std::vector<std::optional<views::StoredDocument>>>> read_documents(
    Call* call, Index index, std::vector<std::string> ids, bool realtime) {
  if (realtime) {
    auto stored =
        co_await call->services->writer().read(call->principal, index, std::move(ids), call->deadline);
    if (!stored) co_return Failure::from(stored.error());
    co_return *std::move(stored);
  }
  STELE_CO_RETURN_IF_ERROR(check_served(*index));
  std::vector<std::optional<views::StoredDocument>> documents(ids.size());
  engine::Snapshot snapshot;
  if (IndexMetadata::of(*index).setting("index.refresh_interval", "") == "-1") {
    snapshot.add(call->services->pins->pin(*index), *index->collection);
  } else {
    const std::shared_ptr<engine::Collection> collections[] = {index->collection};
    snapshot = engine::Snapshot::take(*call->services->visible, collections);
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    Result<engine::DocKey> key = engine::DocKey::parse(snapshot.view(0).key_layout(), ids[i]);
    if (!key) continue;
    const engine::DocumentPtr found = snapshot.view(0).get(*key);
    if (!found) continue;
    views::StoredDocument document;
    document.id = ids[i];
    document.source = found->source;
    document.version = static_cast<std::uint64_t>(found->version);
    document.seq_no = static_cast<std::uint64_t>(found->seq_no);
    if (!found->routing.empty()) document.routing = found->routing;
    documents[i] = std::move(document);
  }
  co_return documents;
}

void write_document(json::Writer& out, const views::CollectionEntry& index, const std::string& id,
                    const views::StoredDocument* document, const SourceFilter& source) {
  out.begin_object();
  out.member("_index", index.name);
  out.member("_id", id);
  if (document == nullptr) {
    out.member("found", false);
    out.end_object();
    return;
  }
  out.member("_version", document->version);
  out.member("_seq_no", document->seq_no);
  out.member("_primary_term", 1);
  if (document->routing) out.member("_routing", *document->routing);
  out.member("found", true);
  if (!source.stored.empty())
    write_stored_fields(out, IndexMetadata::of(index), document->source, source.stored);
  if (source.enabled) {
    out.key("_source");
    Result<json::Document> parsed = source.filter.keeps_all()
                                        ? Result<json::Document>(make_error(ErrorCode::kInternal, ""))
                                        : json::Document::parse_borrowed(document->source);
    if (parsed) {
      source.filter.apply(parsed->root(), out);
    } else {
      out.raw(document->source);
    }
  }
  out.end_object();
}

}  // namespace stele::elastic
