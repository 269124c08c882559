#include "access/acl_authorizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace stele::access {

namespace {

// One role's rights, as one snapshot has them.
class Rights {
 public:
  Rights(const AclFacts& facts, std::string_view role) : facts_(facts) {
    self_ = find_role(role);
    if (self_) collect(*self_);
  }

  bool role_exists() const { return self_ != nullptr; }
  bool is_superuser() const { return self_->superuser; }
  bool bypasses_rls() const { return self_->superuser || self_->bypasses_rls; }
  // Is he the role, or does he inherit from it?
  bool acts_as(std::string_view role) const { return acts_as_.contains(role); }

  bool holds(const std::vector<Grant>& grants, Privilege privilege, std::string_view column = {}) const {
    return std::any_of(grants.begin(), grants.end(), [&](const Grant& grant) {
      return grant.privilege == privilege && grant.column == column &&
             (grant.grantee.empty() || acts_as(grant.grantee));
    });
  }

 private:
  const RoleFacts* find_role(std::string_view name) const {
    const auto at = std::find_if(facts_.roles.begin(), facts_.roles.end(),
                                 [&](const RoleFacts& role) { return role.name == name; });
    return at == facts_.roles.end() ? nullptr : &*at;
  }

  // rolinherit is asked of each member on the way, as PostgreSQL 15 does.
  void collect(const RoleFacts& role) {
    if (!acts_as_.insert(role.name).second || !role.inherits) return;
    for (const std::string& name : role.member_of) {
      if (const RoleFacts* const parent = find_role(name)) collect(*parent);
    }
  }

  const AclFacts& facts_;
  const RoleFacts* self_ = nullptr;
  std::set<std::string_view> acts_as_;
};

std::optional<Privilege> table_privilege(Action action) {
  switch (action) {
    case Action::kRead:
      return Privilege::kSelect;
    case Action::kInsert:
      return Privilege::kInsert;
    case Action::kUpdate:
      return Privilege::kUpdate;
    case Action::kDelete:
      return Privilege::kDelete;
    case Action::kTruncate:
      return Privilege::kTruncate;
    case Action::kCreate:
    case Action::kAlter:
    case Action::kDrop:
      return std::nullopt;
  }
  return std::nullopt;
}

// DELETE and TRUNCATE have no column privileges.
bool has_column_privileges(Privilege privilege) {
  return privilege == Privilege::kSelect || privilege == Privilege::kInsert ||
         privilege == Privilege::kUpdate;
}

Decision denied_for_table(const Relation& relation) {
  return Decision::deny(fmt::format("permission denied for table {}", relation.name));
}

Decision denied_for_schema(const Relation& relation) {
  return Decision::deny(fmt::format("permission denied for schema {}", relation.schema));
}

const SchemaFacts* find_schema(const AclFacts& facts, std::string_view name) {
  const auto at = std::find_if(facts.schemas.begin(), facts.schemas.end(),
                               [&](const SchemaFacts& schema) { return schema.name == name; });
  return at == facts.schemas.end() ? nullptr : &*at;
}

const RelationFacts* find_relation(const AclFacts& facts, const Relation& relation) {
  const auto at = std::find_if(facts.relations.begin(), facts.relations.end(),
                               [&](const RelationFacts& each) { return each.relation == relation; });
  return at == facts.relations.end() ? nullptr : &*at;
}

bool may_use(const Rights& rights, const SchemaFacts* schema, Privilege privilege) {
  if (rights.is_superuser()) return true;
  return schema && (rights.acts_as(schema->owner) || rights.holds(schema->grants, privilege));
}

// Whether the policies of the table would apply to him, so that a view must not answer.
bool is_subject_to_policies(const Rights& rights, const RelationFacts& table) {
  if (!table.row_security || rights.bypasses_rls()) return false;
  if (rights.acts_as(table.owner) && !table.force_row_security) return false;
  return std::none_of(table.unfiltered_roles.begin(), table.unfiltered_roles.end(),
                      [&](const std::string& role) { return rights.acts_as(role); });
}

Decision decide_columns(const Rights& rights, const RelationFacts& table, Privilege privilege,
                        std::span<const std::string_view> columns) {
  if (rights.acts_as(table.owner) || rights.holds(table.grants, privilege)) return Decision::allow();
  if (!has_column_privileges(privilege)) return denied_for_table(table.relation);
  std::vector<std::string> shown;
  for (const std::string& column : table.columns) {
    if (rights.holds(table.grants, privilege, column)) shown.push_back(column);
  }
  ColumnMask mask = ColumnMask::only(std::move(shown));
  const bool all_asked_are_shown = std::all_of(columns.begin(), columns.end(),
                                               [&](std::string_view column) { return mask.shows(column); });
  if (mask.columns().empty() || !all_asked_are_shown) return denied_for_table(table.relation);
  return Decision::allow(std::move(mask));
}

}  // namespace

AclAuthorizer::AclAuthorizer(AclFacts facts) : facts_(std::make_shared<const AclFacts>(std::move(facts))) {}

void AclAuthorizer::replace(AclFacts facts) {
  auto fresh = std::make_shared<const AclFacts>(std::move(facts));
  const std::lock_guard lock(mutex_);
  facts_ = std::move(fresh);
}

std::shared_ptr<const AclFacts> AclAuthorizer::snapshot() const {
  const std::lock_guard lock(mutex_);
  return facts_;
}

Decision AclAuthorizer::decide(const Principal& principal, Action action, const Relation& relation,
                               std::span<const std::string_view> columns) const {
  const auto facts = snapshot();
  if (!facts) return Decision::deny("privileges are not known yet");
  const Rights rights(*facts, principal.role);
  if (!rights.role_exists()) return Decision::deny(fmt::format("role \"{}\" does not exist", principal.role));
  const SchemaFacts* const schema = find_schema(*facts, relation.schema);
  if (action == Action::kCreate) {
    return may_use(rights, schema, Privilege::kCreate) ? Decision::allow() : denied_for_schema(relation);
  }
  const RelationFacts* const table = find_relation(*facts, relation);
  if (!table) return denied_for_table(relation);
  if (rights.is_superuser()) return Decision::allow();
  if (!may_use(rights, schema, Privilege::kUsage)) return denied_for_schema(relation);
  const auto privilege = table_privilege(action);
  if (!privilege) {
    if (rights.acts_as(table->owner)) return Decision::allow();
    return Decision::deny(fmt::format("must be owner of table {}", relation.name));
  }
  if (action == Action::kRead && is_subject_to_policies(rights, *table)) {
    return Decision::deny(
        fmt::format("row-level security policies of table {} cannot be applied to a view", relation.name));
  }
  return decide_columns(rights, *table, *privilege, columns);
}

}  // namespace stele::access
