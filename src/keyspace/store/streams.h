#pragma once

#include "keyspace/store/session.h"
#include "keyspace/stream/commands.h"

namespace stele::keyspace::store {

// The stream commands over one session.
class StoreStreams final : public stream::Commands {
 public:
  explicit StoreStreams(Session& session) : session_(session) {}

 private:
  Result<stream::Stream*> find(KeyRef key, Access access) override;
  stream::Stream& create() override;
  bool is_noting() const override;
  void changed(const stream::Edit& edit, ChangeEvent event) override;
  void give_up(std::unique_ptr<stream::Stream> rest) override;
  std::unique_ptr<stream::Entries> make_entries() const override;
  WallMs now() const override { return session_.now(); }

  Session& session_;
  Position at_;  // found last
};

}  // namespace stele::keyspace::store
