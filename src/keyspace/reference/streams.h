#pragma once

#include "keyspace/reference/session.h"
#include "keyspace/stream/commands.h"

namespace stele::keyspace::reference {

// The stream commands over one session.
class ReferenceStreams final : public stream::Commands {
 public:
  explicit ReferenceStreams(Session& session) : session_(session) {}

 private:
  Result<stream::Stream*> find(KeyRef key, Access access) override;
  stream::Stream& create() override;
  bool is_noting() const override;
  void changed(const stream::Edit& edit, ChangeEvent event) override;
  void give_up(std::unique_ptr<stream::Stream>) override {}
  std::unique_ptr<stream::Entries> make_entries() const override;
  WallMs now() const override { return session_.now(); }

  Session& session_;
  KeyRef key_;  // found last
  Object* object_ = nullptr;
};

}  // namespace stele::keyspace::reference
