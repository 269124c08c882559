#pragma once

#include <map>
#include <string>
#include <string_view>

#include "engine/schema.h"
#include "protocols/elastic/failure.h"
#include "protocols/elastic/index/settings.h"

namespace stele::elastic {

// How an index' settings say that texts are scored (index.similarity.NAME.PARAMETER), by name; "BM25" is
// always there, "default" is for fields that name none.
using Similarities = std::map<std::string, engine::Bm25Parameters, std::less<>>;

// Of settings that were checked.
Similarities similarities_of(const std::map<std::string, std::string>& settings);
// The same for an index to be created: illegal_argument_exception for an unknown type, an unknown parameter
// or one out of range; types other than BM25 are not there yet.
Outcome<Similarities> check_similarities(const SettingTexts& settings);

// What a field's definition holds for a similarity's name in its mapping.
Outcome<engine::Bm25Parameters> similarity_for_field(const Similarities& similarities, std::string_view name,
                                                     std::string_view field);

}  // namespace stele::elastic
