#pragma once

#include <string>

namespace stele::text {

// Spellings of one word in Indian scripts made one: letters that are written as two or three code points,
// long vowels, nuktas and the like. In place, UTF-16.
void normalize_indic(std::u16string& word);
void normalize_hindi(std::u16string& word);
void normalize_bengali(std::u16string& word);

}  // namespace stele::text
