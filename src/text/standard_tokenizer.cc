#include "text/standard_tokenizer.h"

#include "text/unicode.h"

namespace stele::text {
namespace {

// A character and what Unicode's rule WB4 attaches to it (combining marks, joiners, format characters).
struct Element {
  WordClass kind = WordClass::kOther;
  std::size_t start = 0;
  std::size_t end = 0;
  std::uint32_t value = 0;
};

constexpr std::uint32_t kZeroWidthJoiner = 0x200D;
constexpr std::uint32_t kEmojiPresentation = 0xFE0F;
constexpr std::uint32_t kKeycap = 0x20E3;

class Scanner {
 public:
  Scanner(std::string_view text, Tokens& tokens) : text_(text), tokens_(tokens) {}

  void run() {
    Element first = element_at(0);
    while (first.start < text_.size()) {
      switch (first.kind) {
        case WordClass::kLetter:
        case WordClass::kHebrew:
        case WordClass::kNumeric:
        case WordClass::kKatakana:
        case WordClass::kExtendNumLet:
          first = word(first);
          break;
        case WordClass::kIdeographic:
          emit(first.start, first.end);
          first = element_at(first.end);
          break;
        case WordClass::kComplex:
          first = run_of_complex(first);
          break;
        case WordClass::kEmoji:
        case WordClass::kRegional:
          first = emoji(first);
          break;
        default:
          if (is_keycap(first)) emit(first.start, first.end);
          first = element_at(first.end);
      }
    }
  }

 private:
  static bool is_letter_kind(WordClass kind) {
    return kind == WordClass::kLetter || kind == WordClass::kHebrew;
  }
  static bool is_word_kind(WordClass kind) {
    return is_letter_kind(kind) || kind == WordClass::kNumeric || kind == WordClass::kKatakana;
  }

  // Past the end: an empty element there.
  Element element_at(std::size_t at) const {
    if (at >= text_.size()) return {WordClass::kOther, text_.size(), text_.size(), 0};
    const CodePoint first = decode_at(text_, at);
    Element element{word_class(first.value), at, at + first.bytes, first.value};
    const bool line_end = first.value == '\n' || first.value == '\r';
    while (element.end < text_.size() && static_cast<unsigned char>(text_[element.end]) >= 0x80 &&
           !line_end) {
      const CodePoint next = decode_at(text_, element.end);
      if (word_class(next.value) != WordClass::kExtend) break;
      element.end += next.bytes;
    }
    return element;
  }

  // WB5 to WB13b without those that need to look two ahead.
  static bool joins(WordClass left, WordClass right) {
    const bool left_text = is_letter_kind(left) || left == WordClass::kNumeric;
    if (left_text)
      return is_letter_kind(right) || right == WordClass::kNumeric || right == WordClass::kExtendNumLet;
    if (left == WordClass::kKatakana)
      return right == WordClass::kKatakana || right == WordClass::kExtendNumLet;
    return is_word_kind(right) || right == WordClass::kExtendNumLet;  // left is ExtendNumLet
  }

  // WB6/7, WB7b/c, WB11/12: a mark between two letters or two digits belongs to the word.
  static bool bridges(WordClass left, WordClass mark, WordClass right) {
    const bool quote_or_dot = mark == WordClass::kMidNumLet || mark == WordClass::kSingleQuote;
    if (is_letter_kind(left) && is_letter_kind(right)) {
      if (mark == WordClass::kMidLetter || quote_or_dot) return true;
      return mark == WordClass::kDoubleQuote && left == WordClass::kHebrew && right == WordClass::kHebrew;
    }
    return left == WordClass::kNumeric && right == WordClass::kNumeric &&
           (mark == WordClass::kMidNum || quote_or_dot);
  }

  // Emits the word that begins at `last`; gives the element after it.
  Element word(Element last) {
    const std::size_t start = last.start;
    bool has_text = is_word_kind(last.kind);
    while (true) {
      const Element next = element_at(last.end);
      if (next.start != next.end && joins(last.kind, next.kind)) {
        has_text = has_text || is_word_kind(next.kind);
        last = next;
        continue;
      }
      const Element after = next.start == next.end ? next : element_at(next.end);
      if (after.start != after.end && bridges(last.kind, next.kind, after.kind)) {
        last = after;
        continue;
      }
      // WB7a: a Hebrew letter keeps a single quote behind it.
      const bool hebrew_quote = last.kind == WordClass::kHebrew && next.kind == WordClass::kSingleQuote;
      const std::size_t end = hebrew_quote ? next.end : last.end;
      if (has_text) emit(start, end);
      return hebrew_quote ? after : next;
    }
  }

