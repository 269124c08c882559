#include "engine/postings/postings_writer.h"

#include <array>

#include "engine/postings/postings_format.h"

namespace stele::engine {
namespace {

constexpr DocOrdinal kBeforeFirst = 0xFFFFFFFF;  // one more is the first document

}  // namespace

TermEntry PostingsWriter::add(const Postings& postings) {
  const std::size_t count = postings.documents.size();
  TermEntry entry;
  entry.document_count = static_cast<std::uint32_t>(count);
  entry.total_frequency = count;
  entry.postings_offset = postings_.size();
  entry.positions_offset = positions_.size();
  std::vector<std::uint32_t> position_blocks;
  if (has_frequencies()) {
    entry.total_frequency = postings.begin[count] - postings.begin[0];
    position_blocks = append_positions(postings);
  }
  if (count < kPackedBlock)
    append_tail(postings, 0, kBeforeFirst);
  else
    append_blocks(postings, position_blocks);
  entry.postings_bytes = postings_.size() - entry.postings_offset;
  entry.positions_bytes = positions_.size() - entry.positions_offset;
  return entry;
}

void PostingsWriter::append_blocks(const Postings& postings, std::span<const std::uint32_t> position_blocks) {
  const std::size_t count = postings.documents.size();
  const std::size_t skips = (count + kPackedBlock - 1) / kPackedBlock;
  append_le(postings_, impacts_of(postings, 0, count));
  // The records stand first: room for them, filled in as the blocks come.
  const std::size_t records_at = postings_.size();
  postings_.append(skips * SkipRecord::kBytes, '\0');
  const std::size_t blocks_at = postings_.size();
  std::string records;
  DocOrdinal former = kBeforeFirst;
  for (std::size_t first = 0; first < count; first += kPackedBlock) {
    const std::size_t end = std::min(count, first + kPackedBlock);
    append_skip(records, postings, first, end, static_cast<std::uint32_t>(postings_.size() - blocks_at),
                position_blocks);
    if (end - first == kPackedBlock)
      append_block(postings, first, former);
    else
      append_tail(postings, first, former);
    former = postings.documents[end - 1];
  }
  postings_.replace(records_at, records.size(), records);
}

Impacts PostingsWriter::impacts_of(const Postings& postings, std::size_t first, std::size_t end) const {
  ImpactsBuilder builder;
  for (std::size_t i = first; i < end; ++i)
    builder.add(postings.frequency(i), has_frequencies() ? lengths_[postings.documents[i]] : 1);
  return builder.finish();
}

void PostingsWriter::append_skip(std::string& out, const Postings& postings, std::size_t first,
                                 std::size_t end, std::uint32_t block_offset,
                                 std::span<const std::uint32_t> position_blocks) const {
  SkipRecord record;
  record.last_document = postings.documents[end - 1];
  record.block_offset = block_offset;
  if (has_frequencies()) {
    record.positions_before = postings.begin[first] - postings.begin[0];
    record.positions_offset = position_blocks[record.positions_before / kPackedBlock];
  }
  record.impacts = impacts_of(postings, first, end);
  record.append_to(out);
}

void PostingsWriter::append_block(const Postings& postings, std::size_t first, DocOrdinal former) {
  std::array<std::uint32_t, kPackedBlock> gaps;
  std::array<std::uint32_t, kPackedBlock> more{};
  for (std::size_t i = 0; i < kPackedBlock; ++i) {
    gaps[i] = postings.documents[first + i] - former - 1;
    former = postings.documents[first + i];
    if (has_frequencies()) more[i] = postings.frequency(first + i) - 1;
  }
  const unsigned gap_bits = bits_needed(gaps.data());
  const unsigned more_bits = bits_needed(more.data());
  postings_.push_back(static_cast<char>(gap_bits));
  postings_.push_back(static_cast<char>(more_bits));
  append_packed(postings_, gaps.data(), gap_bits);
  append_packed(postings_, more.data(), more_bits);
}

void PostingsWriter::append_tail(const Postings& postings, std::size_t first, DocOrdinal former) {
  for (std::size_t i = first; i < postings.documents.size(); ++i) {
    const std::uint64_t gap = postings.documents[i] - former - 1;
    former = postings.documents[i];
    if (!has_frequencies()) {
      append_varint(postings_, gap);
      continue;
    }
    // Most terms occur once: a bit says so.
    const std::uint32_t frequency = postings.frequency(i);
    append_varint(postings_, gap << 1U | (frequency == 1 ? 1U : 0U));
    if (frequency != 1) append_varint(postings_, frequency);
  }
}

std::vector<std::uint32_t> PostingsWriter::append_positions(const Postings& postings) {
  const std::size_t start = positions_.size();
  std::vector<std::uint32_t> block_offsets;
  std::array<std::uint32_t, kPackedBlock> gaps;
  std::size_t filled = 0;
  for (std::size_t i = 0; i < postings.documents.size(); ++i) {
    std::uint32_t former = 0;
    for (const std::uint32_t position : postings.positions_of(i)) {
      if (filled == 0) block_offsets.push_back(static_cast<std::uint32_t>(positions_.size() - start));
      gaps[filled++] = position - former;
      former = position;
      if (filled < kPackedBlock) continue;
      const unsigned bits = bits_needed(gaps.data());
      positions_.push_back(static_cast<char>(bits));
      append_packed(positions_, gaps.data(), bits);
      filled = 0;
    }
  }
  for (std::size_t i = 0; i < filled; ++i) append_varint(positions_, gaps[i]);
  return block_offsets;
}

}  // namespace stele::engine
