#pragma once

#include <string>
#include <vector>

#include "text/component.h"

namespace stele::text {

// What a reader of an HTML page sees: tags, comments, scripts and styles go, character references become what
// they mean. A tag that begins or ends a block leaves a line end. Tags named in `escaped_tags` stay.
CharFilterPtr make_html_strip(const std::vector<std::string>& escaped_tags);

}  // namespace stele::text
