#include "protocols/elastic/media_type.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace stele::elastic {
namespace {

struct MediaType {
  std::string type;        // lower case, without parameters
  std::string compatible;  // of compatible-with
};

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

MediaType parse(std::string_view text) {
  MediaType media;
  const std::size_t end = std::min(text.find(';'), text.size());
  media.type = lower(trim(text.substr(0, end)));
  text.remove_prefix(end);
  while (!text.empty()) {
    text.remove_prefix(1);
    const std::size_t next = std::min(text.find(';'), text.size());
    const std::string parameter = lower(trim(text.substr(0, next)));
    if (parameter.starts_with("compatible-with=")) media.compatible = parameter.substr(16);
    text.remove_prefix(next);
  }
  std::erase(media.compatible, '"');
  return media;
}

constexpr std::array<std::string_view, 4> kJsonTypes = {"application/json", "application/x-ndjson",
                                                        "application/vnd.elasticsearch+json",
                                                        "application/vnd.elasticsearch+x-ndjson"};

bool is_json(const MediaType& media) {
  return std::ranges::find(kJsonTypes, media.type) != kJsonTypes.end();
}

bool is_vendor(const MediaType& media) {
  return media.type.starts_with("application/vnd.elasticsearch+");
}

bool is_known_version(const MediaType& media) {
  return media.compatible.empty() || media.compatible == "7" || media.compatible == "8" ||
         media.compatible == "9";
}

Failure bad_version(const MediaType& media, std::string_view header, std::string_view value) {
  return Failure{400, "media_type_header_exception",
                 fmt::format("Invalid media-type value on headers [{}]", header)}
      .because({400, "status_exception",
                fmt::format("{} version must be either version 9, 8 or 7, but found {}. {}={}", header,
                            media.compatible, header, value)});
}

// The first entry of an Accept list that we can answer with.
std::optional<MediaType> pick(std::string_view accept) {
  while (!accept.empty()) {
    const std::size_t end = std::min(accept.find(','), accept.size());
    MediaType media = parse(accept.substr(0, end));
    if (is_json(media) || media.type == "text/plain" || media.type == "application/vnd.elasticsearch+text")
      return media;
    accept.remove_prefix(std::min(end + 1, accept.size()));
  }
  return std::nullopt;
}

}  // namespace

Outcome<MediaTypes> negotiate(const MediaTypeRequest& request) {
  MediaTypes types;
  const MediaType content = parse(request.content_type);
  if (request.has_body && !is_json(content)) {
    const std::string reason =
        request.content_type.empty()
            ? "Content-Type header is missing"
            : fmt::format("Content-Type header [{}] is not supported", request.content_type);
    return Failure{406, "", reason};
  }
  if (is_vendor(content) && !is_known_version(content))
    return bad_version(content, "Content-Type", request.content_type);
  const std::optional<MediaType> accepted = pick(request.accept);
  if (accepted && !is_known_version(*accepted)) return bad_version(*accepted, "Accept", request.accept);
  // Only what is asked by name counts; without Accept the request's own type does.
  const MediaType& asked = accepted ? *accepted : content;
  if (is_vendor(asked)) {
    const std::string version = asked.compatible.empty() ? "8" : asked.compatible;
    types.json = fmt::format("application/vnd.elasticsearch+json;compatible-with={}", version);
    if (accepted && asked.type == "application/vnd.elasticsearch+text")
      types.text = fmt::format("application/vnd.elasticsearch+text;compatible-with={}", version);
  }
  if (accepted && is_json(*accepted)) types.cat = Body::kJson;
  if (request.format == "json") types.cat = Body::kJson;
  if (request.format == "txt" || request.format == "text") types.cat = Body::kText;
  return types;
}

}  // namespace stele::elastic
