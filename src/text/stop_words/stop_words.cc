#include "text/stop_words/stop_words.h"

#include <map>

namespace stele::text {
namespace {

const std::map<std::string_view, std::string_view>& lists() {
  static const auto kLists = [] {
    std::map<std::string_view, std::string_view> all{{"_none_", ""}};
    for (const auto rows : {stop_words_a_to_e(), stop_words_f_to_k(), stop_words_l_to_z()})
      for (const StopWordRow& row : rows) all.emplace(row.name, row.words);
    return all;
  }();
  return kLists;
}

}  // namespace

bool is_stop_word_list(std::string_view name) {
  return lists().contains(name);
}

std::vector<std::string> stop_words(std::string_view name) {
  std::vector<std::string> words;
  const auto found = lists().find(name);
  if (found == lists().end()) return words;
  std::string_view rest = found->second;
  while (!rest.empty()) {
    const std::size_t space = std::min(rest.find(' '), rest.size());
    if (space > 0) words.emplace_back(rest.substr(0, space));
    rest.remove_prefix(std::min(space + 1, rest.size()));
  }
  return words;
}

std::vector<std::string> read_stop_words(const Parameters& parameters, std::string_view name,
                                         std::string_view otherwise) {
  if (!parameters.has(name)) return stop_words(otherwise);
  std::vector<std::string> words;
  for (const std::string& one : parameters.list(name)) {
    if (!is_stop_word_list(one)) {
      words.push_back(one);
      continue;
    }
    for (std::string& word : stop_words(one)) words.push_back(std::move(word));
  }
  return words;
}

}  // namespace stele::text
