#include "protocols/elastic/index/catalog_change.h"

#include <utility>

#include "protocols/elastic/services.h"

namespace stele::elastic {
namespace {

// The plan may say more to it than PostgreSQL does, once it sees who was faster.
constexpr int kLooksMax = 3;

bool is_raced(const Error& error, int look) {
  if (error.code == ErrorCode::kConflict) return !error.detail("stale").empty();
  return look < kLooksMax && (error.code == ErrorCode::kAlreadyExists || error.code == ErrorCode::kNotFound);
}

}  // namespace

net::Task<Outcome<>> change_catalog(Call* call, CatalogPlan plan) {
  for (int look = 1;; ++look) {
    const auto catalog = call->catalog();
    STELE_CO_TRY(views::CatalogChange change, plan(*catalog));
    if (change.empty()) co_return Outcome<>();
    auto changed = co_await call->services->administration->change_catalog(call->principal, std::move(change),
                                                                           call->deadline);
    if (changed) co_return Outcome<>();
    if (!is_raced(changed.error(), look) || system_clock().now() >= call->deadline)
      co_return Failure::from(changed.error());
  }
}

}  // namespace stele::elastic
