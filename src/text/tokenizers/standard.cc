#include "text/tokenizers/standard.h"

#include <array>
#include <utility>

#include "text/tokenizers/token_sink.h"
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

// ASCII by what it does in a word. Marks join letters on both sides, digits on both sides, or either.
enum class Ascii : std::uint8_t { kOther, kLetter, kDigit, kUnderscore, kLetterMark, kDigitMark, kMark };

constexpr std::array<Ascii, 256> make_ascii() {
  std::array<Ascii, 256> table{};
  for (int c = 'a'; c <= 'z'; ++c) table[c] = table[c - 'a' + 'A'] = Ascii::kLetter;
  for (int c = '0'; c <= '9'; ++c) table[c] = Ascii::kDigit;
  table['_'] = Ascii::kUnderscore;
  table[':'] = Ascii::kLetterMark;
  table[','] = table[';'] = Ascii::kDigitMark;
  table['.'] = table['\''] = Ascii::kMark;
  return table;
}
constexpr std::array<Ascii, 256> kAscii = make_ascii();

constexpr std::uint32_t kZeroWidthJoiner = 0x200D;
constexpr std::uint32_t kEmojiPresentation = 0xFE0F;
constexpr std::uint32_t kKeycap = 0x20E3;
constexpr std::string_view kSelectorBytes = "\uFE0F";

class Scanner {
 public:
  Scanner(std::string_view text, Tokens& tokens, std::size_t length_max, bool lower)
      : text_(text), length_max_(length_max), sink_(text, tokens, SIZE_MAX, lower) {}

  void run() {
    std::size_t at = 0;
    while (at < text_.size()) at = step(at);
  }

 private:
  // Goes past what begins at `at`, and emits it if it is a token; gives where to go on.
  std::size_t step(std::size_t at) {
    const auto c = static_cast<unsigned char>(text_[at]);
    if (c < 0x80 && kAscii[c] >= Ascii::kLetter && kAscii[c] <= Ascii::kUnderscore)
      at = ascii_word(at);
    else if (c < 0x80 && c != '#' && c != '*')
      return at + 1;  // a mark that no word stands before; what attaches to it is passed over alone
    else if (const CodePoint point = decode_at(text_, at);
             point.value != kZeroWidthJoiner && word_class(point.value) == WordClass::kExtend)
      return at + point.bytes;  // attached to nothing that counts
    else
      at = element(element_at(at));
    if (resume_ == 0) [[likely]]
      return at;
    return std::exchange(resume_, 0);
  }

  // The word that begins with an ASCII letter, digit or '_' at `start`; where to go on. As soon as something
  // beyond ASCII could belong to it, the general way takes over from its beginning.
  std::size_t ascii_word(std::size_t start) {
    const char* const bytes = text_.data();
    const std::size_t size = text_.size();
    std::size_t at = start;
    unsigned seen = 0;
    while (true) {
      Ascii last = Ascii::kOther;
      while (at < size && !is_too_long(start, at)) {
        const Ascii kind = kAscii[static_cast<unsigned char>(bytes[at])];
        if (kind == Ascii::kOther || kind > Ascii::kUnderscore) break;
        last = kind;
        seen |= 1U << static_cast<unsigned>(kind);
        ++at;
      }
      if (at == size || is_too_long(start, at)) break;
      const auto next = static_cast<unsigned char>(bytes[at]);
      if (next >= 0x80) return element(element_at(start));
      const Ascii mark = kAscii[next];
      if (mark == Ascii::kOther) break;
      if (at + 1 == size) break;
      const auto behind = static_cast<unsigned char>(bytes[at + 1]);
      if (behind >= 0x80) return element(element_at(start));
      const bool bridges = last == kAscii[behind] && ((last == Ascii::kLetter && mark != Ascii::kDigitMark) ||
                                                      (last == Ascii::kDigit && mark != Ascii::kLetterMark));
      if (!bridges) break;
      ++at;
    }
    constexpr unsigned kLetters = 1U << static_cast<unsigned>(Ascii::kLetter);
    constexpr unsigned kDigits = 1U << static_cast<unsigned>(Ascii::kDigit);
    if ((seen & (kLetters | kDigits)) != 0)
      emit(start, at, (seen & kLetters) != 0 ? TokenType::kAlphanumeric : TokenType::kNumber);
    return at;
  }

