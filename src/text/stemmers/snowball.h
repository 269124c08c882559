#pragma once

#include <string>
#include <string_view>

#include "text/component.h"

namespace stele::text {

// Is there a Snowball algorithm of that name (libstemmer's: "german", "russian", …; and german2)?
bool has_snowball(std::string_view algorithm);
// A filter that stems with it; the name must be one that has_snowball knows. Stemmers hold state: each thread
// has its own, made when first needed.
TokenFilterPtr make_snowball(std::string_view algorithm);

}  // namespace stele::text
