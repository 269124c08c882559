#include "protocols/redis/client_list.h"

#include <algorithm>
#include <utility>

namespace stele::redis {

ClientRecord::Names ClientRecord::names() const {
  const std::lock_guard lock(mutex_);
  return names_;
}

void ClientRecord::set_names(Names names) {
  const std::lock_guard lock(mutex_);
  names_ = std::move(names);
}

std::shared_ptr<User> ClientRecord::user() const {
  const std::lock_guard lock(mutex_);
  return user_;
}

void ClientRecord::set_user(std::shared_ptr<User> user) {
  const std::lock_guard lock(mutex_);
  user_ = std::move(user);
}

void ClientRecord::set_blocked(const std::shared_ptr<BlockedClient>& blocked) {
  const std::lock_guard lock(mutex_);
  blocked_ = blocked;
  is_blocked = blocked != nullptr;
}

bool ClientRecord::unblock(bool with_error) {
  std::shared_ptr<BlockedClient> blocked;
  {
    const std::lock_guard lock(mutex_);
    blocked = blocked_.lock();
  }
  return blocked != nullptr && blocked->unblock(with_error);
}

void ClientList::add(const std::shared_ptr<ClientRecord>& record) {
  const std::lock_guard lock(mutex_);
  record->id = ++last_id_;
  records_.emplace(record->id, record);
}

void ClientList::remove(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  records_.erase(id);
}

std::vector<std::shared_ptr<ClientRecord>> ClientList::all() const {
  std::vector<std::shared_ptr<ClientRecord>> found;
  {
    const std::lock_guard lock(mutex_);
    found.reserve(records_.size());
    for (const auto& [id, record] : records_) found.push_back(record);
  }
  std::ranges::sort(found, {}, [](const auto& record) { return record->id; });
  return found;
}

std::shared_ptr<ClientRecord> ClientList::find(std::uint64_t id) const {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(id);
  return found == records_.end() ? nullptr : found->second;
}

std::size_t ClientList::size() const {
  const std::lock_guard lock(mutex_);
  return records_.size();
}

std::uint64_t ClientList::accepted() const {
  const std::lock_guard lock(mutex_);
  return last_id_;
}

}  // namespace stele::redis
