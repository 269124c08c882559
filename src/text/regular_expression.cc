#include "text/regular_expression.h"

#include <fmt/format.h>
#include <unicode/uregex.h>
#include <unicode/ustring.h>

#include <array>

#include "text/parameters.h"
#include "text/unicode.h"

namespace stele::text {
namespace {

struct Close {
  void operator()(URegularExpression* expression) const { uregex_close(expression); }
};
using Handle = std::unique_ptr<URegularExpression, Close>;

struct FlagRow {
  std::string_view name;
  std::uint32_t flag;
};
constexpr std::array kFlags = {FlagRow{"CASE_INSENSITIVE", UREGEX_CASE_INSENSITIVE},
                               FlagRow{"MULTILINE", UREGEX_MULTILINE},
                               FlagRow{"DOTALL", UREGEX_DOTALL},
                               FlagRow{"UNICODE_CASE", 0},
                               FlagRow{"CANON_EQ", 0},
                               FlagRow{"UNIX_LINES", UREGEX_UNIX_LINES},
                               FlagRow{"LITERAL", UREGEX_LITERAL},
                               FlagRow{"COMMENTS", UREGEX_COMMENTS},
                               FlagRow{"UNICODE_CHAR_CLASS", 0},
                               FlagRow{"UNICODE_CHARACTER_CLASS", 0}};

Result<std::uint32_t> read_flags(std::string_view flags) {
  std::uint32_t all = 0;
  while (!flags.empty()) {
    const std::size_t bar = std::min(flags.find('|'), flags.size());
    std::string_view name = flags.substr(0, bar);
    flags.remove_prefix(std::min(bar + 1, flags.size()));
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (name.empty()) continue;
    bool known = false;
    for (const FlagRow& row : kFlags) {
      if (row.name != name) continue;
      all |= row.flag;
      known = true;
    }
    if (!known) return illegal(fmt::format("Unknown regex flag [{}]", name));
  }
  return all;
}

// Java's classes as sets that ICU understands and that may stand within a set.
struct ClassRow {
  std::string_view java;
  std::string_view icu;
};
constexpr std::array kClasses = {
    ClassRow{"\\w", "[a-zA-Z_0-9]"},
    ClassRow{"\\W", "[^a-zA-Z_0-9]"},
    ClassRow{"\\d", "[0-9]"},
    ClassRow{"\\D", "[^0-9]"},
    ClassRow{"\\s", "[\\t\\n\\u000B\\f\\r\\u0020]"},
    ClassRow{"\\S", "[^\\t\\n\\u000B\\f\\r\\u0020]"},
    ClassRow{"\\p{Lower}", "[a-z]"},
    ClassRow{"\\p{Upper}", "[A-Z]"},
    ClassRow{"\\p{ASCII}", "[\\u0000-\\u007F]"},
    ClassRow{"\\p{Alpha}", "[a-zA-Z]"},
    ClassRow{"\\p{Digit}", "[0-9]"},
    ClassRow{"\\p{Alnum}", "[a-zA-Z0-9]"},
    ClassRow{"\\p{Punct}", "[!-/\\u003A-@\\u005B-`\\u007B-~]"},
    ClassRow{"\\p{Graph}", "[!-~]"},
    ClassRow{"\\p{Print}", "[\\u0020-~]"},
    ClassRow{"\\p{Blank}", "[\\u0020\\t]"},
    ClassRow{"\\p{Cntrl}", "[\\u0000-\\u001F\\u007F]"},
    ClassRow{"\\p{XDigit}", "[0-9a-fA-F]"},
    ClassRow{"\\p{Space}", "[\\t\\n\\u000B\\f\\r\\u0020]"},
    ClassRow{"\\p{javaLowerCase}", "\\p{Lowercase}"},
    ClassRow{"\\p{javaUpperCase}", "\\p{Uppercase}"},
};

std::string from_java(std::string_view pattern) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size();) {
    if (pattern[i] != '\\') {
      out += pattern[i++];
      continue;
    }
    if (pattern.substr(i).starts_with("\\Q")) {  // quoted: as it is, up to \E
      const std::size_t end = std::min(pattern.find("\\E", i), pattern.size());
      out += pattern.substr(i, end - i);
      i = end;
      if (i == pattern.size()) break;
    }
    const std::string_view rest = pattern.substr(i);
    bool translated = false;
    for (const ClassRow& row : kClasses) {
      if (!rest.starts_with(row.java)) continue;
      out += row.icu;
      i += row.java.size();
      translated = true;
      break;
    }
    if (translated) continue;
    out += rest.substr(0, 2);
    i += std::min<std::size_t>(2, rest.size());
  }
  return out;
}

}  // namespace

struct RegularExpression::Impl {
  Handle handle;
  int groups = 0;
};

