#include "engine/reference/best_rows.h"

#include <algorithm>
#include <bit>

namespace stele::engine::reference {

bool BestRows::is_before(const Row& left, const Row& right) const {
  const int order = order_.compare(left.cells.data(), right.cells.data());
  return order != 0 ? order < 0 : left.entry.place() < right.entry.place();
}

void BestRows::add(std::uint32_t target, std::uint32_t segment, const DocumentBits& matches) {
  if (k_ == 0) return;
  const Segment& here = order_.segment(target, segment);
  changed_ = true;
  for (std::size_t i = 0; i < matches.word_count(); ++i) {
    std::uint64_t bits = matches.word(i);
    if (bits == 0) continue;
    if (changed_) narrow(here, target);
    if (column_ != nullptr) {
      const std::uint64_t inside = documents_inside(*column_, i, wanted_, bits);
      bits = missing_wanted_ ? inside | (bits & ~column_->documents().word(i)) : inside;
    }
    for (; bits != 0; bits &= bits - 1) {
      const auto place = static_cast<unsigned>(std::countr_zero(bits));
      add({target, segment, static_cast<DocOrdinal>(i * 64 + place), 0});
    }
  }
}

void BestRows::add(const Entry& entry) {
  candidate_.entry = entry;
  candidate_.cells.resize(order_.key_count());
  order_.read(entry, candidate_.cells.data());
  if (!order_.is_after(candidate_.cells.data())) return;
  const auto before = [this](const Row& left, const Row& right) { return is_before(left, right); };
  if (heap_.size() == k_) {
    if (!is_before(candidate_, heap_.front())) return;
    std::pop_heap(heap_.begin(), heap_.end(), before);
    std::swap(heap_.back(), candidate_);
  } else {
    heap_.push_back(candidate_);
  }
  std::push_heap(heap_.begin(), heap_.end(), before);
  changed_ = true;
}

void BestRows::narrow(const Segment& segment, std::uint32_t target) {
  changed_ = false;
  const SortCell* last = heap_.size() == k_ ? heap_.front().cells.data() : nullptr;
  const auto range = order_.first_key_range(segment, target, last);
  column_ = range ? range->column : nullptr;
  if (!range) return;
  wanted_ = range->values;
  missing_wanted_ = range->missing;
}

std::vector<BestRows::Row> BestRows::finish() {
  std::sort_heap(heap_.begin(), heap_.end(),
                 [this](const Row& left, const Row& right) { return is_before(left, right); });
  return std::move(heap_);
}

}  // namespace stele::engine::reference