  Element run_of_complex(const Element& first) {
    Element next = element_at(first.end);
    while (next.start != next.end && next.kind == WordClass::kComplex) next = element_at(next.end);
    emit(first.start, next.start);
    return next;
  }

  // A pair of regional indicators, or pictographs joined by zero-width joiners.
  Element emoji(const Element& first) {
    Element next = element_at(first.end);
    if (first.kind == WordClass::kRegional) {
      if (next.start == next.end || next.kind != WordClass::kRegional) return next;
      emit(first.start, next.end);
      return element_at(next.end);
    }
    Element last = first;
    while (next.start != next.end && next.kind == WordClass::kEmoji &&
           (ends_with(last.start, last.end, kZeroWidthJoiner) || bears(last, next))) {
      last = next;
      next = element_at(last.end);
    }
    emit(first.start, last.end);
    return next;
  }

  static bool bears(const Element& emoji, const Element& modifier) {
    return is_emoji_modifier(modifier.value) && is_emoji_modifier_base(emoji.value);
  }

  bool ends_with(std::size_t start, std::size_t end, std::uint32_t code_point) const {
    std::string bytes;
    append_utf8(bytes, code_point);
    return text_.substr(start, end - start).ends_with(bytes);
  }

  // '#' or '*', the emoji variation selector and the enclosing keycap. (Digits are words anyway.)
  bool is_keycap(const Element& element) const {
    if (element.value != '#' && element.value != '*') return false;
    std::string bytes;
    append_utf8(bytes, kEmojiPresentation);
    append_utf8(bytes, kKeycap);
    return text_.substr(element.start + 1, element.end - element.start - 1) == bytes;
  }

  void emit(std::size_t start, std::size_t end) {
    position_ = append_cut(text_, start, end, position_, tokens_);
  }

  std::string_view text_;
  Tokens& tokens_;
  std::uint32_t position_ = 0;
};

}  // namespace

std::uint32_t append_cut(std::string_view text, std::size_t start, std::size_t end, std::uint32_t position,
                         Tokens& tokens) {
  // A text of as many bytes cannot have more UTF-16 units.
  if (end - start <= StandardTokenizer::kTokenLengthMax) {
    tokens.push_back(Token{std::string(text.substr(start, end - start)), position, start, end});
    return position + 1;
  }
  std::size_t units = 0;
  std::size_t at = start;
  while (at < end) {
    const CodePoint point = decode_at(text, at);
    const std::size_t more = point.value > 0xFFFF && point.value != kBadByte ? 2 : 1;
    if (units + more > StandardTokenizer::kTokenLengthMax) {
      tokens.push_back(Token{std::string(text.substr(start, at - start)), position++, start, at});
      start = at;
      units = 0;
    }
    units += more;
    at += point.bytes;
  }
  tokens.push_back(Token{std::string(text.substr(start, end - start)), position++, start, end});
  return position;
}

void StandardTokenizer::tokenize(std::string_view text, Tokens& tokens) const {
  Scanner(text, tokens).run();
}

bool RunTokenizer::belongs(std::uint32_t code_point) const {
  if (kind_ == Kind::kLetters) return is_letter(code_point);
  return code_point != kBadByte && !is_whitespace(code_point);
}

void RunTokenizer::tokenize(std::string_view text, Tokens& tokens) const {
  std::uint32_t position = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t start = at;
    CodePoint point = decode_at(text, at);
    while (belongs(point.value)) {
      at += point.bytes;
      if (at >= text.size()) break;
      point = decode_at(text, at);
    }
    if (at > start) position = append_cut(text, start, at, position, tokens);
    if (at < text.size()) at += point.bytes;
  }
}

void KeywordTokenizer::tokenize(std::string_view text, Tokens& tokens) const {
  tokens.push_back(Token{std::string(text), 0, 0, text.size()});
}

}  // namespace stele::text