RegularExpression::RegularExpression(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RegularExpression::~RegularExpression() = default;

int RegularExpression::group_count() const {
  return impl_->groups;
}

Result<RegularExpressionPtr> RegularExpression::compile(std::string_view pattern, std::string_view flags) {
  STELE_TRY(const std::uint32_t flag_bits, read_flags(flags));
  std::u16string wide;
  if (pattern.size() > 10'000) return illegal("a regular expression has at most 10000 bytes");
  const bool literal = (flag_bits & UREGEX_LITERAL) != 0;
  if (!to_utf16(literal ? std::string(pattern) : from_java(pattern), wide))
    return illegal("a regular expression must be UTF-8");
  UErrorCode status = U_ZERO_ERROR;
  UParseError where{};
  auto impl = std::make_unique<Impl>();
  impl->handle.reset(
      uregex_open(wide.data(), static_cast<std::int32_t>(wide.size()), flag_bits, &where, &status));
  if (U_FAILURE(status))
    return illegal(fmt::format("{} near index {}\n{}", u_errorName(status), where.offset, pattern));
  impl->groups = uregex_groupCount(impl->handle.get(), &status);
  return std::make_shared<const RegularExpression>(std::move(impl));
}

struct RegularExpression::Search::State {
  Handle handle;
  int groups = 0;
  std::u16string wide;
  std::vector<std::uint32_t> bytes;  // the byte of each unit; empty: each unit is a byte
  std::size_t byte_of(std::int32_t unit) const {
    return bytes.empty() ? static_cast<std::size_t>(unit) : bytes[static_cast<std::size_t>(unit)];
  }
};

RegularExpression::Search::Search(const RegularExpression& expression) : state_(std::make_unique<State>()) {
  UErrorCode status = U_ZERO_ERROR;
  state_->handle.reset(uregex_clone(expression.impl_->handle.get(), &status));
  state_->groups = expression.impl_->groups;
  groups_.resize(static_cast<std::size_t>(state_->groups) + 1);
  uregex_setTimeLimit(state_->handle.get(), 1000, &status);
}

RegularExpression::Search::Search(const RegularExpression& expression, std::string_view text)
    : Search(expression) {
  start(text);
}

RegularExpression::Search::~Search() = default;

void RegularExpression::Search::start(std::string_view text) {
  State& state = *state_;
  state.wide.clear();
  state.bytes.clear();
  if (is_ascii(text)) {
    state.wide.assign(text.begin(), text.end());
  } else {
    for (std::size_t at = 0; at < text.size();) {
      const CodePoint point = decode_at(text, at);
      const std::uint32_t value = point.value == kBadByte ? 0xFFFD : point.value;
      state.bytes.push_back(static_cast<std::uint32_t>(at));
      if (value > 0xFFFF) {
        state.wide += static_cast<char16_t>(0xD7C0 + (value >> 10));
        state.wide += static_cast<char16_t>(0xDC00 + (value & 0x3FF));
        state.bytes.push_back(static_cast<std::uint32_t>(at));
      } else {
        state.wide += static_cast<char16_t>(value);
      }
      at += point.bytes;
    }
    state.bytes.push_back(static_cast<std::uint32_t>(text.size()));
  }
  UErrorCode status = U_ZERO_ERROR;
  uregex_setText(state.handle.get(), state.wide.data(), static_cast<std::int32_t>(state.wide.size()),
                 &status);
}

bool RegularExpression::Search::next() {
  UErrorCode status = U_ZERO_ERROR;
  if (uregex_findNext(state_->handle.get(), &status) == 0 || U_FAILURE(status)) return false;
  for (int i = 0; i <= state_->groups; ++i) {
    MatchRange& range = groups_[static_cast<std::size_t>(i)];
    const std::int32_t start = uregex_start(state_->handle.get(), i, &status);
    const std::int32_t end = uregex_end(state_->handle.get(), i, &status);
    range = start < 0 || U_FAILURE(status) ? MatchRange{}
                                           : MatchRange{state_->byte_of(start), state_->byte_of(end)};
  }
  return groups_[0].matched();
}

bool RegularExpression::matches(std::string_view text) const {
  Search search(*this, text);
  while (search.next())
    if (search.groups()[0].start == 0 && search.groups()[0].end == text.size()) return true;
  return false;
}

void RegularExpression::append_replacement(std::string& out, std::string_view replacement,
                                           std::string_view text,
                                           const std::vector<MatchRange>& groups) const {
  const auto append_group = [&](std::size_t group) {
    if (group < groups.size() && groups[group].matched())
      out += text.substr(groups[group].start, groups[group].end - groups[group].start);
  };
  for (std::size_t i = 0; i < replacement.size();) {
    const char c = replacement[i++];
    if (c == '\\' && i < replacement.size()) {
      out += replacement[i++];
    } else if (c == '$' && i < replacement.size() && replacement[i] == '{') {
      const std::size_t close = std::min(replacement.find('}', i), replacement.size());
      std::u16string name;
      UErrorCode status = U_ZERO_ERROR;
      if (to_utf16(replacement.substr(i + 1, close - i - 1), name)) {
        const std::int32_t group = uregex_groupNumberFromName(
            impl_->handle.get(), name.data(), static_cast<std::int32_t>(name.size()), &status);
        if (U_SUCCESS(status)) append_group(static_cast<std::size_t>(group));
      }
      i = std::min(close + 1, replacement.size());
    } else if (c == '$' && i < replacement.size() && replacement[i] >= '0' && replacement[i] <= '9') {
      // As many digits as still name a group.
      auto group = static_cast<std::size_t>(replacement[i++] - '0');
      while (i < replacement.size() && replacement[i] >= '0' && replacement[i] <= '9' &&
             group * 10 + static_cast<std::size_t>(replacement[i] - '0') < groups.size())
        group = group * 10 + static_cast<std::size_t>(replacement[i++] - '0');
      append_group(group);
    } else {
      out += c;
    }
  }
}

}  // namespace stele::text