  // Emits what begins with `first`; gives where to go on.
  std::size_t element(const Element& first) {
    switch (first.kind) {
      case WordClass::kLetter:
      case WordClass::kHebrew:
      case WordClass::kNumeric:
      case WordClass::kKatakana:
      case WordClass::kExtendNumLet:
        return word(first);
      case WordClass::kIdeographic:
        emit(first.start, first.end,
             is_hiragana(first.value) ? TokenType::kHiragana : TokenType::kIdeographic);
        break;
      case WordClass::kComplex:
        return run_of_complex(first);
      case WordClass::kEmoji:
      case WordClass::kRegional:
        return emoji(first);
      default:
        if (!is_keycap(first)) return passed_over(first);
        emit(first.start, first.end, TokenType::kEmoji);
    }
    return first.end;
  }

  // What belongs to nothing goes alone, what attaches to it after it; but joiners before a pictograph are its
  // own.
  std::size_t passed_over(const Element& first) {
    std::size_t at = first.start;
    while (at < text_.size() && decode_at(text_, at).value == kZeroWidthJoiner)
      at += decode_at(text_, at).bytes;
    if (at == first.start) return at + decode_at(text_, at).bytes;
    if (at == text_.size()) return at;
    Element behind = element_at(at);
    if (behind.kind != WordClass::kEmoji || is_emoji_modifier(behind.value)) return at;
    behind.start = first.start;
    return emoji(behind);
  }

  // What a word's elements have in common, for its type.
  struct Kinds {
    bool text = false;   // more than '_'
    bool other = false;  // a letter that is neither Hangul nor Katakana, or a mark between letters
    bool hangul = false;
    bool katakana = false;
    bool number = false;
    bool underscore = false;
    void add(const Element& element) {
      const WordClass kind = element.kind;
      underscore = underscore || kind == WordClass::kExtendNumLet;
      if (kind == WordClass::kExtendNumLet) return;
      text = true;
      if (kind == WordClass::kNumeric)
        number = true;
      else if (kind == WordClass::kKatakana)
        katakana = true;
      else if (kind == WordClass::kLetter && element.value >= 0x1100 && !other && is_hangul(element.value))
        hangul = true;
      else
        other = true;
    }
    TokenType type() const {
      if (other || (hangul && katakana)) return TokenType::kAlphanumeric;
      if (number) return hangul || katakana ? TokenType::kAlphanumeric : TokenType::kNumber;
      if (underscore) return TokenType::kAlphanumeric;
      return hangul ? TokenType::kHangul : TokenType::kKatakana;
    }
  };

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

  // Emits the word that begins at `last`; gives where to go on.
  std::size_t word(Element last) {
    const std::size_t start = last.start;
    const bool keycap = last.kind == WordClass::kNumeric && is_keycap(last);
    Kinds kinds;
    kinds.add(last);
    while (true) {
      const Element next = element_at(last.end);
      if (is_too_long(start, last.end)) {
        emit(start, last.end, kinds.type());
        return last.end;
      }
      if (next.start != next.end && joins(last.kind, next.kind)) {
        kinds.add(next);
        last = next;
        continue;
      }
      const Element after = next.start == next.end ? next : element_at(next.end);
      if (after.start != after.end && bridges(last.kind, next.kind, after.kind)) {
        kinds.add(after);
        kinds.other = kinds.other || is_letter_kind(after.kind);
        last = after;
        continue;
      }
      // WB7a: a Hebrew letter keeps a single quote behind it.
      const bool hebrew_quote = last.kind == WordClass::kHebrew && next.kind == WordClass::kSingleQuote;
      const std::size_t end = hebrew_quote ? next.end : last.end;
      if (keycap && last.start == start)
        emit(start, end, TokenType::kEmoji);
      else if (kinds.text)
        emit(start, end, kinds.type());
      return hebrew_quote ? after.start : next.start;
    }
  }

