#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "access/authorizer.h"

namespace stele::access {

// What PostgreSQL's catalogs say about privileges at one moment, as the catalog's poll reads it: pg_roles,
// pg_auth_members, and aclexplode() over coalesce(relacl, acldefault('r', relowner)), attacl and nspacl.

struct RoleFacts {
  std::string name;
  bool superuser = false;
  bool inherits = true;  // rolinherit: has the privileges of the roles he is a member of
  bool bypasses_rls = false;
  std::vector<std::string> member_of;  // directly
};

enum class Privilege : std::uint8_t { kSelect, kInsert, kUpdate, kDelete, kTruncate, kUsage, kCreate };

struct Grant {
  std::string grantee;  // a role; empty = PUBLIC
  Privilege privilege;
  std::string column;  // empty = the whole table or schema
};

struct SchemaFacts {
  std::string name;
  std::string owner;
  std::vector<Grant> grants;  // kUsage, kCreate
};

struct RelationFacts {
  Relation relation;
  std::string owner;
  std::vector<std::string> columns;  // all, in their order
  std::vector<Grant> grants;
  bool row_security = false;
  bool force_row_security = false;  // for the owner too
  // Roles that the publication's options let search without its policies.
  std::vector<std::string> unfiltered_roles;
};

struct AclFacts {
  std::vector<RoleFacts> roles;
  std::vector<SchemaFacts> schemas;
  std::vector<RelationFacts> relations;
};

}  // namespace stele::access
