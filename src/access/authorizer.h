#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "access/decision.h"
#include "access/principal.h"

namespace stele::access {

// A table; for every protocol, since each index, collection and mapped prefix is one.
struct Relation {
  std::string schema;
  std::string name;

  auto operator<=>(const Relation&) const = default;
};

// What is to be done with it?
enum class Action : std::uint8_t {
  kRead,      // search, get, scroll, count, read a mapped key
  kInsert,    // index or upsert a new document
  kUpdate,    // change one
  kDelete,    // remove one
  kTruncate,  // remove all
  kCreate,    // make the table: an index, a collection
  kAlter,     // mappings, settings, publication: the owner's
  kDrop,      // the owner's
};

std::string_view to_string(Action action);

// Who may see and do what? Asked once for each target of a request, with the columns that the request names;
// no columns = whatever may be seen (the mask of the decision says which).
//
// Threads: any. Cost: look-ups in memory; a request never waits for PostgreSQL here. The facts may be a poll
// old (GRANT is not in the stream), so writes are checked again by PostgreSQL under SET LOCAL ROLE.
class Authorizer {
 public:
  virtual ~Authorizer() = default;
  virtual Decision decide(const Principal& principal, Action action, const Relation& relation,
                          std::span<const std::string_view> columns) const = 0;
};

// Allows all: a node that listens on loopback only, without authentication.
class AllowAll final : public Authorizer {
 public:
  Decision decide(const Principal& principal, Action action, const Relation& relation,
                  std::span<const std::string_view> columns) const override;
};

}  // namespace stele::access
