#include "text/char_filters/html_strip.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "text/char_filters/html_entities.h"
#include "text/char_filters/replaced.h"
#include "text/unicode.h"
#include "text/word_set.h"

namespace stele::text {
namespace {

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Tags that stand within a line: nothing comes in their place.
const WordSet& inline_tags() {
  static const WordSet kTags({"a",        "b",      "i",   "q",     "s",        "u",      "abbr",  "acronym",
                              "basefont", "bdo",    "big", "cite",  "code",     "dfn",    "em",    "font",
                              "img",      "input",  "kbd", "label", "samp",     "select", "small", "span",
                              "strike",   "strong", "sub", "sup",   "textarea", "tt",     "var"},
                             true);
  return kTags;
}

// A piece of markup: where it ends, and what comes in its place. Nothing: it is no markup but text.
struct Markup {
  std::size_t end = 0;
  std::string with;
  std::optional<std::size_t> begin = {};  // where what goes begins; without: where it was found
};

class Stripper {
 public:
  Stripper(std::string_view text, const WordSet& escaped, OffsetMap& offsets)
      : text_(text), escaped_(escaped), out_(text, offsets) {}

  std::string run() {
    for (std::size_t at = 0; at < text_.size();) {
      if (text_[at] != '&' && text_[at] != '<') {
        ++at;
        continue;
      }
      const std::optional<Markup> found = text_[at] == '&' ? reference(at) : angle(at);
      if (!found) {
        ++at;
        continue;
      }
      out_.replace(found->begin.value_or(at), found->end, found->with);
      at = found->end;
    }
    return out_.finish();
  }

 private:
  bool has(std::size_t at, std::string_view what) const {
    return text_.substr(std::min(at, text_.size())).starts_with(what);
  }
  std::size_t skip_space(std::size_t at) const {
    while (at < text_.size() && is_space(text_[at])) ++at;
    return at;
  }
  // Behind `what`, or the end of the text.
  std::size_t behind(std::size_t from, std::string_view what) const {
    const std::size_t found = text_.find(what, from);
    return found == std::string_view::npos ? text_.size() : found + what.size();
  }

  // "&amp;", "&#233;", "&#xE9;"; at the end of the text without the semicolon.
  std::optional<Markup> reference(std::size_t at) const {
    std::size_t end = at + 1;
    const bool numeric = has(end, "#");
    const bool hex = numeric && (has(end, "#x") || has(end, "#X"));
    end += hex ? 2 : (numeric ? 1 : 0);
    const std::size_t first = end;
    while (end < text_.size() && is_alphanumeric(text_[end])) ++end;
    const std::string_view name = text_.substr(first, end - first);
    if (end < text_.size() && text_[end] != ';') return {};
    std::uint32_t value = 0;
    if (numeric) {
      if (name.size() > (hex ? 5U : 7U)) return {};
      const auto [stop, error] =
          std::from_chars(name.data(), name.data() + name.size(), value, hex ? 16 : 10);
      if (name.empty() || error != std::errc() || stop != name.data() + name.size() || value > 0x10FFFF)
        return {};
      if (value >= 0xD800 && value < 0xE000) value = 0xFFFD;
    } else {
      const auto* const row = std::ranges::lower_bound(kHtmlEntities, name, {},
                                                       &std::pair<std::string_view, std::uint32_t>::first);
      if (row == kHtmlEntities.end() || row->first != name) return {};
      value = row->second;
    }
    Markup markup{std::min(end + 1, text_.size()), {}};
    append_utf8(markup.with, value);
    return markup;
  }

