#include "text/analysis.h"

#include <array>
#include <charconv>
#include <set>
#include <vector>

namespace stele::text {
namespace {

// A spelling is lines of fields between tabs; the first is kHead and the name, then come the definitions:
// kind, name, and for each parameter its name, how many texts (0: one text that is no list) and the texts.
constexpr std::string_view kHead = "analysis 1\t";

constexpr std::array<std::pair<char, Analysis::Definitions Analysis::*>, 5> kKinds = {
    {{'c', &Analysis::char_filters},
     {'t', &Analysis::tokenizers},
     {'f', &Analysis::filters},
     {'a', &Analysis::analyzers},
     {'n', &Analysis::normalizers}}};

void append_field(std::string& out, std::string_view field) {
  for (const char c : field) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\t')
      out += "\\t";
    else if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
}

Error bad_spelling() {
  return illegal("this is no spelling of an analyzer");
}

std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields(1);
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\t') {
      fields.emplace_back();
    } else if (line[i] == '\\' && i + 1 < line.size()) {
      const char escaped = line[++i];
      fields.back() += escaped == 't' ? '\t' : (escaped == 'n' ? '\n' : escaped);
    } else {
      fields.back() += line[i];
    }
  }
  return fields;
}

// Parameters from fields[2] on.
Result<Parameters> parameters_of(const std::vector<std::string>& fields) {
  Parameters parameters;
  for (std::size_t i = 2; i < fields.size();) {
    if (i + 1 >= fields.size()) return bad_spelling();
    const std::string& count_text = fields[i + 1];
    if (count_text == "=") {
      if (i + 2 >= fields.size()) return bad_spelling();
      parameters.set(fields[i], fields[i + 2]);
      i += 3;
      continue;
    }
    std::size_t count = 0;
    const auto [end, error] =
        std::from_chars(count_text.data(), count_text.data() + count_text.size(), count);
    if (error != std::errc() || end != count_text.data() + count_text.size() || count > fields.size() - i - 2)
      return bad_spelling();
    const auto first = fields.begin() + static_cast<std::ptrdiff_t>(i + 2);
    parameters.set_list(fields[i],
                        std::vector<std::string>(first, first + static_cast<std::ptrdiff_t>(count)));
    i += 2 + count;
  }
  return parameters;
}

void append_definition(std::string& out, char kind, const std::string& name, const Parameters& parameters) {
  out += '\n';
  out += kind;
  out += '\t';
  append_field(out, name);
  for (const auto& [key, value] : parameters.values()) {
    out += '\t';
    append_field(out, key);
    out += '\t';
    out += value.is_list ? std::to_string(value.texts.size()) : "=";
    for (const std::string& text : value.texts) {
      out += '\t';
      append_field(out, text);
    }
  }
}

}  // namespace

std::string Analysis::spell(std::string_view name) const {
  // What is needed: the definition, and whatever its texts name (a text that happens to be a name costs
  // nothing but its bytes).
  std::set<std::string, std::less<>> wanted{std::string(name)};
  std::vector<std::string> open{std::string(name)};
  while (!open.empty()) {
    const std::string one = std::move(open.back());
    open.pop_back();
    for (const auto& [kind, definitions] : kKinds) {
      const auto found = (this->*definitions).find(one);
      if (found == (this->*definitions).end()) continue;
      for (const auto& [key, value] : found->second.values())
        for (const std::string& text : value.texts)
          for (const std::string& word : Parameters{{"x", {{text}, false}}}.list("x"))
            if (wanted.insert(word).second) open.push_back(word);
    }
  }
  std::string out(kHead);
  append_field(out, name);
  out += "\ni\t" + std::to_string(max_ngram_diff) + '\t' + std::to_string(max_shingle_diff);
  for (const auto& [kind, definitions] : kKinds)
    for (const auto& [key, parameters] : this->*definitions)
      if (wanted.contains(key)) append_definition(out, kind, key, parameters);
  return out;
}

bool Analysis::is_spelling(std::string_view text) {
  return text.starts_with(kHead);
}

std::string_view Analysis::name_of(std::string_view text) {
  if (!is_spelling(text)) return text;
  text.remove_prefix(kHead.size());
  return text.substr(0, text.find('\n'));
}

Result<std::pair<Analysis, std::string>> Analysis::parse(std::string_view spelling) {
  if (!is_spelling(spelling)) return bad_spelling();
  Analysis analysis;
  const std::vector<std::string> head = fields_of(name_of(spelling));
  std::size_t at = spelling.find('\n');
  while (at != std::string_view::npos) {
    const std::size_t next = spelling.find('\n', at + 1);
    const std::vector<std::string> fields = fields_of(spelling.substr(at + 1, next - at - 1));
    at = next;
    if (fields.size() < 2 || fields[0].size() != 1) return bad_spelling();
    if (fields[0] == "i") {
      if (fields.size() != 3) return bad_spelling();
      STELE_TRY(analysis.max_ngram_diff, Parameters({{"x", {{fields[1]}, false}}}).integer("x", 1));
      STELE_TRY(analysis.max_shingle_diff, Parameters({{"x", {{fields[2]}, false}}}).integer("x", 3));
      continue;
    }
    bool known = false;
    for (const auto& [kind, definitions] : kKinds) {
      if (fields[0][0] != kind) continue;
      STELE_TRY((analysis.*definitions)[fields[1]], parameters_of(fields));
      known = true;
    }
    if (!known) return bad_spelling();
  }
  return std::pair(std::move(analysis), head[0]);
}

}  // namespace stele::text
