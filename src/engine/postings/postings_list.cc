#include "engine/postings/postings_list.h"

#include <algorithm>

#include "engine/postings/varint.h"

namespace stele::engine {
namespace {

constexpr DocOrdinal kBeforeFirst = 0xFFFFFFFF;

std::string_view from(std::string_view bytes, std::uint64_t offset) {
  return bytes.substr(std::min<std::uint64_t>(offset, bytes.size()));
}

}  // namespace

PostingsList::PostingsList(const TermEntry& entry, std::string_view postings, std::string_view positions,
                           bool has_frequencies)
    : entry_(entry),
      block_count_((entry.document_count + kPackedBlock - 1) / kPackedBlock),
      has_frequencies_(has_frequencies),
      postings_(from(postings, entry.postings_offset)),
      positions_(from(positions, entry.positions_offset)) {
  if (has_skips() && postings_.size() < SkipRecord::kBefore + block_count_ * SkipRecord::kBytes) {
    entry_.document_count = 0;
    block_count_ = 0;
  }
}

std::size_t PostingsList::find_block(std::size_t first, DocOrdinal document) const {
  if (!has_skips()) return first;
  std::size_t step = 1;
  std::size_t low = first;
  std::size_t high = first;
  while (high < block_count_ && last_document(high) < document) {
    low = high + 1;
    high += step;
    step *= 2;
  }
  high = std::min(high, block_count_);
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (last_document(middle) < document)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

std::string_view PostingsList::block_bytes(std::size_t block) const {
  if (!has_skips()) return postings_;
  const std::uint64_t records = SkipRecord::kBefore + block_count_ * SkipRecord::kBytes;
  return from(postings_, records + SkipRecord::load(skip(block)).block_offset);
}

void PostingsList::read_documents(std::size_t block, PostingsBlock& out) const {
  read_block(block, out, false);
}

void PostingsList::read(std::size_t block, PostingsBlock& out) const {
  read_block(block, out, true);
}

void PostingsList::read_frequencies(std::size_t block, PostingsBlock& out) const {
  if (out.count < kPackedBlock) return;
  // What was read before is there.
  const char* const bytes = block_bytes(block).data();
  const auto gap_bits = static_cast<unsigned char>(bytes[0]);
  unpack(bytes + 2 + packed_bytes(gap_bits), static_cast<unsigned char>(bytes[1]), out.frequencies.data());
  for (std::uint32_t& frequency : out.frequencies) ++frequency;
}

void PostingsList::read_block(std::size_t block, PostingsBlock& out, bool with_frequencies) const {
  const std::string_view bytes = block_bytes(block);
  const DocOrdinal former = block == 0 ? kBeforeFirst : last_document(block - 1);
  const std::size_t count = std::min<std::size_t>(kPackedBlock, entry_.document_count - block * kPackedBlock);
  if (count < kPackedBlock) {
    read_tail(bytes, former, count, out);
    return;
  }
  out.count = 0;
  if (bytes.size() < 2) return;
  const auto gap_bits = static_cast<unsigned char>(bytes[0]);
  const auto more_bits = static_cast<unsigned char>(bytes[1]);
  if (gap_bits > 32 || more_bits > 32) return;
  if (bytes.size() < 2 + packed_bytes(gap_bits) + packed_bytes(more_bits)) return;
  unpack(bytes.data() + 2, gap_bits, out.documents.data());
  DocOrdinal document = former;
  for (DocOrdinal& gap : out.documents) {
    document += gap + 1;
    gap = document;
  }
  out.count = count;
  if (!with_frequencies) return;
  read_frequencies(block, out);
}

void PostingsList::read_tail(std::string_view bytes, DocOrdinal former, std::size_t count,
                             PostingsBlock& out) const {
  out.count = 0;
  for (; out.count < count && !bytes.empty(); ++out.count) {
    std::uint64_t gap = take_varint(bytes);
    std::uint32_t frequency = 1;
    if (has_frequencies_) {
      if ((gap & 1U) == 0) frequency = static_cast<std::uint32_t>(take_varint(bytes));
      gap >>= 1U;
    }
    former += static_cast<DocOrdinal>(gap) + 1;
    out.documents[out.count] = former;
    out.frequencies[out.count] = frequency;
  }
}

void PostingsList::mark_documents(std::span<std::uint64_t> words) const {
  const auto mark = [words](DocOrdinal document) {
    if (document / 64 < words.size()) words[document / 64] |= std::uint64_t{1} << (document % 64);
  };
  if (!has_skips()) {
    std::string_view bytes = postings_;
    DocOrdinal document = kBeforeFirst;
    for (std::size_t i = 0; i < entry_.document_count && !bytes.empty(); ++i) {
      std::uint64_t gap = take_varint(bytes);
      if (has_frequencies_) {
        if ((gap & 1U) == 0) take_varint(bytes);
        gap >>= 1U;
      }
      document += static_cast<DocOrdinal>(gap) + 1;
      mark(document);
    }
    return;
  }
  PostingsBlock block;
  for (std::size_t i = 0; i < block_count_; ++i) {
    read_documents(i, block);
    for (std::size_t j = 0; j < block.count; ++j) mark(block.documents[j]);
  }
}

void PostingsList::read_all_documents(std::vector<DocOrdinal>& documents) const {
  documents.reserve(documents.size() + entry_.document_count);
  PostingsBlock block;
  for (std::size_t i = 0; i < block_count_; ++i) {
    read_documents(i, block);
    documents.insert(documents.end(), block.documents.begin(),
                     block.documents.begin() + static_cast<std::ptrdiff_t>(block.count));
  }
}

void PostingsList::read_all(std::vector<DocOrdinal>& documents, std::vector<std::uint32_t>& begin) const {
  documents.reserve(documents.size() + entry_.document_count);
  begin.reserve(entry_.document_count + 1U);
  std::uint32_t total = 0;
  begin.push_back(total);
  PostingsBlock block;
  for (std::size_t i = 0; i < block_count_; ++i) {
    read(i, block);
    for (std::size_t j = 0; j < block.count; ++j) {
      documents.push_back(block.documents[j]);
      total += block.frequencies[j];
      begin.push_back(total);
    }
  }
}

void PositionsReader::enter_block(std::size_t block) {
  if (!list_.has_skips()) {
    at_ = 0;
    if (block_ != 0) load(0, 0);
    return;
  }
  const SkipRecord record = SkipRecord::load(list_.skip(block));
  at_ = record.positions_before;
  if (block_ != at_ / kPackedBlock) load(at_ / kPackedBlock, record.positions_offset);
}

void PositionsReader::load(std::uint64_t block, std::uint64_t offset) {
  block_ = block;
  next_offset_ = offset;
  gaps_.fill(0);
  std::string_view bytes = from(list_.positions_, offset);
  const std::uint64_t total = list_.entry_.total_frequency;
  if ((block + 1) * kPackedBlock <= total) {
    if (bytes.empty()) return;
    const auto bits = static_cast<unsigned char>(bytes[0]);
    if (bits > 32 || bytes.size() < 1 + packed_bytes(bits)) return;
    unpack(bytes.data() + 1, bits, gaps_.data());
    next_offset_ += 1 + packed_bytes(bits);
    return;
  }
  const std::uint64_t before = block * kPackedBlock;
  for (std::uint64_t i = 0; before + i < total && i < kPackedBlock; ++i)
    gaps_[i] = static_cast<std::uint32_t>(take_varint(bytes));
}

void PositionsReader::skip(std::uint64_t count) {
  at_ += count;
}

void PositionsReader::read(std::uint32_t frequency, std::vector<std::uint32_t>& positions) {
  std::uint32_t position = 0;
  const std::uint64_t end = std::min<std::uint64_t>(at_ + frequency, list_.entry_.total_frequency);
  for (; at_ < end; ++at_) {
    // Blocks that were skipped over are walked by their widths alone.
    while (block_ < at_ / kPackedBlock) load(block_ + 1, next_offset_);
    position += gaps_[at_ % kPackedBlock];
    positions.push_back(position);
  }
}

}  // namespace stele::engine
