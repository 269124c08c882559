#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/task.h"
#include "protocols/redis/users/users.h"

namespace stele::views {
class Administration;
class Catalog;
class CatalogState;
}  // namespace stele::views

namespace stele::redis {

// Which users does PostgreSQL have? A row of the catalog's objects for each user that ACL SETUSER made or
// changed, for all nodes; passwords as SHA-256 only. What is not there is as the node was configured.
// Threads: any reactor.
class StoredUsers {
 public:
  struct Change {
    std::string name;
    std::optional<Rules> rules;   // none: the user is removed
    std::optional<Rules> former;  // as he was when this was decided; none: there was none
  };

  // Both outlive it.
  StoredUsers(views::Administration& administration, const views::Catalog& catalog)
      : administration_(administration), catalog_(catalog) {}

  // Returns when PostgreSQL and this node's catalog have it. kConflict: somebody else changed such a user.
  net::Task<Result<void>> store(std::vector<Change> changes);
  // The users as they are there now, if that has changed since the last call that answered.
  std::optional<Users::UserRules> take_news();

 private:
  views::Administration& administration_;
  const views::Catalog& catalog_;
  std::mutex mutex_;
  std::shared_ptr<const views::CatalogState> seen_;
};

}  // namespace stele::redis
