#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/elastic/call.h"

namespace stele::elastic {

// One row of the table of what is served: methods and path pattern ("/{index}/_doc/{id}"), the parameters it
// takes beside the common ones, and who answers.
struct Endpoint {
  std::string_view methods;  // "GET POST"
  std::string_view pattern;
  std::string_view parameters;  // names, separated by blanks
  Handler handler;
  bool takes_body = true;
};

// All of them (endpoints.cc).
std::span<const Endpoint> endpoints();

struct Route {
  const Endpoint* endpoint = nullptr;
  std::vector<std::pair<std::string, std::string>> parts;
  // Where no endpoint has this method: those that the path knows. Empty: the path is not known.
  std::vector<std::string> allowed;
};

// Which endpoint answers? Literal segments win over parts, from the left, as in Elasticsearch's path trie.
// Immutable; any thread. Cost: linear in the patterns of that many segments.
class Router {
 public:
  explicit Router(std::span<const Endpoint> endpoints);
  Route find(std::string_view method, std::string_view path) const;

 private:
  struct Pattern {
    const Endpoint* endpoint;
    std::vector<std::string_view> segments;
    std::vector<std::string_view> methods;
  };
  std::vector<std::vector<Pattern>> by_size_;
};

// "request [/x] contains unrecognized parameter: [foo] -> did you mean [from]?", or nothing wrong.
std::optional<Failure> check_parameters(const Endpoint& endpoint, std::string_view path,
                                        const Parameters& parameters);

}  // namespace stele::elastic