  std::size_t run_of_complex(const Element& first) {
    Element next = element_at(first.end);
    while (next.start != next.end && next.kind == WordClass::kComplex && !is_too_long(first.start, next.end))
      next = element_at(next.end);
    emit(first.start, next.start, TokenType::kSoutheastAsian);
    return next.start;
  }

  // A pair of regional indicators, or pictographs joined by zero-width joiners.
  std::size_t emoji(const Element& first) {
    Element next = element_at(first.end);
    if (first.kind == WordClass::kRegional) {
      if (next.start == next.end || next.kind != WordClass::kRegional) return next.start;
      emit(first.start, next.end, TokenType::kEmoji);
      return next.end;
    }
    Element last = first;
    while (next.start != next.end && next.kind == WordClass::kEmoji && !is_too_long(first.start, next.end) &&
           (ends_with(last.start, last.end, kZeroWidthJoiner) || bears(last, next))) {
      last = next;
      next = element_at(last.end);
    }
    // A skin tone keeps no presentation selector.
    const std::size_t selector = text_.substr(0, last.end).find(kSelectorBytes, last.start);
    if (is_emoji_modifier(last.value) && selector != std::string_view::npos) {
      emit(first.start, selector, TokenType::kEmoji);
      return selector;
    }
    emit(first.start, last.end, TokenType::kEmoji);
    return next.start;
  }

  static bool bears(const Element& emoji, const Element& modifier) {
    return is_emoji_modifier(modifier.value) && is_emoji_modifier_base(emoji.value);
  }

  bool ends_with(std::size_t start, std::size_t end, std::uint32_t code_point) const {
    std::string bytes;
    append_utf8(bytes, code_point);
    return text_.substr(start, end - start).ends_with(bytes);
  }

  // '#', '*' or a digit, the emoji variation selector (or none) and the enclosing keycap.
  bool is_keycap(const Element& element) const {
    if (element.value >= 0x80 || (element.value != '#' && element.value != '*' && !is_digit(element.value)))
      return false;
    std::string bytes;
    append_utf8(bytes, kEmojiPresentation);
    append_utf8(bytes, kKeycap);
    const std::string_view attached = text_.substr(element.start + 1, element.end - element.start - 1);
    return attached == bytes || (!attached.empty() && bytes.ends_with(attached) && attached.size() == 3);
  }

  void emit(std::size_t start, std::size_t end, TokenType type) {
    // A text of as many bytes cannot have more UTF-16 units.
    if (end - start <= length_max_) [[likely]]
      sink_.add(start, end, type);
    else
      emit_long(start, end, type);
  }

  // Is it certain to be cut, so that nothing is gained by going on? (Else long tokens would cost their
  // square.)
  bool is_too_long(std::size_t start, std::size_t end) const { return (end - start) / 4 > length_max_; }

  // Lucene's scanner sees no more than so many units: it takes the first token of these, and goes on behind
  // it.
  void emit_long(std::size_t start, std::size_t end, TokenType type) {
    std::size_t units = 0;
    std::size_t cut = start;
    while (cut < end) {
      const CodePoint point = decode_at(text_, cut);
      units += point.value > 0xFFFF && point.value != kBadByte ? 2 : 1;
      if (units > length_max_ && cut > start) break;
      cut += point.bytes;
    }
    if (cut == end) return sink_.add(start, end, type);
    Tokens first;
    Scanner scanner(text_.substr(0, cut), first, SIZE_MAX, false);
    for (std::size_t at = start; at < cut && first.empty();) at = scanner.step(at);
    if (!first.empty()) sink_.add(first[0].start, first[0].end, first[0].type);
    resume_ = first.empty() ? cut : first[0].end;
  }

  std::string_view text_;
  std::size_t length_max_;
  TokenSink sink_;
  std::size_t resume_ = 0;  // not 0: where to go on instead
};

}  // namespace

void StandardTokenizer::tokenize(std::string_view text, Tokens& tokens) const {
  Scanner(text, tokens, token_length_max_, lower_).run();
}

TokenizerPtr StandardTokenizer::in_lower_case() const {
  return std::make_shared<const StandardTokenizer>(token_length_max_, true);
}

}  // namespace stele::text
