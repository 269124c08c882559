#pragma once

#include <string>

namespace stele::text {

// Porter's algorithm (1980) with the departures of Lucene's PorterStemmer ("bli" → "ble", "logi" → "log"),
// which is not what libstemmer calls porter: 20 of 22,314 words differ. Changes `word`, lower-case UTF-8, in
// place; letters beyond ASCII count as consonants. Stateless.
void porter_stem(std::string& word);

}  // namespace stele::text
