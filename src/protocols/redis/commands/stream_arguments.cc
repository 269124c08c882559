#include "protocols/redis/commands/stream_arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace stele::redis {

namespace {

using keyspace::StreamId;
using keyspace::StreamTrim;

constexpr std::size_t kIdBytesMax = 127;

std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool fail_id(Call& call) {
  call.fail("Invalid stream ID specified as stream command argument");
  return false;
}

bool fail(Call& call, std::string_view text) {
  call.fail(text);
  return false;
}

bool read_id(Call& call, std::string_view text, std::uint64_t missing_sequence, StreamId& id) {
  const auto parsed = parse_stream_id(text, missing_sequence);
  if (!parsed) return fail_id(call);
  id = *parsed;
  return true;
}

bool read_end(Call& call, std::string_view text, std::uint64_t missing_sequence, bool& is_exclusive,
              StreamId& id) {
  is_exclusive = text.size() > 1 && text.front() == '(';
  if (is_exclusive) return read_id(call, text.substr(1), missing_sequence, id);
  if (text == "-") {
    id = StreamId{};
    return true;
  }
  if (text == "+") {
    id = StreamId::last();
    return true;
  }
  return read_id(call, text, missing_sequence, id);
}

// "ms-*" too.
bool read_added_id(Call& call, std::string_view text, keyspace::StreamAdd& asked) {
  if (text == "*") return true;
  asked.finds_sequence = text.ends_with("-*");
  StreamId id;
  if (!read_id(call, asked.finds_sequence ? text.substr(0, text.size() - 2) : text, 0, id)) return false;
  asked.id = id;
  return true;
}

// The threshold of MAXLEN or MINID behind the argument `i`, which is then the threshold itself.
bool read_threshold(Call& call, StreamTrim::Kind kind, StreamTrim& trim, std::size_t& i) {
  if (trim.kind != StreamTrim::Kind::kNothing)
    return fail(call, "syntax error, MAXLEN and MINID options at the same time are not compatible");
  trim.kind = kind;
  if (i + 2 < call.size() && (call[i + 1] == "~" || call[i + 1] == "=")) {
    trim.is_approximate = call[i + 1] == "~";
    ++i;
  }
  ++i;
  if (kind == StreamTrim::Kind::kBelow) return read_id(call, call[i], 0, trim.below);
  const auto length = integer_argument(call[i]);
  if (!length) {
    call.fail(length.error());
    return false;
  }
  if (*length < 0) return fail(call, "The MAXLEN argument must be >= 0.");
  trim.length = static_cast<std::size_t>(*length);
  return true;
}

// What is not said of the limit.
bool complete_limit(Call& call, bool is_add, std::optional<std::int64_t> limit, StreamTrim& trim) {
  constexpr std::size_t kNodes = 100;
  constexpr std::size_t kWithoutNodes = 10'000;
  constexpr std::size_t kMax = 1'000'000;
  const bool trims = trim.kind != StreamTrim::Kind::kNothing;
  if (limit && *limit > 0 && !trims)
    return fail(call, "syntax error, LIMIT cannot be used without specifying a trimming strategy");
  if (!is_add && !trims) return fail(call, "syntax error, XTRIM must be called with a trimming strategy");
  if (limit && !trim.is_approximate)
    return fail(call, "syntax error, LIMIT cannot be used without the special ~ option");
  if (limit) {
    trim.removed_limit = static_cast<std::size_t>(*limit);
  } else if (trim.is_approximate) {
    const std::size_t node = call.head().settings().stream_node_entries_max;
    trim.removed_limit = node == 0 ? kWithoutNodes : std::min(std::min(node, kMax) * kNodes, kMax);
  }
  return true;
}

}  // namespace

