#pragma once

#include <deque>
#include <string>
#include <string_view>

namespace stele::redis::wire {

// The words of an inline request: parted by spaces; "double quotes" with \n \r \t \b \a \\ \" \xHH, 'single
// quotes' with \'. False for quotes that do not close, or close within a word. Source: Redis' sdssplitargs.
bool split_inline_words(std::string_view line, std::deque<std::string>& words);

}  // namespace stele::redis::wire
