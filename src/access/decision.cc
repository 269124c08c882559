#include "access/decision.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace stele::access {

ColumnMask ColumnMask::only(std::vector<std::string> columns) {
  std::sort(columns.begin(), columns.end());
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  ColumnMask mask;
  mask.columns_ = std::move(columns);
  return mask;
}

bool ColumnMask::shows(std::string_view column) const {
  return !columns_ || std::binary_search(columns_->begin(), columns_->end(), column);
}

const std::vector<std::string>& ColumnMask::columns() const {
  STELE_CHECK(columns_.has_value());
  return *columns_;
}

Decision Decision::allow(ColumnMask mask, RowFilter filter) {
  Decision decision;
  decision.allowed = true;
  decision.mask = std::move(mask);
  decision.filter = std::move(filter);
  return decision;
}

Decision Decision::deny(std::string reason) {
  Decision decision;
  decision.reason = std::move(reason);
  decision.mask = ColumnMask::only({});
  return decision;
}

Result<void> Decision::check() const {
  if (allowed) return {};
  return make_error(ErrorCode::kPermissionDenied, reason).with("sqlstate", "42501");
}

}  // namespace stele::access
