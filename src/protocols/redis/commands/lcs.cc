#include "protocols/redis/commands/lcs.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace stele::redis {

namespace {

struct LcsOptions {
  bool wants_length = false;
  bool wants_ranges = false;
  bool with_lengths = false;
  std::int64_t least_length = 0;
};

bool read_options(Call& call, LcsOptions& options) {
  for (std::size_t i = 3; i < call.size(); ++i) {
    if (call.is(i, "IDX")) {
      options.wants_ranges = true;
    } else if (call.is(i, "LEN")) {
      options.wants_length = true;
    } else if (call.is(i, "WITHMATCHLEN")) {
      options.with_lengths = true;
    } else if (call.is(i, "MINMATCHLEN") && i + 1 < call.size()) {
      const auto length = integer_argument(call[++i]);
      if (!length) {
        call.fail(length.error());
        return false;
      }
      options.least_length = std::max<std::int64_t>(*length, 0);
    } else {
      call.fail_syntax();
      return false;
    }
  }
  if (options.wants_length && options.wants_ranges) {
    call.fail("If you want both the length and indexes, please just use IDX.");
    return false;
  }
  return true;
}

// A stretch that both have: where it begins in each, and how long it is.
struct Match {
  std::size_t in_a = 0;
  std::size_t in_b = 0;
  std::size_t size = 0;
};

// The lengths of what all beginnings have in common, and the way back through them.
class Table {
 public:
  Table(std::string_view a, std::string_view b)
      : a_(a), b_(b), width_(b.size() + 1), lengths_((a.size() + 1) * width_) {
    for (std::size_t i = 1; i <= a.size(); ++i) {
      for (std::size_t j = 1; j <= b.size(); ++j) {
        at(i, j) = a[i - 1] == b[j - 1] ? at(i - 1, j - 1) + 1 : std::max(at(i - 1, j), at(i, j - 1));
      }
    }
  }

  std::size_t length() const { return lengths_.back(); }

  // From the end to the beginning; `common` becomes what they have in common.
  std::vector<Match> matches(std::string& common) {
    common.assign(length(), '\0');
    std::size_t left = common.size();
    std::vector<Match> found;
    bool goes_on = false;
    for (std::size_t i = a_.size(), j = b_.size(); i > 0 && j > 0;) {
      if (a_[i - 1] == b_[j - 1]) {
        common[--left] = a_[i - 1];
        --i;
        --j;
        if (!goes_on) found.push_back({i + 1, j + 1, 0});
        found.back() = {found.back().in_a - 1, found.back().in_b - 1, found.back().size + 1};
        goes_on = true;
      } else {
        at(i - 1, j) > at(i, j - 1) ? --i : --j;
        goes_on = false;
      }
    }
    return found;
  }

 private:
  std::uint32_t& at(std::size_t i, std::size_t j) { return lengths_[i * width_ + j]; }

  const std::string_view a_;
  const std::string_view b_;
  const std::size_t width_;
  std::vector<std::uint32_t> lengths_;
};

void answer_range(wire::ReplyWriter& reply, std::size_t first, std::size_t size) {
  reply.array(2);
  reply.integer(static_cast<std::int64_t>(first));
  reply.integer(static_cast<std::int64_t>(first + size - 1));
}

void answer_ranges(Call& call, const std::vector<Match>& matches, std::size_t length,
                   const LcsOptions& options) {
  wire::ReplyWriter& reply = call.reply();
  std::size_t count = 0;
  const auto is_wanted = [&](const Match& match) {
    return match.size >= static_cast<std::size_t>(options.least_length);
  };
  for (const Match& match : matches) count += is_wanted(match) ? 1 : 0;
  reply.map(2);
  reply.bulk("matches");
  reply.array(count);
  for (const Match& match : matches) {
    if (!is_wanted(match)) continue;
    reply.array(options.with_lengths ? 3 : 2);
    answer_range(reply, match.in_a, match.size);
    answer_range(reply, match.in_b, match.size);
    if (options.with_lengths) reply.integer(static_cast<std::int64_t>(match.size));
  }
  reply.bulk("len");
  reply.integer(static_cast<std::int64_t>(length));
}

}  // namespace

void lcs(Call& call) {
  auto& strings = call.group().strings();
  std::string texts[2];
  for (std::size_t i = 0; i < 2; ++i) {
    const auto value = strings.get(call.key(i + 1));
    if (!value) return call.fail("The specified keys must contain string values");
    texts[i] = value->value_or(std::string_view());
  }
  LcsOptions options;
  if (!read_options(call, options)) return;
  const std::size_t cells = (texts[0].size() + 1) * (texts[1].size() + 1);
  if (cells > call.head().settings().bulk_bytes_max / sizeof(std::uint32_t)) {
    return call.fail("Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
  }
  Table table(texts[0], texts[1]);
  if (options.wants_length) return call.reply().integer(static_cast<std::int64_t>(table.length()));
  std::string common;
  const auto matches = table.matches(common);
  if (options.wants_ranges) return answer_ranges(call, matches, common.size(), options);
  call.reply().bulk(common);
}

}  // namespace stele::redis
