#include "text/filters/indic.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace stele::text {
namespace {

enum Script : std::uint16_t {
  kDevanagari = 1,
  kBengali = 2,
  kGurmukhi = 4,
  kGujarati = 8,
  kOriya = 16,
  kTamil = 32,
  kTelugu = 64,
  kKannada = 128,
  kMalayalam = 256,
};
struct Block {
  char16_t first;
  Script script;
};
constexpr std::array kBlocks = {
    Block{0x0900, kDevanagari}, Block{0x0980, kBengali}, Block{0x0A00, kGurmukhi},
    Block{0x0A80, kGujarati},   Block{0x0B00, kOriya},   Block{0x0B80, kTamil},
    Block{0x0C00, kTelugu},     Block{0x0C80, kKannada}, Block{0x0D00, kMalayalam}};

constexpr int kNone = -1;
constexpr int kJoiner = 0xFF;

// Two or three letters, by their places in a script's block, and the letter that they make in these scripts.
struct Composition {
  int first;
  int second;
  int third;
  int result;
  unsigned scripts;
};
constexpr std::array kCompositions = {
    Composition{0x05, 0x3E, 0x45, 0x11, kDevanagari | kGujarati},
    Composition{0x05, 0x3E, 0x46, 0x12, kDevanagari},
    Composition{0x05, 0x3E, 0x47, 0x13, kDevanagari | kGujarati},
    Composition{0x05, 0x3E, 0x48, 0x14, kDevanagari | kGujarati},
    Composition{0x05, 0x3E, kNone, 0x06, kDevanagari | kBengali | kGurmukhi | kGujarati | kOriya},
    Composition{0x05, 0x45, kNone, 0x72, kDevanagari},
    Composition{0x05, 0x45, kNone, 0x0D, kGujarati},
    Composition{0x05, 0x46, kNone, 0x04, kDevanagari},
    Composition{0x05, 0x47, kNone, 0x0F, kGujarati},
    Composition{0x05, 0x48, kNone, 0x10, kGurmukhi | kGujarati},
    Composition{0x05, 0x49, kNone, 0x11, kDevanagari | kGujarati},
    Composition{0x05, 0x4A, kNone, 0x12, kDevanagari},
    Composition{0x05, 0x4B, kNone, 0x13, kDevanagari | kGujarati},
    Composition{0x05, 0x4C, kNone, 0x14, kDevanagari | kGurmukhi | kGujarati},
    Composition{0x06, 0x45, kNone, 0x11, kDevanagari | kGujarati},
    Composition{0x06, 0x46, kNone, 0x12, kDevanagari},
    Composition{0x06, 0x47, kNone, 0x13, kDevanagari | kGujarati},
    Composition{0x06, 0x48, kNone, 0x14, kDevanagari | kGujarati},
    Composition{0x07, 0x57, kNone, 0x08, kMalayalam},
    Composition{0x09, 0x41, kNone, 0x0A, kDevanagari},
    Composition{0x09, 0x57, kNone, 0x0A, kTamil | kMalayalam},
    Composition{0x0E, 0x46, kNone, 0x10, kMalayalam},
    Composition{0x0F, 0x45, kNone, 0x0D, kDevanagari},
    Composition{0x0F, 0x46, kNone, 0x0E, kDevanagari},
    Composition{0x0F, 0x47, kNone, 0x10, kDevanagari},
    Composition{0x0F, 0x57, kNone, 0x10, kOriya},
    Composition{0x12, 0x3E, kNone, 0x13, kMalayalam},
    Composition{0x12, 0x4C, kNone, 0x14, kTelugu | kKannada},
    Composition{0x12, 0x55, kNone, 0x13, kTelugu},
    Composition{0x12, 0x57, kNone, 0x14, kTamil | kMalayalam},
    Composition{0x13, 0x57, kNone, 0x14, kOriya},
    Composition{0x15, 0x3C, kNone, 0x58, kDevanagari},
    Composition{0x16, 0x3C, kNone, 0x59, kDevanagari | kGurmukhi},
    Composition{0x17, 0x3C, kNone, 0x5A, kDevanagari | kGurmukhi},
    Composition{0x1C, 0x3C, kNone, 0x5B, kDevanagari | kGurmukhi},
    Composition{0x21, 0x3C, kNone, 0x5C, kDevanagari | kBengali | kOriya},
    Composition{0x22, 0x3C, kNone, 0x5D, kDevanagari | kBengali | kOriya},
    Composition{0x23, 0x4D, 0xFF, 0x7A, kMalayalam},
    Composition{0x24, 0x4D, 0xFF, 0x4E, kBengali},
    Composition{0x28, 0x3C, kNone, 0x29, kDevanagari},
    Composition{0x28, 0x4D, 0xFF, 0x7B, kMalayalam},
    Composition{0x2B, 0x3C, kNone, 0x5E, kDevanagari | kGurmukhi},
    Composition{0x2F, 0x3C, kNone, 0x5F, kDevanagari | kBengali},
    Composition{0x2C, 0x41, 0x41, 0x0B, kTelugu},
    Composition{0x30, 0x3C, kNone, 0x31, kDevanagari},
    Composition{0x30, 0x4D, 0xFF, 0x7C, kMalayalam},
    Composition{0x32, 0x4D, 0xFF, 0x7D, kMalayalam},
    Composition{0x33, 0x3C, kNone, 0x34, kDevanagari},
    Composition{0x33, 0x4D, 0xFF, 0x7E, kMalayalam},
    Composition{0x35, 0x41, kNone, 0x2E, kTelugu},
    Composition{0x3E, 0x45, kNone, 0x49, kDevanagari | kGujarati},
    Composition{0x3E, 0x46, kNone, 0x4A, kDevanagari},
    Composition{0x3E, 0x47, kNone, 0x4B, kDevanagari | kGujarati},
    Composition{0x3E, 0x48, kNone, 0x4C, kDevanagari | kGujarati},
    Composition{0x3F, 0x55, kNone, 0x40, kKannada},
    Composition{0x41, 0x41, kNone, 0x42, kGurmukhi},
    Composition{0x46, 0x3E, kNone, 0x4A, kTamil | kMalayalam},
    Composition{0x46, 0x42, 0x55, 0x4B, kKannada},
    Composition{0x46, 0x42, kNone, 0x4A, kKannada},
    Composition{0x46, 0x46, kNone, 0x48, kMalayalam},
    Composition{0x46, 0x55, kNone, 0x47, kTelugu | kKannada},
    Composition{0x46, 0x56, kNone, 0x48, kTelugu | kKannada},
    Composition{0x46, 0x57, kNone, 0x4C, kTamil | kMalayalam},
    Composition{0x47, 0x3E, kNone, 0x4B, kBengali | kOriya | kTamil | kMalayalam},
    Composition{0x47, 0x57, kNone, 0x4C, kBengali | kOriya},
    Composition{0x4A, 0x55, kNone, 0x4B, kKannada},
    Composition{0x72, 0x3F, kNone, 0x07, kGurmukhi},
    Composition{0x72, 0x40, kNone, 0x08, kGurmukhi},
    Composition{0x72, 0x47, kNone, 0x0F, kGurmukhi},
    Composition{0x73, 0x41, kNone, 0x09, kGurmukhi},
    Composition{0x73, 0x42, kNone, 0x0A, kGurmukhi},
    Composition{0x73, 0x4B, kNone, 0x13, kGurmukhi}};

const Block* block_of(char16_t c) {
  for (const Block& block : kBlocks)
    if (c >= block.first && c < block.first + 0x80) return &block;
  return nullptr;
}

constexpr char16_t kVirama = u'\u09CD';  // of Bengali

// Letters that become one letter each, "from to from to"; a letter of `dropped` goes.
void map_letter(char16_t& c, std::u16string_view pairs) {
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    if (pairs[i] != c) continue;
    c = pairs[i + 1];
    return;
  }
}

}  // namespace

