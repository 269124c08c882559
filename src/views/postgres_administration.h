#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/reactor.h"
#include "postgres/connection.h"
#include "postgres/pool.h"
#include "views/administration.h"
#include "views/catalog.h"
#include "views/freshness.h"

namespace stele::views {

// Administration by SQL: each call is one transaction, as the principal's role, with our mark in front, and
// returns when that has come back; committed and late is committed. Calls wait for each other's sessions, of
// which there are few. Threads and lifetime: as Administration; the views' reactor outlives every call.
class PostgresAdministration final : public Administration {
 public:
  PostgresAdministration(postgres::ConnectOptions options, net::Reactor& reactor, const Catalog& catalog,
                         Freshness& freshness)
      : options_(std::move(options)), reactor_(reactor), catalog_(catalog), freshness_(freshness) {}

  using Entry = std::shared_ptr<const CollectionEntry>;
  net::Task<Result<Entry>> create_collection(access::Principal principal, std::string name,
                                             CollectionKind kind, CollectionDefinition definition,
                                             TimePoint deadline) override;
  net::Task<Result<void>> drop_collection(access::Principal principal, std::string name,
                                          TimePoint deadline) override;
  net::Task<Result<Entry>> add_fields(access::Principal principal, std::string name, DefinitionChange change,
                                      TimePoint deadline) override;
  net::Task<Result<Entry>> publish(access::Principal principal, TableName table, std::string options_json,
                                   TimePoint deadline) override;
  net::Task<Result<void>> change_catalog(access::Principal principal, CatalogChange change,
                                         TimePoint deadline) override;
  net::Task<Result<void>> put_objects(access::Principal principal, std::vector<CatalogObject> objects,
                                      TimePoint deadline) override;

  // Ends the sessions, on the views' reactor; later calls are answered kCancelled.
  net::Task<void> stop();

 private:
  using Work = std::function<net::Task<Result<void>>(postgres::Connection*, TimePoint)>;
  // `work` in a transaction that is visible here afterwards.
  net::Task<Result<void>> transact(access::Principal principal, Work work, TimePoint deadline);
  // Returns when the catalog shows what is committed by now: what another one did that stood in our way.
  net::Task<void> catch_up(TimePoint deadline);
  // The transaction's id.
  net::Task<Result<std::string>> begin(postgres::Connection* connection, access::Principal principal,
                                       WriteNumber number, TimePoint deadline);
  net::Task<Result<void>> commit(postgres::Lease* lease, std::string xid, WriteNumber number,
                                 TimePoint deadline);
  postgres::Pool& pool();
  Result<Entry> shown(const std::string& name) const;

  postgres::ConnectOptions options_;
  net::Reactor& reactor_;
  const Catalog& catalog_;
  Freshness& freshness_;
  std::unique_ptr<postgres::Pool> pool_;  // made on the views' reactor by who needs it first
  bool stopped_ = false;
};

}  // namespace stele::views
