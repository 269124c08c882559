#include "engine/reference/sort_rows.h"

#include <fmt/format.h>

#include <limits>
#include <type_traits>

namespace stele::engine::reference {
namespace {

int sign(auto left, auto right) {
  return left < right ? -1 : (right < left ? 1 : 0);
}

SortCell cell_of(const Value& value) {
  SortCell cell;
  if (const auto* integer = value.integer()) {
    cell.kind = SortCell::Kind::kInteger;
    cell.integer = *integer;
  } else if (const auto* boolean = value.boolean()) {
    cell.kind = SortCell::Kind::kInteger;
    cell.integer = *boolean ? 1 : 0;
  } else if (const auto* real = value.real()) {
    cell.kind = SortCell::Kind::kReal;
    cell.real = *real;
  } else if (const auto* text = value.string()) {
    cell.kind = SortCell::Kind::kText;
    cell.text = *text;
  }
  return cell;
}

Value value_of(const SortCell& cell) {
  switch (cell.kind) {
    case SortCell::Kind::kMissing:
      return {};
    case SortCell::Kind::kInteger:
      return cell.integer;
    case SortCell::Kind::kReal:
      return cell.real;
    case SortCell::Kind::kText:
      return cell.text;
  }
  return {};
}

int compare_present(const SortCell& left, const SortCell& right) {
  if (left.kind == SortCell::Kind::kInteger && right.kind == left.kind)
    return sign(left.integer, right.integer);
  if (left.kind == SortCell::Kind::kText && right.kind == left.kind)
    return sign(left.text.compare(right.text), 0);
  // Two targets, two numeric types; NaN is above all numbers.
  return compare_values(value_of(left), value_of(right));
}

// A sum of integers made in double, back within 64 bits.
template <class T>
T narrowed(double value) {
  if constexpr (std::is_integral_v<T>) {
    constexpr double kTwo63 = 9223372036854775808.0;
    if (!(value < kTwo63)) return std::numeric_limits<T>::max();
    if (value < -kTwo63) return std::numeric_limits<T>::min();
  }
  return static_cast<T>(value);
}

// Of ascending values. Sums and averages of integers stay integers where they can (Elasticsearch: longs).
template <class T>
T picked(std::span<const T> values, SortMode mode) {
  switch (mode) {
    case SortMode::kMax:
      return values.back();
    case SortMode::kSum:
    case SortMode::kAverage: {
      double sum = 0;
      for (const T value : values) sum += static_cast<double>(value);
      return narrowed<T>(mode == SortMode::kSum ? sum : sum / static_cast<double>(values.size()));
    }
    case SortMode::kMedian: {
      const std::size_t middle = values.size() / 2;
      if (values.size() % 2 == 1) return values[middle];
      return narrowed<T>((static_cast<double>(values[middle - 1]) + static_cast<double>(values[middle])) / 2);
    }
    default:
      return values.front();
  }
}

Result<void> check_sortable(const FieldDefinition& field, SortMode mode) {
  const auto invalid = [](std::string message) {
    return make_error(ErrorCode::kInvalidArgument, std::move(message));
  };
  if (field.type == FieldType::kText)
    return invalid(
        fmt::format("Text fields are not optimised for operations that require per-document field data like "
                    "aggregations and "
                    "sorting. Please use a keyword field instead of [{}].",
                    field.path));
  if (field.type == FieldType::kDenseVector || field.type == FieldType::kObject || !field.doc_values)
    return invalid(fmt::format("Can't sort on field [{}]: it has no column of values", field.path));
  const bool summed = mode == SortMode::kSum || mode == SortMode::kAverage || mode == SortMode::kMedian;
  if (is_term_type(field.type) && summed)
    return invalid(fmt::format("field [{}]: text has neither sum, average nor median", field.path));
  return {};
}

}  // namespace

SortMode SortOrder::effective_mode(const SortKey& key) {
  if (key.mode != SortMode::kDefault) return key.mode;
  return key.direction == Direction::kAscending ? SortMode::kMin : SortMode::kMax;
}

SortCell read_cell(const Segment& segment, FieldId id, DocOrdinal document, SortMode mode,
                   SortScratch& scratch) {
  SortCell cell;
  const FieldReader* field = segment.field(id);
  if (field == nullptr) return cell;
  if (is_integer_type(field->type())) {
    const auto integers = field->integers(document, scratch.integers);
    if (integers.empty()) return cell;
    cell.kind = SortCell::Kind::kInteger;
    cell.integer = picked(integers, mode);
  } else if (is_real_type(field->type())) {
    const auto reals = field->reals(document, scratch.reals);
    if (reals.empty()) return cell;
    cell.kind = SortCell::Kind::kReal;
    cell.real = picked(reals, mode);
  } else if (is_term_type(field->type())) {
    const auto ranks = field->ranks(document, scratch.ranks);
    if (ranks.empty()) return cell;
    cell.kind = SortCell::Kind::kText;
    cell.text = scratch.texts.term(*field->terms(), mode == SortMode::kMax ? ranks.back() : ranks.front());
  }
  return cell;
}

Result<SortOrder> SortOrder::create(const Select& select, const std::vector<const ReferenceView*>& views,
                                    std::vector<Compiler>& compilers) {
  SortOrder order;
  order.views_ = &views;
  order.keys_ = select.sort;
  // Ordering by score alone is what an empty sort means; search_after then has the score.
  if (order.keys_.empty())
    order.keys_.push_back({.kind = SortKey::Kind::kScore, .direction = Direction::kDescending});
  order.fields_.reserve(order.keys_.size());
  for (SortKey& key : order.keys_) STELE_RETURN_IF_ERROR(order.resolve(key, compilers));
  STELE_RETURN_IF_ERROR(order.set_after(select.search_after));
  return order;
}

Result<void> SortOrder::resolve(SortKey& key, std::vector<Compiler>& compilers) {
  std::vector<FieldInTarget>& targets = fields_.emplace_back();
  if (key.kind != SortKey::Kind::kField) return {};
  for (std::size_t i = 0; i < compilers.size(); ++i) {
    FieldInTarget target{compilers[i].find(key.field), {}};
    if (!target.id && !key.unmapped_ok)
      return make_error(ErrorCode::kInvalidArgument,
                        fmt::format("No mapping found for [{}] in order to sort on", key.field));
    if (target.id) {
      const FieldDefinition& field = (*views_)[i]->schema().field(*target.id);
      STELE_RETURN_IF_ERROR(check_sortable(field, effective_mode(key)));
      if (key.missing == SortKey::Missing::kValue) {
        STELE_TRY(key.missing_value, coerce(field.type, key.missing_value));
        target.missing = cell_of(key.missing_value);
      }
    }
    targets.push_back(target);
  }
  return {};
}

Result<void> SortOrder::set_after(const std::vector<Value>& after) {
  if (after.empty()) return {};
  if (after.size() != keys_.size())
    return make_error(
        ErrorCode::kInvalidArgument,
        fmt::format("search_after has {} value(s) but sort has {}.", after.size(), keys_.size()));
  after_values_ = after;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    Value& value = after_values_[i];
    if (value.is_null()) continue;
    if (keys_[i].kind == SortKey::Kind::kScore) {
      STELE_TRY(value, coerce(FieldType::kDouble, value));
    } else if (keys_[i].kind == SortKey::Kind::kDoc) {
      STELE_TRY(value, coerce(FieldType::kLong, value));
    } else if (keys_[i].kind == SortKey::Kind::kKey) {
      STELE_TRY(const Value text, coerce(FieldType::kKeyword, value));
      STELE_TRY(const DocKey key, DocKey::parse((*views_)[0]->key_layout(), *text.string()));
      value = Value(key.bytes());
    } else {
      for (std::size_t target = 0; target < fields_[i].size(); ++target) {
        if (!fields_[i][target].id) continue;
        STELE_TRY(value, coerce((*views_)[target]->schema().field(*fields_[i][target].id).type, value));
        break;
      }
    }
  }
  for (const Value& value : after_values_) after_.push_back(cell_of(value));
  return {};
}