void normalize_indic(std::u16string& word) {
  for (std::size_t i = 0; i + 1 < word.size(); ++i) {
    const Block* block = block_of(word[i]);
    if (block == nullptr || block_of(word[i + 1]) != block) continue;
    const int first = word[i] - block->first;
    const int second = word[i + 1] - block->first;
    int third = kNone;
    if (i + 2 < word.size()) {
      if (word[i + 2] == u'\u200D')
        third = kJoiner;
      else if (block_of(word[i + 2]) == block)
        third = word[i + 2] - block->first;
    }
    for (const Composition& row : kCompositions) {
      if (row.first != first || row.second != second || (row.scripts & block->script) == 0) continue;
      if (row.third != kNone && row.third != third) continue;
      word[i] = static_cast<char16_t>(block->first + row.result);
      word.erase(i + 1, row.third == kNone ? 1 : 2);
      break;
    }
  }
}

void normalize_hindi(std::u16string& word) {
  constexpr std::u16string_view kDropped = u"\u093C\u200D\u200C\u094D";
  constexpr std::u16string_view kPairs =
      u"\u0901\u0902\u0929\u0928\u0931\u0930\u0934\u0933\u0958\u0915\u0959\u0916\u095A\u0917\u095B\u091C"
      u"\u095C\u0921\u095D\u0922\u095E\u092B\u095F\u092F\u0945\u0947\u0946\u0947\u0949\u094B\u094A\u094B"
      u"\u090D\u090F\u090E\u090F\u0911\u0913\u0912\u0913\u0972\u0905\u0906\u0905\u0908\u0907\u090A\u0909"
      u"\u0960\u090B\u0961\u090C\u0910\u090F\u0914\u0913\u0940\u093F\u0942\u0941\u0944\u0943\u0963\u0962"
      u"\u0948\u0947\u094C\u094B";
  std::u16string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    char16_t c = word[i];
    if (c == u'\u0928' && i + 1 < word.size() && word[i + 1] == u'\u094D') {
      out += u'\u0902';  // a dead n is a bindu
      ++i;
      continue;
    }
    if (kDropped.find(c) != std::u16string_view::npos) continue;
    map_letter(c, kPairs);
    out += c;
  }
  word = std::move(out);
}

