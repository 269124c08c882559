#include "server/tour/redis_reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

namespace stele::server {

namespace {

constexpr int kDepthMax = 8;

Result<RedisReply> read_reply(std::string_view input, int depth);

Result<RedisReply> read_elements(std::string_view input, std::size_t begin, std::int64_t count, int depth) {
  RedisReply reply{count == 0 ? "(empty array)" : "", begin};
  for (std::int64_t i = 0; i < count; ++i) {
    STELE_TRY(const RedisReply element, read_reply(input.substr(reply.size), depth + 1));
    if (element.size == 0) return RedisReply();
    reply.size += element.size;
    reply.text += fmt::format("{}{}) {}", i == 0 ? "" : "\n", i + 1, element.text);
  }
  return reply;
}

Result<RedisReply> read_reply(std::string_view input, int depth) {
  if (depth > kDepthMax) return make_error(ErrorCode::kProtocol, "a reply is nested too deeply");
  const std::size_t end = input.find("\r\n");
  if (end == std::string_view::npos) return RedisReply();
  const std::string_view line = input.substr(1, end - 1);
  const std::size_t after = end + 2;
  if (input[0] == '+' || input[0] == '-') return RedisReply{std::string(line), after};
  std::int64_t number = 0;
  const auto [last, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (error != std::errc() || last != line.data() + line.size())
    return make_error(ErrorCode::kProtocol, fmt::format("no reply of Redis: {}", input.substr(0, end)));
  switch (input[0]) {
    case ':':
      return RedisReply{fmt::format("(integer) {}", number), after};
    case '$':
      if (number < 0) return RedisReply{"(nil)", after};
      if (input.size() < after + static_cast<std::size_t>(number) + 2) return RedisReply();
      return RedisReply{std::string(input.substr(after, static_cast<std::size_t>(number))),
                        after + static_cast<std::size_t>(number) + 2};
    case '*':
      if (number < 0) return RedisReply{"(nil)", after};
      return read_elements(input, after, number, depth);
    default:
      return make_error(ErrorCode::kProtocol, fmt::format("no reply of Redis: {}", input.substr(0, end)));
  }
}

}  // namespace

std::string redis_request(std::string_view line) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] == ' ') {
      ++i;
      continue;
    }
    const bool quoted = line[i] == '"';
    const std::size_t begin = i + (quoted ? 1 : 0);
    const std::size_t end = std::min(line.find(quoted ? '"' : ' ', begin), line.size());
    words.emplace_back(line.substr(begin, end - begin));
    i = end + 1;
  }
  std::string request = fmt::format("*{}\r\n", words.size());
  for (const std::string& word : words) request += fmt::format("${}\r\n{}\r\n", word.size(), word);
  return request;
}

Result<RedisReply> read_redis_reply(std::string_view input) {
  return read_reply(input, 0);
}

}  // namespace stele::server
