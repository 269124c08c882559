// How fast are texts analyzed? Documents of 1 KB of English-like words with Zipf's frequencies, or of the
// lines of a file; CPU time of the one thread, the median of five rounds.
//   bench_analysis [FILE]
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "base/check.h"
#include "text/analyzer.h"

namespace {

using namespace stele::text;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// 20,000 words of one to four syllables, the frequent ones short; a capital and a comma now and then.
std::vector<std::string> make_texts(std::size_t count) {
  std::mt19937 random{7};
  const std::string_view kSyllables[] = {"the", "ra", "tion", "is", "con", "ing",
                                         "ly",  "er", "ba",   "st", "men", "o"};
  std::vector<std::string> words;
  for (int i = 0; i < 20'000; ++i) {
    std::string word;
    for (int n = 0; n <= std::min(3, static_cast<int>(std::log10(i + 1))); ++n)
      word += kSyllables[random() % std::size(kSyllables)];
    words.push_back(std::move(word));
  }
  std::uniform_real_distribution<double> rank(0, std::log(words.size()));
  std::vector<std::string> texts(count);
  for (std::string& text : texts) {
    while (text.size() < 1024) {
      std::string word = words[static_cast<std::size_t>(std::exp(rank(random))) - 1];
      if (random() % 12 == 0) word[0] = static_cast<char>(word[0] - 'a' + 'A');
      text += word + (random() % 10 == 0 ? ", " : " ");
    }
  }
  return texts;
}

std::vector<std::string> read_texts(const char* path) {
  std::ifstream file(path);
  std::vector<std::string> texts;
  for (std::string line; std::getline(file, line);) texts.push_back(line);
  return texts;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> texts = argc > 1 ? read_texts(argv[1]) : make_texts(8'000);
  std::size_t bytes = 0;
  for (const std::string& text : texts) bytes += text.size();
  fmt::print("{} texts, {:.1f} MB\n\n| analyzer | MB/s | million tokens/s |\n|---|---|---|\n", texts.size(),
             static_cast<double>(bytes) / 1e6);
  for (const char* name :
       {"standard", "simple", "whitespace", "stop", "english", "french", "german", "russian", "cjk"}) {
    const auto analyzer = find_analyzer(name);
    STELE_CHECK(analyzer.has_value());
    Tokens tokens;
    std::vector<double> rounds;
    std::size_t count = 0;
    for (int round = 0; round < 5; ++round) {
      count = 0;
      const double start = cpu_seconds();
      for (const std::string& text : texts) {
        (*analyzer)->analyze(text, tokens);
        count += tokens.size();
      }
      rounds.push_back(cpu_seconds() - start);
    }
    std::ranges::sort(rounds);
    fmt::print("| {} | {:.0f} | {:.1f} |\n", name, static_cast<double>(bytes) / rounds[2] / 1e6,
               static_cast<double>(count) / rounds[2] / 1e6);
  }
  return 0;
}
