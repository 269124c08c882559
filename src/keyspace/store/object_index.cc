#include "keyspace/store/object_index.h"

namespace stele::keyspace::store {

void ObjectIndex::put(ObjectId id, std::uint64_t hash) {
  Stripe& stripe = stripe_of(id);
  const std::lock_guard lock(stripe.mutex);
  std::unique_ptr<Page>& page = stripe.pages[page_of(id)];
  if (!page) page = std::make_unique<Page>();
  page->hashes[place_of(id)] = hash;
  page->used |= std::uint32_t{1} << place_of(id);
}

void ObjectIndex::erase(ObjectId id) {
  Stripe& stripe = stripe_of(id);
  const std::lock_guard lock(stripe.mutex);
  const auto at = stripe.pages.find(page_of(id));
  if (at == stripe.pages.end()) return;
  at->second->used &= ~(std::uint32_t{1} << place_of(id));
  if (at->second->used == 0) stripe.pages.erase(at);
}

std::optional<std::uint64_t> ObjectIndex::find(ObjectId id) const {
  const Stripe& stripe = stripe_of(id);
  const std::lock_guard lock(stripe.mutex);
  const auto at = stripe.pages.find(page_of(id));
  if (at == stripe.pages.end() || (at->second->used >> place_of(id) & 1) == 0) return std::nullopt;
  return at->second->hashes[place_of(id)];
}

}  // namespace stele::keyspace::store
