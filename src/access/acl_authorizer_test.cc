#include "access/acl_authorizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace stele::access {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Relation kFilm{"public", "film"};
const std::vector<std::string> kColumns = {"id", "title", "rental_rate", "cost"};

AclFacts catalog() {
  AclFacts facts;
  facts.roles = {
      {.name = "postgres", .superuser = true},
      {.name = "owner"},
      {.name = "readers"},
      {.name = "ann", .member_of = {"staff"}},
      {.name = "staff", .member_of = {"readers"}},
      {.name = "bob", .inherits = false, .member_of = {"readers"}},
      {.name = "clerk"},
      {.name = "auditor", .bypasses_rls = true},
      {.name = "nobody"},
  };
  facts.schemas = {{.name = "public", .owner = "postgres", .grants = {{"", Privilege::kUsage, ""}}},
                   {.name = "hidden", .owner = "owner", .grants = {{"clerk", Privilege::kCreate, ""}}}};
  facts.relations = {
      {.relation = kFilm,
       .owner = "owner",
       .columns = kColumns,
       .grants = {{"readers", Privilege::kSelect, ""},
                  {"clerk", Privilege::kSelect, "title"},
                  {"clerk", Privilege::kSelect, "id"},
                  {"clerk", Privilege::kUpdate, "title"},
                  {"clerk", Privilege::kDelete, ""}}},
      {.relation = {"hidden", "secret"},
       .owner = "owner",
       .columns = {"id"},
       .grants = {{"", Privilege::kSelect, ""}}},
      {.relation = {"public", "tenant"},
       .owner = "owner",
       .columns = {"id"},
       .grants = {{"", Privilege::kSelect, ""}, {"", Privilege::kInsert, ""}},
       .row_security = true,
       .unfiltered_roles = {"clerk"}},
  };
  return facts;
}

class AclAuthorizerTest : public testing::Test {
 protected:
  Decision decide(std::string_view role, Action action, const Relation& relation = kFilm,
                  std::vector<std::string_view> columns = {}) {
    return authorizer_.decide({.role = std::string(role), .database = "db"}, action, relation, columns);
  }

  AclAuthorizer authorizer_{catalog()};
};

TEST_F(AclAuthorizerTest, SuperuserAndOwnerMayAll) {
  for (const Action action : {Action::kRead, Action::kInsert, Action::kUpdate, Action::kDelete,
                              Action::kTruncate, Action::kAlter, Action::kDrop}) {
    for (const std::string_view role : {"postgres", "owner"}) {
      const Decision decision = decide(role, action);
      EXPECT_TRUE(decision.allowed) << role << " " << to_string(action);
      EXPECT_TRUE(decision.mask.shows_all());
      EXPECT_TRUE(decision.filter.empty());
      EXPECT_TRUE(decision.check().has_value());
    }
  }
}

TEST_F(AclAuthorizerTest, MembershipIsInheritedThroughRolesButNotByNoinherit) {
  EXPECT_TRUE(decide("readers", Action::kRead).allowed);
  EXPECT_TRUE(decide("ann", Action::kRead).allowed);
  EXPECT_FALSE(decide("bob", Action::kRead).allowed);
  EXPECT_FALSE(decide("ann", Action::kInsert).allowed);
}

TEST_F(AclAuthorizerTest, DenialsAreWordedAsPostgresqlWordsThem) {
  const Decision decision = decide("nobody", Action::kRead);
  EXPECT_FALSE(decision.mask.shows("id"));
  const auto denied = decision.check();
  ASSERT_FALSE(denied.has_value());
  EXPECT_EQ(denied.error().code, ErrorCode::kPermissionDenied);
  EXPECT_EQ(denied.error().message, "permission denied for table film");
  EXPECT_EQ(denied.error().detail("sqlstate"), "42501");
  EXPECT_EQ(decide("ann", Action::kDrop).reason, "must be owner of table film");
  EXPECT_THAT(decide("stranger", Action::kRead).reason, HasSubstr("\"stranger\" does not exist"));
  EXPECT_FALSE(decide("ann", Action::kRead, {"public", "unknown"}).allowed);
}

