#pragma once

#include <string>

namespace stele::text {

// Light stemmers: they take off what number, case and gender add, most by the rules of J. Savoy (UniNE). In
// place, lower-case UTF-16; the same results as Lucene's of the same names.
void stem_french_light(std::u16string& word);
void stem_french_minimal(std::u16string& word);
void stem_german_light(std::u16string& word);
void stem_german_minimal(std::u16string& word);
void stem_italian_light(std::u16string& word);
void stem_portuguese_light(std::u16string& word);
void stem_spanish_light(std::u16string& word);
void stem_english_minimal(std::u16string& word);
void stem_finnish_light(std::u16string& word);
void stem_hungarian_light(std::u16string& word);
void stem_norwegian_light(std::u16string& word);
void stem_nynorsk_light(std::u16string& word);
void stem_norwegian_minimal(std::u16string& word);
void stem_nynorsk_minimal(std::u16string& word);
void stem_russian_light(std::u16string& word);
void stem_swedish_light(std::u16string& word);
void stem_swedish_minimal(std::u16string& word);
void stem_arabic(std::u16string& word);
void stem_bengali(std::u16string& word);
void stem_bulgarian(std::u16string& word);
void stem_czech(std::u16string& word);
void stem_hindi(std::u16string& word);
void stem_latvian(std::u16string& word);
void stem_sorani(std::u16string& word);

// Others that are not Snowball's.
void stem_brazilian(std::u16string& word);
void stem_estonian(std::u16string& word);
void stem_galician(std::u16string& word);
void stem_galician_minimal(std::u16string& word);
void stem_greek(std::u16string& word);
void stem_indonesian(std::u16string& word);
void stem_portuguese_rslp(std::u16string& word);
void stem_portuguese_minimal(std::u16string& word);

}  // namespace stele::text
