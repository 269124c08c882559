#include "access/authorizer.h"

namespace stele::access {

std::string_view to_string(Action action) {
  switch (action) {
    case Action::kRead:
      return "read";
    case Action::kInsert:
      return "insert";
    case Action::kUpdate:
      return "update";
    case Action::kDelete:
      return "delete";
    case Action::kTruncate:
      return "truncate";
    case Action::kCreate:
      return "create";
    case Action::kAlter:
      return "alter";
    case Action::kDrop:
      return "drop";
  }
  return "unknown";
}

Decision AllowAll::decide(const Principal&, Action, const Relation&,
                          std::span<const std::string_view>) const {
  return Decision::allow();
}

}  // namespace stele::access
