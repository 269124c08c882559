#pragma once

#include <span>
#include <string_view>

namespace stele::server {

// One thing that Stele needs of a PostgreSQL. `sql` answers one row: status ("ok", "warn" or "fail") and a
// sentence of what was found; `advice` is printed when it is not ok.
struct DoctorCheck {
  std::string_view name;
  std::string_view sql;
  std::string_view advice;
};

// In the order in which they are asked. Run as Stele's role, on its database.
std::span<const DoctorCheck> doctor_checks();

}  // namespace stele::server
