#include "text/char_filters/replaced.h"

#include "text/unicode.h"

namespace stele::text {

void ReplacedText::point(std::size_t output, std::size_t original) {
  const std::int64_t difference = static_cast<std::int64_t>(original) - static_cast<std::int64_t>(output);
  if (difference != offsets_.last_difference()) offsets_.add(output, difference);
}

void ReplacedText::copy_to(std::size_t end) {
  out_ += text_.substr(at_, end - at_);
  at_ = end;
}

void ReplacedText::replace(std::size_t at, std::size_t end, std::string_view with) {
  copy_to(at);
  const std::string_view old = text_.substr(at, end - at);
  // Character by character while both have some; the first stand at the same offset already.
  std::size_t from = 0;
  std::size_t last = at > 0 ? at - 1 : 0;  // where the last character of what is replaced begins
  if (old.empty())
    while (last > 0 && (static_cast<unsigned char>(text_[last]) & 0xC0U) == 0x80U) --last;
  for (std::size_t to = 0; to < with.size();) {
    if (from < old.size()) {
      last = at + from;
      point(out_.size() + to, last);
      from += decode_at(old, from).bytes;
    } else {
      point(out_.size() + to, last);
    }
    to += decode_at(with, to).bytes;
  }
  out_ += with;
  at_ = end;
  point(out_.size(), end);
}

std::string ReplacedText::finish() {
  copy_to(text_.size());
  return std::move(out_);
}

}  // namespace stele::text
