#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/document.h"
#include "json/document.h"
#include "views/definition.h"

namespace stele::views {

// What did not fit. Nothing here stops the applier.
struct LeftOut {
  std::size_t values = 0;
  std::string example;    // the first of them: field and reason
  bool unmapped = false;  // a member of the last document is in no definition (and is not null)

  void note(std::string_view field, std::string_view reason);
};

enum class BuildMode : std::uint8_t {
  kLenient,  // the applier: what does not fit is left out and counted
  kStrict,   // a head before it writes: the document is refused, unless the field says ignore_malformed
};

// Which typed values does this JSON document have? Follows the definition's fields through objects and arrays
// (nested arrays are flattened) and coerces as Elasticsearch does: "5" and 5.7 into long are 5, "" into
// boolean is false, dates by their format. Fields that are not in the definition are passed over. Immutable
// and shared once made for a definition, which must outlive it. Threads: any. Linear in the document.
class DocumentBuilder {
 public:
  explicit DocumentBuilder(const CollectionDefinition& definition);
  ~DocumentBuilder();
  DocumentBuilder(DocumentBuilder&&) noexcept;
  DocumentBuilder& operator=(DocumentBuilder&&) noexcept;

  // Appends to `document.fields` and `document.vectors` (not to its source). kStrict: kInvalidArgument with
  // the details "field", "type" (Elasticsearch's), "value" (its text, shortened) and "cause".
  Result<void> build(json::Value source, BuildMode mode, engine::Document& document, LeftOut& left_out) const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
  std::size_t fields_ = 0;
};

}  // namespace stele::views