// In place and letter by letter, since what stands before a letter is what became of it.
void normalize_bengali(std::u16string& word) {
  for (std::size_t i = 0; i < word.size(); ++i) {
    char16_t& c = word[i];
    const bool after_virama = i > 0 && word[i - 1] == kVirama;
    switch (c) {
      case u'\u0981':
        word.erase(i--, 1);
        break;
      case u'\u0995':  // ksha
        if (i + 2 >= word.size() || word[i + 1] != kVirama || word[i + 2] != u'\u09BF') break;
        if (i == 0) {
          c = u'\u0996';
          word.erase(i + 1, 2);
        } else {
          word[i + 1] = u'\u0996';
          word.erase(i + 2, 1);
        }
        break;
      case u'\u09AF':  // ya-phala
        if (!after_virama) break;
        if (i == 2) {
          word[i - 1] = u'\u09C7';
          if (i + 1 < word.size() && word[i + 1] == u'\u09BE') word.erase(i + 1, 1);
          word.erase(i--, 1);
        } else {
          word.erase(i - 1, 2);
          i -= 2;
        }
        break;
      case u'\u09AC':  // ba-phala
        if (!after_virama) break;
        if (i == 2 || (i >= 5 && word[i - 3] == kVirama)) {
          word.erase(i - 1, 2);
          i -= 2;
        } else if (i >= 2) {
          word[i - 1] = word[i - 2];
          word.erase(i--, 1);
        }
        break;
      case u'\u0983':  // visarga
        if (i + 1 < word.size())
          c = word[i + 1];
        else if (word.size() <= 3)
          c = u'\u09B9';
        else
          word.erase(i, 1);
        break;
      default:
        map_letter(c,
                   u"\u09C0\u09BF\u09C2\u09C1\u0999\u0982\u09B6\u09B8\u09B7\u09B8\u09A3\u09A8\u09DC\u09B0"
                   u"\u09DD\u09B0\u09CE\u09A4");
    }
  }
}

}  // namespace stele::text
