#pragma once

#include <string>
#include <string_view>

#include "protocols/elastic/failure.h"

namespace stele::elastic {

enum class Body { kJson, kText };

// Which form does the client send, and which one does he get? Plain and vendor media types
// (application/vnd.elasticsearch+json; compatible-with=8); the client picks its deserialiser from the type it
// gets back, so what it asked for is echoed. 7, 8 and 9 are accepted, alone or together.
struct MediaTypes {
  std::string json = "application/json";           // for JSON replies
  std::string text = "text/plain; charset=UTF-8";  // for _cat
  Body cat = Body::kText;                          // what _cat answers with unless `format` says otherwise
};

struct MediaTypeRequest {
  std::string_view accept;
  std::string_view content_type;
  bool has_body = false;
  std::string_view format;  // the parameter
};

// 406 (reason alone, told as plain_error_body) for a body whose type is none of ours; 400
// media_type_header_exception for a compatible-with that is not 7, 8 or 9.
Outcome<MediaTypes> negotiate(const MediaTypeRequest& request);

}  // namespace stele::elastic
