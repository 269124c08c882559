#include "server/tour/level.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <array>
#include <charconv>
#include <fstream>
#include <sstream>

namespace stele::server {

namespace {

constexpr std::array<std::pair<std::string_view, TourProtocol>, 4> kProtocols = {{
    {"sql", TourProtocol::kSql},
    {"redis", TourProtocol::kRedis},
    {"elastic", TourProtocol::kElastic},
    {"qdrant", TourProtocol::kQdrant},
}};

constexpr std::array<std::pair<std::string_view, Expectation::Kind>, 3> kKinds = {{
    {"contains", Expectation::Kind::kContains},
    {"at_least", Expectation::Kind::kAtLeast},
    {"at_most", Expectation::Kind::kAtMost},
}};

// yaml-cpp tells what is wrong by exceptions; so do these, to be caught in one place.
[[noreturn]] void refuse(const YAML::Node& node, const std::string& what) {
  throw YAML::ParserException(node.Mark(), what);
}

std::string text(const YAML::Node& node, const char* key) {
  if (!node[key] || !node[key].IsScalar()) refuse(node, fmt::format("\"{}\" is missing", key));
  return node[key].as<std::string>();
}

// A scalar, or one operator with its operand.
Expectation expectation(std::string place, const YAML::Node& node) {
  if (node.IsScalar()) return {std::move(place), Expectation::Kind::kEqual, node.as<std::string>()};
  if (!node.IsMap() || node.size() != 1) refuse(node, "a value or one of contains, at_least, at_most");
  const auto word = node.begin()->first.as<std::string>();
  for (const auto& [name, kind] : kKinds)
    if (word == name) return {std::move(place), kind, node.begin()->second.as<std::string>()};
  refuse(node, fmt::format("\"{}\" is none of contains, at_least, at_most", word));
}

TourStep step(const YAML::Node& node) {
  TourStep step;
  for (const auto& [name, protocol] : kProtocols) {
    const YAML::Node request = node[std::string(name)];
    if (!request) continue;
    if (!step.request.empty()) refuse(node, "a step has one request");
    step.protocol = protocol;
    step.request = request.as<std::string>();
  }
  if (step.request.empty()) refuse(node, "a step needs sql, redis, elastic or qdrant");
  if (node["body"]) step.body = node["body"].as<std::string>();
  if (node["within"]) step.within = std::chrono::milliseconds(node["within"].as<int>());
  const YAML::Node expected = node["expect"];
  if (!expected) refuse(node, "\"expect\" is missing");
  const bool http = step.protocol == TourProtocol::kElastic || step.protocol == TourProtocol::kQdrant;
  if (!http) {
    step.expected.push_back(expectation("", expected));
  } else {
    if (!expected.IsMap()) refuse(expected, "a map from places to values");
    for (const auto& entry : expected)
      step.expected.push_back(expectation(entry.first.as<std::string>(), entry.second));
  }
  return step;
}

TourLevel level(const YAML::Node& root) {
  TourLevel level;
  level.number = root["level"].as<int>();
  level.title = text(root, "title");
  for (const YAML::Node& node : root["items"]) {
    TourItem item{text(node, "name"), text(node, "teaches"), {}};
    for (const YAML::Node& each : node["steps"]) item.steps.push_back(step(each));
    if (item.steps.empty()) refuse(node, "an item has steps");
    level.items.push_back(std::move(item));
  }
  if (level.items.empty()) refuse(root, "a level has items");
  return level;
}

}  // namespace

std::string_view to_string(TourProtocol protocol) {
  for (const auto& [name, each] : kProtocols)
    if (each == protocol) return name;
  return "";
}

Result<TourLevel> TourLevel::parse(std::string_view yaml) {
  try {
    return level(YAML::Load(std::string(yaml)));
  } catch (const YAML::Exception& exception) {
    return make_error(ErrorCode::kInvalidArgument,
                      fmt::format("line {}: {}", exception.mark.line + 1, exception.msg));
  }
}

Result<TourLevel> find_level(const std::string& name) {
  int number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) {
    std::ifstream file(name);
    std::ostringstream content;
    content << file.rdbuf();
    if (!file) return make_error(ErrorCode::kNotFound, fmt::format("no level and no file: {}", name));
    Result<TourLevel> parsed = TourLevel::parse(content.str());
    if (!parsed) return make_error(parsed.error().code, fmt::format("{}: {}", name, parsed.error().message));
    return parsed;
  }
  std::string there;
  for (const std::string_view text : level_texts()) {
    STELE_TRY(TourLevel level, TourLevel::parse(text));
    if (level.number == number) return level;
    there += fmt::format("{}{} ({})", there.empty() ? "" : ", ", level.number, level.title);
  }
  return make_error(ErrorCode::kNotFound, fmt::format("no level {}: there is {}", number, there));
}

}  // namespace stele::server
