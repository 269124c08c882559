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
#include "net/task.h"
#include "protocols/elastic/failure.h"
#include "protocols/elastic/media_type.h"
#include "protocols/elastic/parameters.h"
#include "views/catalog.h"

namespace stele::elastic {

struct Services;

// What a handler answers with. `lsn` is the commit of what was written; `not_applied` says that it is not
// visible here yet.
struct Reply {
  int status = 200;
  std::string body;
  Body form = Body::kJson;
  std::optional<Lsn> lsn = {};
  bool not_applied = false;
};

// One request on its way through the head. Owned by Head::handle for as long as its handler runs, so handlers
// take a pointer.
struct Call {
  const Services* services = nullptr;
  std::string method;
  std::string path;                                             // as it came, without the query
  std::vector<std::pair<std::string, std::string>> parts = {};  // of the path: index, id, … decoded
  Parameters parameters = {};
  std::string body = {};
  MediaTypes media = {};
  access::Principal principal = {};
  TimePoint started = {};
  TimePoint deadline = kNoDeadline;
  bool human = false;

  // A part of the path; empty where the pattern has none.
  std::string_view part(std::string_view name) const;
  std::shared_ptr<const views::CatalogState> catalog() const;
  // Milliseconds since the request came, for `took`.
  std::int64_t took_ms() const;
  // The body as a JSON object. Absent: nothing. 400 parsing failures as Elasticsearch words them.
  Outcome<std::optional<json::Document>> json_body() const;
};

using Handler = net::Task<Outcome<Reply>> (*)(Call*);

Reply json_reply(std::string body, int status = 200);

// Where a value stands in its text, as Jackson counts columns.
Place place_of(const json::Value& value, std::string_view text);
Place place_at(std::size_t offset, std::string_view text);

}  // namespace stele::elastic
