#pragma once

#include <compare>
#include <string_view>

namespace stele::server::demo {

// Which version is newer? [epoch:]upstream[-revision]; letters sort before other signs, "~" before the end,
// runs of digits as numbers. Any text has a place; equal ones may be spelled differently ("1.0" and "0:1.0").
// Source: deb-version(7), dpkg's lib/dpkg/version.c.
std::weak_ordering compare_versions(std::string_view a, std::string_view b);

}  // namespace stele::server::demo
