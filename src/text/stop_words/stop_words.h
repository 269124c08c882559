#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/parameters.h"

namespace stele::text {

// A language and its stop words between spaces, in the order of Lucene's lists.
struct StopWordRow {
  std::string_view name;  // "_english_"
  std::string_view words;
};
std::span<const StopWordRow> stop_words_a_to_e();
std::span<const StopWordRow> stop_words_f_to_k();
std::span<const StopWordRow> stop_words_l_to_z();

// The words of a list's name ("_french_"; "_none_" has none); empty for another name.
std::vector<std::string> stop_words(std::string_view name);
bool is_stop_word_list(std::string_view name);

// What the parameter `name` holds, names of lists replaced by their words; those of the list `otherwise`
// where it was not given.
std::vector<std::string> read_stop_words(const Parameters& parameters, std::string_view name,
                                         std::string_view otherwise);

}  // namespace stele::text