SortCell SortOrder::field_cell(std::size_t key, const Entry& entry) const {
  const FieldInTarget& field = fields_[key][entry.target];
  SortCell cell;
  if (field.id) {
    const Segment& segment = *(*views_)[entry.target]->segments()[entry.segment];
    cell = read_cell(segment, *field.id, entry.document, effective_mode(keys_[key]), scratch_);
  }
  return cell.kind == SortCell::Kind::kMissing ? field.missing : cell;
}

void SortOrder::read(const Entry& entry, SortCell* row) const {
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    SortCell& cell = row[i];
    cell = {};
    const Segment& segment = *(*views_)[entry.target]->segments()[entry.segment];
    switch (keys_[i].kind) {
      case SortKey::Kind::kScore:
        cell.kind = SortCell::Kind::kReal;
        cell.real = static_cast<double>(entry.score);
        break;
      case SortKey::Kind::kDoc:
        cell.kind = SortCell::Kind::kInteger;
        cell.integer = static_cast<std::int64_t>(segment.sequence(entry.document));
        break;
      case SortKey::Kind::kKey:
        cell.kind = SortCell::Kind::kText;
        cell.text = scratch_.texts.keep(segment.key(entry.document).bytes());
        break;
      case SortKey::Kind::kField:
        cell = field_cell(i, entry);
    }
  }
}

int SortOrder::compare_cells(const SortKey& key, const SortCell& left, const SortCell& right) const {
  const bool left_missing = left.kind == SortCell::Kind::kMissing;
  const bool right_missing = right.kind == SortCell::Kind::kMissing;
  if (left_missing || right_missing) {
    const int last = sign(static_cast<int>(left_missing), static_cast<int>(right_missing));
    return key.missing == SortKey::Missing::kFirst ? -last : last;
  }
  const int order = compare_present(left, right);
  return key.direction == Direction::kAscending ? order : -order;
}

int SortOrder::compare(const SortCell* left, const SortCell* right) const {
  for (std::size_t i = 0; i < keys_.size(); ++i)
    if (const int order = compare_cells(keys_[i], left[i], right[i]); order != 0) return order;
  return 0;
}

std::vector<Value> SortOrder::values(const Entry& entry, const SortCell* row) const {
  std::vector<Value> values;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    if (keys_[i].kind == SortKey::Kind::kKey) {
      const Segment& segment = *(*views_)[entry.target]->segments()[entry.segment];
      values.emplace_back(segment.key(entry.document).to_string());
    } else {
      values.push_back(value_of(row[i]));
    }
  }
  return values;
}

}  // namespace stele::engine::reference
