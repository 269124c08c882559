#include "engine/vectors/vector_codes.h"

#include <algorithm>
#include <cmath>

#include "engine/postings/varint.h"

namespace stele::engine {
namespace {

constexpr std::size_t kHeaderBytes = 16;
constexpr float kReach = 127;               // of a signed code
constexpr std::uint8_t kZero = 0x80;        // the code of the mean
constexpr std::size_t kSampleMax = 10'000;  // rows looked at for the step

std::size_t stride_of(std::size_t dimension) {
  return (sizeof(float) + dimension + 3) / 4 * 4;
}

// What stands for a row: itself, for cosine at length one.
float scale_of(Similarity similarity, float length) {
  if (similarity != Similarity::kCosine) return 1;
  return length > 0 ? 1 / length : 0;
}

int code_of(float element, float inverse_step) {
  return static_cast<int>(std::lrint(std::clamp(element * inverse_step, -kReach, kReach)));
}

std::vector<float> means_of(Similarity similarity, const VectorRows& rows) {
  std::vector<double> sums(rows.dimension);
  for (std::size_t i = 0; i < rows.documents.size(); ++i) {
    const float scale = scale_of(similarity, rows.lengths[i]);
    const auto row = rows.vector(i);
    for (std::size_t at = 0; at < row.size(); ++at) sums[at] += static_cast<double>(row[at] * scale);
  }
  std::vector<float> means(rows.dimension);
  if (rows.documents.empty()) return means;
  for (std::size_t at = 0; at < means.size(); ++at)
    means[at] = static_cast<float>(sums[at] / static_cast<double>(rows.documents.size()));
  return means;
}

// So that all but one element in 10,000 keep their value: a few far out must not make all others coarse.
float step_of(Similarity similarity, const VectorRows& rows, const std::vector<float>& means) {
  std::vector<float> reaches;
  const std::size_t every = rows.documents.size() / kSampleMax + 1;
  const std::size_t element_step = std::max<std::size_t>(1, rows.dimension / 128);
  for (std::size_t i = 0; i < rows.documents.size(); i += every) {
    const float scale = scale_of(similarity, rows.lengths[i]);
    const auto row = rows.vector(i);
    for (std::size_t at = i % element_step; at < row.size(); at += element_step)
      reaches.push_back(std::abs(row[at] * scale - means[at]));
  }
  if (reaches.empty()) return 1;
  const auto last = reaches.end() - 1 - static_cast<std::ptrdiff_t>(reaches.size() / 10'000);
  std::nth_element(reaches.begin(), last, reaches.end());
  return *last > 0 ? *last / kReach : 1;
}

}  // namespace

std::string VectorCodes::build(Similarity similarity, const VectorRows& rows) {
  const std::vector<float> means = means_of(similarity, rows);
  const float step = step_of(similarity, rows, means);
  std::string section;
  const std::size_t count = rows.documents.size();
  const std::size_t stride = stride_of(rows.dimension);
  section.reserve(kHeaderBytes + means.size() * sizeof(float) + count * stride + kCodePadding);
  append_le(section, static_cast<std::uint32_t>(similarity));
  append_le(section, rows.dimension);
  append_le(section, static_cast<std::uint32_t>(count));
  append_le(section, step);
  for (const float mean : means) append_le(section, mean);
  std::string codes(stride - sizeof(float), '\0');
  for (std::size_t i = 0; i < count; ++i) {
    const float scale = scale_of(similarity, rows.lengths[i]);
    const auto row = rows.vector(i);
    float bias = 0;
    for (std::size_t at = 0; at < row.size(); ++at) {
      const int code = code_of(row[at] * scale - means[at], 1 / step);
      codes[at] = static_cast<char>(code + kZero);
      const float rounded = static_cast<float>(code) * step;
      bias += similarity == Similarity::kDot ? -means[at] * rounded : rounded * rounded;
    }
    append_le(section, bias);
    section.append(codes);
  }
  section.append(kCodePadding, '\0');
  return section;
}

Result<VectorCodes> VectorCodes::open(std::string_view section) {
  const auto corrupted = [] {
    return make_error(ErrorCode::kCorruption, "vector codes: sizes do not agree");
  };
  if (section.size() < kHeaderBytes) return corrupted();
  const auto similarity = load_le<std::uint32_t>(section.data());
  if (similarity > static_cast<std::uint32_t>(Similarity::kManhattan)) return corrupted();
  VectorCodes codes;
  codes.similarity_ = static_cast<Similarity>(similarity);
  codes.rows_.dimension = load_le<std::uint32_t>(section.data() + 4);
  codes.rows_.stride = stride_of(codes.rows_.dimension);
  codes.size_ = load_le<std::uint32_t>(section.data() + 8);
  codes.step_ = load_le<float>(section.data() + 12);
  const std::size_t first = kHeaderBytes + codes.rows_.dimension * sizeof(float);
  if (section.size() != first + codes.size_ * codes.rows_.stride + kCodePadding) return corrupted();
  codes.means_.resize(codes.rows_.dimension);
  for (std::size_t at = 0; at < codes.means_.size(); ++at)
    codes.means_[at] = load_le<float>(section.data() + kHeaderBytes + at * sizeof(float));
  codes.rows_.first = reinterpret_cast<const std::uint8_t*>(section.data()) + first;
  return codes;
}

CodeQuery VectorCodes::query(std::span<const float> vector) const {
  CodeQuery query;
  query.bytes.resize((dimension() + kCodePadding - 1) / kCodePadding * kCodePadding);
  float scale = 1;
  if (similarity_ == Similarity::kCosine) {
    double squares = 0;
    for (const float element : vector) squares += static_cast<double>(element) * static_cast<double>(element);
    scale = squares > 0 ? static_cast<float>(1 / std::sqrt(squares)) : 0;
  }
  const auto element = [&](std::size_t at) { return vector[at] * scale - means_[at]; };
  float reach = 0;
  for (std::size_t at = 0; at < vector.size(); ++at) reach = std::max(reach, std::abs(element(at)));
  // Manhattan compares codes, so that both sides need the same step; elsewhere the query has its own.
  const bool same_step = similarity_ == Similarity::kManhattan || !(reach > 0) || !std::isfinite(reach);
  const float step = same_step ? step_ : reach / kReach;
  for (std::size_t at = 0; at < vector.size(); ++at) {
    const int code = code_of(element(at), 1 / step);
    query.bytes[at] = static_cast<std::uint8_t>(similarity_ == Similarity::kManhattan ? code + kZero : code);
  }
  const float products = similarity_ == Similarity::kDot ? 1 : 2;
  query.factor = similarity_ == Similarity::kManhattan ? step_ : products * step * step_;
  return query;
}

void VectorCodes::query(std::uint32_t row, CodeQuery& query) const {
  query.bytes.resize((dimension() + kCodePadding - 1) / kCodePadding * kCodePadding);
  const std::uint8_t* const codes = rows_.row(row) + sizeof(float);
  const std::uint8_t flip = similarity_ == Similarity::kManhattan ? 0 : kZero;
  for (std::size_t at = 0; at < dimension(); ++at) query.bytes[at] = codes[at] ^ flip;
  const float products = similarity_ == Similarity::kDot ? 1 : 2;
  query.factor = similarity_ == Similarity::kManhattan ? step_ : products * step_ * step_;
}

}  // namespace stele::engine