std::optional<StreamId> parse_stream_id(std::string_view text, std::uint64_t missing_sequence) {
  if (text.size() > kIdBytesMax) return std::nullopt;
  const std::size_t dash = text.find('-');
  const auto ms = parse_unsigned(text.substr(0, dash));
  if (!ms) return std::nullopt;
  if (dash == std::string_view::npos) return StreamId{*ms, missing_sequence};
  const auto sequence = parse_unsigned(text.substr(dash + 1));
  if (!sequence) return std::nullopt;
  return StreamId{*ms, *sequence};
}

bool read_stream_id(Call& call, std::string_view text, bool has_ends, StreamId& id) {
  if (has_ends && text == "-") {
    id = StreamId{};
    return true;
  }
  if (has_ends && text == "+") {
    id = StreamId::last();
    return true;
  }
  return read_id(call, text, 0, id);
}

bool read_stream_ids(Call& call, std::size_t first, std::vector<StreamId>& ids) {
  ids.resize(call.size() - first);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!read_stream_id(call, call[first + i], false, ids[i])) return false;
  }
  return true;
}

bool read_first_id(Call& call, std::string_view text, StreamId& id) {
  bool is_exclusive = false;
  if (!read_end(call, text, 0, is_exclusive, id)) return false;
  if (!is_exclusive) return true;
  const auto next = id.next();
  if (!next) return fail(call, "invalid start ID for the interval");
  id = *next;
  return true;
}

bool read_last_id(Call& call, std::string_view text, StreamId& id) {
  bool is_exclusive = false;
  if (!read_end(call, text, StreamId::last().sequence, is_exclusive, id)) return false;
  if (!is_exclusive) return true;
  const auto previous = id.previous();
  if (!previous) return fail(call, "invalid end ID for the interval");
  id = *previous;
  return true;
}

bool read_stream_trim(Call& call, bool is_add, keyspace::StreamAdd& asked, std::size_t& at) {
  const Settings& settings = call.head().settings();
  asked.limits = {settings.stream_node_entries_max, settings.stream_node_bytes_max};
  std::optional<std::int64_t> limit;
  for (at = 2; at < call.size(); ++at) {
    const bool has_more = at + 1 < call.size();
    if (has_more && call.is(at, "MAXLEN")) {
      if (!read_threshold(call, StreamTrim::Kind::kLength, asked.trim, at)) return false;
    } else if (has_more && call.is(at, "MINID")) {
      if (!read_threshold(call, StreamTrim::Kind::kBelow, asked.trim, at)) return false;
    } else if (has_more && call.is(at, "LIMIT")) {
      const auto number = integer_argument(call[++at]);
      if (!number) {
        call.fail(number.error());
        return false;
      }
      if (*number < 0) return fail(call, "The LIMIT argument must be >= 0.");
      limit = *number;
    } else if (is_add && call.is(at, "NOMKSTREAM")) {
      asked.creates = false;
    } else if (is_add) {
      if (!read_added_id(call, call[at], asked)) return false;
      ++at;
      break;
    } else {
      call.fail_syntax();
      return false;
    }
  }
  return complete_limit(call, is_add, limit, asked.trim);
}

void answer_stream_id(wire::ReplyWriter& reply, StreamId id) {
  reply.bulk(to_string(id));
}

void answer_entry(wire::ReplyWriter& reply, const keyspace::StreamEntries& entries,
                  const keyspace::StreamEntries::Entry& entry) {
  reply.array(2);
  answer_stream_id(reply, entry.id);
  if (!entry.is_present) return reply.null_array();
  reply.array(entry.field_count * 2);
  for (const keyspace::FieldRef& field : entries.fields_of(entry)) {
    reply.bulk(field.name);
    reply.bulk(field.value);
  }
}

void answer_entries(wire::ReplyWriter& reply, const keyspace::StreamEntries& entries) {
  reply.array(entries.entries.size());
  for (const auto& entry : entries.entries) answer_entry(reply, entries, entry);
}

void fail_without_group(Call& call, std::string_view key, std::string_view group, std::string_view where) {
  call.fail_with_code(fmt::format("NOGROUP No such key '{}' or consumer group '{}'{}", key, group, where));
}

}  // namespace stele::redis