  std::optional<Markup> angle(std::size_t at) {
    if (has(at, "<!--")) return Markup{behind(at + 4, "-->"), ""};
    if (has(at, "<![CDATA[")) {  // its content is text, whatever it looks like
      out_.replace(at, at + 9, "");
      const std::size_t end = std::min(text_.find("]]>", at + 9), text_.size());
      return Markup{std::min(end + 3, text_.size()), "", end};
    }
    if (has(at, "<!")) {
      const std::size_t end = find('>', at);
      if (end == std::string_view::npos) return {};
      return Markup{end + 1, ""};
    }
    if (has(at, "<?")) {
      const std::size_t end = find('>', at);
      if (end == std::string_view::npos || end < at + 3 || (text_[end - 1] != '?' && text_[end - 1] != '/'))
        return {};
      return Markup{end + 1, ""};
    }
    return tag(at);
  }

  // Looks for a character; where there was none once, there is none later.
  std::size_t find(char c, std::size_t from) {
    const auto byte = static_cast<unsigned char>(c);
    if (missing_[byte]) return std::string_view::npos;
    const std::size_t found = text_.find(c, from);
    missing_[byte] = found == std::string_view::npos;
    return found;
  }

  std::string_view name_at(std::size_t at) const {
    std::size_t end = at;
    const auto belongs = [&](std::uint32_t c) {
      if (c == ':' || c == '_' || is_letter(c)) return true;
      return end > at && (c == '-' || c == '.' || is_digit(c));
    };
    while (end < text_.size()) {
      const CodePoint point = decode_at(text_, end);
      if (!belongs(point.value)) break;
      end += point.bytes;
    }
    return text_.substr(at, end - at);
  }

  // The '>' of a tag whose attributes begin at `at`; quoted values may hold angle brackets.
  std::size_t tag_end(std::size_t at) {
    while (at < text_.size()) {
      const char c = text_[at];
      if (c == '>') return at;
      if (c == '<') return std::string_view::npos;
      if (c == '=') {
        const std::size_t quote = skip_space(at + 1);
        const bool quoted = quote < text_.size() && (text_[quote] == '"' || text_[quote] == '\'');
        const std::size_t close = quoted ? find(text_[quote], quote + 1) : std::string_view::npos;
        if (close != std::string_view::npos) at = close;
      }
      ++at;
    }
    return std::string_view::npos;
  }

  std::optional<Markup> tag(std::size_t at) {
    const bool closing = has(at, "</");
    const std::size_t first = skip_space(at + (closing ? 2 : 1));
    const std::string_view name = name_at(first);
    if (name.empty()) return {};
    const std::size_t end = closing ? skip_space(first + name.size()) : tag_end(first + name.size());
    if (end >= text_.size() || text_[end] != '>') return {};
    if (escaped_.contains(name)) {
      return Markup{end + 1, "", end + 1};
    }
    const std::string lower = lowercased(name);
    if (!closing && (lower == "script" || lower == "style")) return Markup{content_end(end + 1, lower), "\n"};
    return Markup{end + 1, inline_tags().contains(name) ? "" : "\n"};
  }

  // Behind the closing tag of a script or style.
  std::size_t content_end(std::size_t at, std::string_view name) const {
    while (true) {
      at = text_.find("</", at);
      if (at == std::string_view::npos) return text_.size();
      const std::size_t first = skip_space(at + 2);
      const std::size_t end = skip_space(std::min(first + name.size(), text_.size()));
      if (lowercased(text_.substr(first, name.size())) == name && end < text_.size() && text_[end] == '>')
        return end + 1;
      at += 2;
    }
  }

  std::string_view text_;
  const WordSet& escaped_;
  ReplacedText out_;
  std::array<bool, 256> missing_{};
};

class HtmlStripFilter final : public CharFilter {
 public:
  explicit HtmlStripFilter(WordSet escaped) : escaped_(std::move(escaped)) {}
  std::string filter(std::string_view text, OffsetMap& offsets) const override {
    return Stripper(text, escaped_, offsets).run();
  }

 private:
  WordSet escaped_;
};

}  // namespace

CharFilterPtr make_html_strip(const std::vector<std::string>& escaped_tags) {
  return std::make_shared<const HtmlStripFilter>(WordSet(escaped_tags, true));
}

}  // namespace stele::text
