#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "access/acl_facts.h"
#include "access/authorizer.h"

namespace stele::access {

// Decides as PostgreSQL would, from a snapshot of its catalogs: superuser, ownership, membership (with
// NOINHERIT), PUBLIC, USAGE on the schema, table and column privileges. A relation that the snapshot does not
// know is denied. Row security: denied, unless the role is not subject to it or the publication's options
// name the role, since policies cannot be evaluated in a view.
//
// Threads: any; decisions under way keep the snapshot that they began with. Cost: linear in the grants of the
// relation and the memberships of the role, which is the reference's privilege.
// Source: PostgreSQL 15, src/backend/catalog/aclchk.c and utils/adt/acl.c (has_privs_of_role).
class AclAuthorizer final : public Authorizer {
 public:
  AclAuthorizer() = default;  // knows nothing and denies all
  explicit AclAuthorizer(AclFacts facts);

  void replace(AclFacts facts);
  Decision decide(const Principal& principal, Action action, const Relation& relation,
                  std::span<const std::string_view> columns) const override;

 private:
  std::shared_ptr<const AclFacts> snapshot() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const AclFacts> facts_;
};

}  // namespace stele::access
