#pragma once

#include <string>
#include <string_view>

#include "json/document.h"
#include "protocols/elastic/failure.h"
#include "protocols/elastic/index/settings.h"
#include "text/analysis.h"
#include "text/registry.h"

namespace stele::elastic {

// The analysis that an index' settings define (index.analysis.filter.NAME.PARAMETER, …), by their flat names.
text::Analysis analysis_of(const std::map<std::string, std::string>& settings);
// The same for settings of an index to be created, each definition tried once: illegal_argument_exception
// with the reason of the first wrong one.
Outcome<text::Analysis> check_analysis(const SettingTexts& settings);

// A component as a request defines it on the spot: {"type":"stop","stopwords":["a"]}.
text::Parameters component_parameters(json::Value definition);
// An error of the text library as Elasticsearch answers it.
Failure analysis_failure(const Error& error);

// What a field's definition holds for an analyzer's or normalizer's name in its mapping.
Outcome<std::string> analyzer_for_field(const text::Analysis& analysis, std::string_view name);
Outcome<std::string> normalizer_for_field(const text::Analysis& analysis, std::string_view name,
                                          std::string_view field);

}  // namespace stele::elastic
