#include "engine/segment/sealed_field.h"

namespace stele::engine {
namespace {

// The column as spans over memory: sections stand at multiples of 64 bytes.
template <class T>
std::span<const T> as_span(std::string_view section) {
  return {reinterpret_cast<const T*>(section.data()), section.size() / sizeof(T)};
}

template <class T, class Convert>
std::span<const T> values_of(const ColumnReader& column, DocOrdinal document, std::vector<T>& scratch,
                             Convert convert) {
  scratch.clear();
  const auto [begin, end] = column.range(document);
  for (std::size_t i = begin; i < end; ++i) scratch.push_back(convert(column.value(i)));
  return scratch;
}

class SealedCursor final : public TermsCursor {
 public:
  SealedCursor(const SealedTerms& terms, TermRank from) : terms_(terms), cursor_(terms.dictionary(), from) {}
  bool at_end() const override { return cursor_.at_end(); }
  std::string_view term() const override { return cursor_.term(); }
  Postings postings(PostingsPart part, PostingsScratch& scratch) const override {
    return terms_.postings(cursor_.entry(), part, scratch);
  }
  void advance() override { cursor_.advance(); }

 private:
  const SealedTerms& terms_;
  TermDictionary::Cursor cursor_;
};

}  // namespace

std::unique_ptr<TermsCursor> SealedTerms::cursor(TermRank from) const {
  return std::make_unique<SealedCursor>(*this, from);
}

void SealedTerms::mark_documents(TermRank first, TermRank end, std::span<std::uint64_t> words) const {
  TermDictionary::Cursor cursor(dictionary_, first);
  for (TermRank rank = first; rank < end && !cursor.at_end(); ++rank, cursor.advance_entry())
    list(cursor.entry()).mark_documents(words);
}

SealedTerms::SealedTerms(const SectionReader& sections, std::uint32_t field, bool is_text,
                         std::uint64_t documents_with_terms, std::uint64_t total_term_frequency)
    : is_text_(is_text),
      dictionary_(sections.find(field, SectionKind::kTerms), is_text),
      postings_(sections.find(field, SectionKind::kPostings)),
      positions_(sections.find(field, SectionKind::kPositions)),
      lengths_(sections.find(field, SectionKind::kLengths)),
      documents_with_terms_(documents_with_terms),
      total_term_frequency_(total_term_frequency) {}

Postings SealedTerms::postings(const TermEntry& entry, PostingsPart part, PostingsScratch& scratch) const {
  const PostingsList found = list(entry);
  scratch.documents.clear();
  scratch.begin.clear();
  scratch.positions.clear();
  if (!is_text_ || part == PostingsPart::kDocuments) {
    found.read_all_documents(scratch.documents);
    return {scratch.documents, {}, {}};
  }
  found.read_all(scratch.documents, scratch.begin);
  if (part == PostingsPart::kPositions) {
    PositionsReader reader(found);
    reader.enter_block(0);
    for (std::size_t i = 0; i < scratch.documents.size(); ++i)
      reader.read(scratch.begin[i + 1] - scratch.begin[i], scratch.positions);
    // Fewer than the frequencies say: nothing may point behind them.
    if (scratch.positions.size() < scratch.begin.back()) scratch.positions.resize(scratch.begin.back());
  }
  return {scratch.documents, scratch.begin, scratch.positions};
}

Result<SealedField> SealedField::open(const SectionReader& sections, std::uint32_t id,
                                      std::size_t documents) {
  STELE_TRY(const FieldHeader header, FieldHeader::read(sections.find(id, SectionKind::kField)));
  SealedField field;
  field.type_ = header.type;
  field.has_terms_ = header.has_terms;
  field.present_ = DocumentSet(sections.find(id, SectionKind::kPresent), documents);
  field.nulls_ = DocumentSet(sections.find(id, SectionKind::kNulls), documents);
  field.column_ = ColumnReader(sections.find(id, SectionKind::kColumn), documents);
  if (header.has_terms)
    field.terms_ = SealedTerms(sections, id, header.type == FieldType::kText, header.documents_with_terms,
                               header.total_term_frequency);
  field.vectors_.dimension = header.dimension;
  field.vectors_.documents = as_span<DocOrdinal>(sections.find(id, SectionKind::kVectorDocuments));
  field.vectors_.elements = as_span<float>(sections.find(id, SectionKind::kVectors));
  field.vectors_.lengths = as_span<float>(sections.find(id, SectionKind::kVectorLengths));
  const std::size_t count = field.vectors_.documents.size();
  if (field.vectors_.elements.size() != count * header.dimension || field.vectors_.lengths.size() != count)
    return make_error(ErrorCode::kCorruption, "segment: a field's vectors are not as many as its documents");
  if (const std::string_view codes = sections.find(id, SectionKind::kVectorCodes); !codes.empty()) {
    STELE_TRY(VectorIndex index,
              VectorIndex::open(field.vectors_, codes, sections.find(id, SectionKind::kVectorGraph)));
    field.vector_index_ = std::move(index);
  }
  return field;
}

std::span<const DocOrdinal> SealedField::present(std::vector<DocOrdinal>& scratch) const {
  scratch.clear();
  present_.append_members(scratch);
  return scratch;
}

std::span<const DocOrdinal> SealedField::nulls(std::vector<DocOrdinal>& scratch) const {
  scratch.clear();
  nulls_.append_members(scratch);
  return scratch;
}

std::span<const TermRank> SealedField::ranks(DocOrdinal document, std::vector<TermRank>& scratch) const {
  if (!is_term_type(type_)) return {};
  return values_of(column_, document, scratch,
                   [](std::uint64_t value) { return static_cast<TermRank>(value); });
}

std::span<const std::int64_t> SealedField::integers(DocOrdinal document,
                                                    std::vector<std::int64_t>& scratch) const {
  if (!is_integer_type(type_)) return {};
  return values_of(column_, document, scratch, integer_from_ordered);
}

std::span<const double> SealedField::reals(DocOrdinal document, std::vector<double>& scratch) const {
  if (!is_real_type(type_)) return {};
  return values_of(column_, document, scratch, real_from_ordered);
}

std::string FieldHeader::bytes() const {
  std::string bytes;
  append_le(bytes, static_cast<std::uint32_t>(type));
  append_le(bytes, std::uint32_t{has_terms ? 1U : 0U});
  append_le(bytes, std::uint64_t{dimension});
  append_le(bytes, documents_with_terms);
  append_le(bytes, total_term_frequency);
  return bytes;
}

Result<FieldHeader> FieldHeader::read(std::string_view bytes) {
  if (bytes.size() != 32) return make_error(ErrorCode::kCorruption, "segment: a field has no header");
  FieldHeader header;
  const auto type = load_le<std::uint32_t>(bytes.data());
  if (type > static_cast<std::uint32_t>(FieldType::kDenseVector))
    return make_error(ErrorCode::kCorruption, "segment: a field of an unknown type");
  header.type = static_cast<FieldType>(type);
  header.has_terms = load_le<std::uint32_t>(bytes.data() + 4) != 0;
  header.dimension = static_cast<std::uint32_t>(load_le<std::uint64_t>(bytes.data() + 8));
  header.documents_with_terms = load_le<std::uint64_t>(bytes.data() + 16);
  header.total_term_frequency = load_le<std::uint64_t>(bytes.data() + 24);
  return header;
}

}  // namespace stele::engine
