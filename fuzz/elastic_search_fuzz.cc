// fuzz: elastic
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "protocols/elastic/index/mapping.h"
#include "protocols/elastic/search/search_request.h"

namespace {

stele::elastic::QueryScope make_scope() {
  constexpr std::string_view kMapping = R"({"properties":{"t":{"type":"text"},"k":{"type":"keyword"},
    "n":{"type":"long"},"d":{"type":"date"},"v":{"type":"dense_vector","dims":2}}})";
  auto document = stele::json::Document::parse(std::string(kMapping));
  auto mapping = stele::elastic::parse_mapping(document->root());
  stele::elastic::QueryScope scope;
  scope.definitions.push_back(std::make_shared<const stele::views::CollectionDefinition>(
      *stele::views::CollectionDefinition{}.with(std::move(mapping->change))));
  scope.key_layouts.push_back({stele::engine::KeyType::kText});
  scope.now_ns = 1715776200LL * 1'000'000'000;
  return scope;
}

}  // namespace

// Any JSON as the body of a _search, and as a mapping: a request or a failure with a status.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const stele::elastic::QueryScope scope = make_scope();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = stele::json::Document::parse_borrowed(text);
  if (!document || !document->root().is_object()) return 0;
  const auto request = stele::elastic::parse_search(scope, document->root(), text, {});
  if (!request && (request.error().status < 400 || request.error().reason.empty())) __builtin_trap();
  const auto mapping = stele::elastic::parse_mapping(document->root());
  if (!mapping && mapping.error().status < 400) __builtin_trap();
  return 0;
}
