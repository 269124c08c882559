#include "text/stemmers/rslp.h"

#include <algorithm>

#include "base/check.h"
#include "text/stemmers/light.h"
#include "text/stemmers/suffixes.h"

namespace stele::text {
namespace {

const RslpStep& step(std::span<const RslpStep> steps, std::string_view name) {
  const auto found = std::ranges::find(steps, name, &RslpStep::name);
  STELE_CHECK(found != steps.end());
  return *found;
}

}  // namespace

bool RslpStep::apply(std::u16string& word) const {
  if (word.size() < word_min) return false;
  if (!endings.empty() && !ends_in_any(word, endings)) return false;
  const std::size_t before = word.size();
  for (const RslpRule& rule : rules) {
    if (word.size() < rule.stem_min + rule.suffix.size() || !word.ends_with(rule.suffix)) continue;
    if (exceptions_are_words ? is_one_of(word, rule.exceptions) : ends_in_any(word, rule.exceptions))
      continue;
    word.resize(word.size() - rule.suffix.size());
    word += rule.with;
    break;
  }
  return word.size() != before;
}

void stem_galician(std::u16string& word) {
  const auto steps = galician_rslp_steps();
  for (const std::string_view name : {"Plural", "Unification", "Adverb"}) step(steps, name).apply(word);
  while (step(steps, "Augmentative").apply(word)) continue;
  if (!step(steps, "Noun").apply(word)) step(steps, "Verb").apply(word);
  step(steps, "Vowel").apply(word);
  map_letters(word, u"áaéeêeíióoúu");
}

void stem_galician_minimal(std::u16string& word) {
  step(galician_rslp_steps(), "Plural").apply(word);
}

void stem_portuguese_rslp(std::u16string& word) {
  const auto steps = portuguese_rslp_steps();
  for (const std::string_view name : {"Plural", "Adverb", "Feminine", "Augmentative"})
    step(steps, name).apply(word);
  if (!step(steps, "Noun").apply(word) && !step(steps, "Verb").apply(word)) step(steps, "Vowel").apply(word);
  map_letters(word, u"àaáaâaãaäaåaòoóoôoõoöoèeéeêeëeùuúuûuüuìiíiîiïiçcñnÿyýy");
}

void stem_portuguese_minimal(std::u16string& word) {
  step(portuguese_rslp_steps(), "Plural").apply(word);
}

}  // namespace stele::text
