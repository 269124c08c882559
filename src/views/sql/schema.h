#pragma once

#include <string_view>
#include <vector>

namespace stele::views {

// What does Stele put into the database it serves? Plain SQL, run in one transaction under an advisory lock
// by whoever may CREATE in the database; again at each new version, without loss. No extension, no superuser.
constexpr int kSchemaVersion = 5;

// One text of the simple protocol each, in order.
std::vector<std::string_view> schema_statements();

// Needs CREATEROLE (to make the role) and ownership of the database (to let it own the publication). Run each
// in a savepoint: what is not allowed leaves publishing to Stele's own role, and the doctor says so.
std::vector<std::string_view> role_statements();

constexpr std::string_view kPublication = "stele";
constexpr std::string_view kPublishersRole = "stele_publishers";

}  // namespace stele::views
