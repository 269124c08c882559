// fuzz: qdrant
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/document.h"
#include "protocols/qdrant/collection/config.h"
#include "protocols/qdrant/collection/payload_index.h"
#include "protocols/qdrant/collection_fixture_test.h"
#include "protocols/qdrant/filter/payload_filter.h"
#include "protocols/qdrant/payload/payload_tree.h"
#include "protocols/qdrant/point/point_parser.h"
#include "protocols/qdrant/point/selectors.h"
#include "protocols/qdrant/query/query_spec.h"
#include "protocols/qdrant/services.h"

namespace {

template <class T>
void check(const stele::qdrant::Outcome<T>& outcome) {
  if (!outcome && (outcome.error().status < 400 || outcome.error().message.empty())) __builtin_trap();
}

}  // namespace

// Any JSON as the body of every request: what was asked for, or a failure with a status; a filter is also
// asked about the body itself as a payload.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stele::qdrant;
  static const TestCollection test(true);
  static stele::views::Catalog catalog;
  static const Services services{{.catalog = &catalog}};
  const Call call{.services = &services};
  const CollectionPtr& collection = test.collection();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = stele::json::Document::parse_borrowed(text, {.depth_max = 128});
  if (!document) return 0;
  const stele::json::Value body = document->root();
  const auto filter = parse_filter(body);
  check(filter);
  if (filter && *filter) (void)PayloadFilter(*collection, *filter).matches_payload(body);
  if (filter) (void)as_query(*collection, *filter);
  check(parse_query(call, collection, body));
  check(parse_search(call, collection, body));
  check(parse_recommend(call, collection, body));
  check(parse_points(*collection, body));
  check(parse_creation(body));
  check(parse_update(*collection, body));
  check(parse_index(body));
  check(Selectors::read(body, true));
  if (body.is_object()) {
    PayloadTree tree = PayloadTree::from(body);
    tree.set(nullptr, tree);
    if (const auto path = JsonPath::parse(text.substr(0, text.find('{')))) tree.remove(*path);
    if (!stele::json::Document::parse(tree.to_json())) __builtin_trap();
  }
  return 0;
}
