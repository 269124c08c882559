#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stele::access {

// Which columns may be seen? A hidden one must not leak by a filter, a sort, an aggregation, a highlight or
// an explanation either, so the mask goes with the request to wherever a field is named.
class ColumnMask {
 public:
  // All, those to come among them.
  ColumnMask() = default;
  // These only.
  static ColumnMask only(std::vector<std::string> columns);

  bool shows_all() const { return !columns_.has_value(); }
  bool shows(std::string_view column) const;
  // Sorted; not to be asked when all are shown.
  const std::vector<std::string>& columns() const;

  bool operator==(const ColumnMask&) const = default;

 private:
  std::optional<std::vector<std::string>> columns_;
};

// Which rows? All those where each column named has one of its values (PostgreSQL's text forms). Goes with
// the request beside whatever filter the client gave.
struct RowFilter {
  struct Term {
    std::string column;
    std::vector<std::string> any_of;

    bool operator==(const Term&) const = default;
  };
  std::vector<Term> terms;  // all hold; none = every row

  bool empty() const { return terms.empty(); }
  bool operator==(const RowFilter&) const = default;
};

// May he? Either no, with the reason as PostgreSQL words it, or yes, within a mask and a filter that are
// not his to widen.
struct Decision {
  bool allowed = false;
  std::string reason;  // why not
  ColumnMask mask;
  RowFilter filter;

  static Decision allow(ColumnMask mask = {}, RowFilter filter = {});
  static Decision deny(std::string reason);
  // kPermissionDenied with the reason and SQLSTATE 42501, when denied.
  Result<void> check() const;

  bool operator==(const Decision&) const = default;
};

}  // namespace stele::access
