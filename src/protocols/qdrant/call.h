#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/principal.h"
#include "base/clock.h"
#include "base/lsn.h"
#include "json/document.h"
#include "net/http/message.h"
#include "net/task.h"
#include "protocols/qdrant/failure.h"

namespace stele::qdrant {

struct Services;

// What a handler answers with: the JSON of "result", which the head puts into the envelope. `lsn` is the
// commit of what was written; `not_applied` says that it is not visible here yet.
struct Reply {
  std::string result;
  std::optional<Lsn> lsn = {};
  bool not_applied = false;
  bool bare = false;  // no envelope: `result` is the body
  std::string content_type = "application/json";
};

// One request on its way through the head. Owned by Head::handle for as long as its handler runs, so handlers
// take a pointer.
struct Call {
  const Services* services = nullptr;
  net::HttpRequest request;
  std::vector<std::pair<std::string, std::string>> parts = {};  // of the path: collection, id, …
  access::Principal principal = {};
  TimePoint started = {};
  TimePoint deadline = kNoDeadline;
  bool wait = false;       // ?wait=true
  std::string shown = {};  // the position that the reply shows at least, for x-stele-lsn

  std::string_view part(std::string_view name) const;
  // The body as JSON. 400 as serde words it, roughly.
  Outcome<json::Document> json_body() const;
};

using Handler = net::Task<Outcome<Reply>> (*)(Call*);

}  // namespace stele::qdrant