TEST_F(AclAuthorizerTest, ColumnPrivilegesBecomeAMask) {
  const Decision decision = decide("clerk", Action::kRead);
  ASSERT_TRUE(decision.allowed);
  EXPECT_THAT(decision.mask.columns(), ElementsAre("id", "title"));
  EXPECT_TRUE(decision.mask.shows("title"));
  EXPECT_FALSE(decision.mask.shows("cost"));
  EXPECT_TRUE(decide("clerk", Action::kRead, kFilm, {"title"}).allowed);
  EXPECT_FALSE(decide("clerk", Action::kRead, kFilm, {"title", "cost"}).allowed);
  EXPECT_TRUE(decide("clerk", Action::kUpdate, kFilm, {"title"}).allowed);
  EXPECT_FALSE(decide("clerk", Action::kUpdate, kFilm, {"id"}).allowed);
  EXPECT_FALSE(decide("clerk", Action::kInsert).allowed);
  EXPECT_TRUE(decide("clerk", Action::kDelete).mask.shows_all());
  EXPECT_FALSE(decide("clerk", Action::kTruncate).allowed);
}

TEST_F(AclAuthorizerTest, SchemasNeedUsageAndCreate) {
  const Relation secret{"hidden", "secret"};
  EXPECT_EQ(decide("ann", Action::kRead, secret).reason, "permission denied for schema hidden");
  EXPECT_TRUE(decide("owner", Action::kRead, secret).allowed);
  EXPECT_TRUE(decide("clerk", Action::kCreate, {"hidden", "fresh"}).allowed);
  EXPECT_TRUE(decide("owner", Action::kCreate, {"hidden", "fresh"}).allowed);
  EXPECT_EQ(decide("clerk", Action::kCreate, {"public", "fresh"}).reason,
            "permission denied for schema public");
  EXPECT_TRUE(decide("postgres", Action::kCreate, {"nowhere", "fresh"}).allowed);
}

TEST_F(AclAuthorizerTest, RowSecurityIsNotGuessed) {
  const Relation tenant{"public", "tenant"};
  EXPECT_THAT(decide("ann", Action::kRead, tenant).reason, HasSubstr("row-level security"));
  EXPECT_TRUE(decide("ann", Action::kInsert, tenant).allowed);  // PostgreSQL checks the policy
  EXPECT_TRUE(decide("clerk", Action::kRead, tenant).allowed);
  EXPECT_TRUE(decide("auditor", Action::kRead, tenant).allowed);
  EXPECT_TRUE(decide("owner", Action::kRead, tenant).allowed);
  EXPECT_TRUE(decide("postgres", Action::kRead, tenant).allowed);
  AclFacts forced = catalog();
  forced.relations[2].force_row_security = true;
  authorizer_.replace(forced);
  EXPECT_FALSE(decide("owner", Action::kRead, tenant).allowed);
}

TEST_F(AclAuthorizerTest, KnowingNothingDeniesAll) {
  const AclAuthorizer empty;
  EXPECT_FALSE(empty.decide({.role = "postgres"}, Action::kRead, kFilm, {}).allowed);
}

TEST_F(AclAuthorizerTest, ARevokedPrivilegeIsGoneWithTheNextSnapshot) {
  AclFacts revoked = catalog();
  revoked.relations[0].grants.clear();
  std::thread poll([&] { authorizer_.replace(revoked); });
  for (int i = 0; i < 100; ++i) (void)decide("ann", Action::kRead);
  poll.join();
  EXPECT_FALSE(decide("ann", Action::kRead).allowed);
}

TEST(AllowAllTest, AllowsWhatNobodyKnows) {
  const AllowAll authorizer;
  const Decision decision = authorizer.decide({}, Action::kDrop, {"no", "where"}, {});
  EXPECT_TRUE(decision.allowed);
  EXPECT_TRUE(decision.mask.shows("anything"));
}

TEST(ColumnMaskTest, OnlyIsSortedAndWithoutRepetitions) {
  const ColumnMask mask = ColumnMask::only({"b", "a", "b"});
  EXPECT_THAT(mask.columns(), ElementsAre("a", "b"));
  EXPECT_FALSE(mask.shows_all());
  EXPECT_TRUE(ColumnMask().shows_all());
  EXPECT_FALSE(ColumnMask::only({}).shows("a"));
}

}  // namespace
}  // namespace stele::access
