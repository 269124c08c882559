#pragma once

#include <coroutine>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "net/event.h"
#include "views/writer.h"

namespace stele::views {

// One call of Writer::write() while it waits for its outcomes.
struct WriteCall {
  WriteReply reply;
  std::size_t open = 0;               // outcomes that are still to come
  std::size_t batches_under_way = 0;  // with writes of this call
  net::Event done;
};

// What a document takes of the queue's limit.
inline std::size_t queued_bytes(const DocumentWrite& write) {
  std::size_t sum = write.source.size() + write.id.size() + 64;
  for (const VectorWrite& vector : write.vectors) sum += vector.elements.size() * 2 * sizeof(float);
  return sum;
}

// One document of a call on its way to PostgreSQL.
struct PendingWrite {
  DocumentWrite write;
  std::shared_ptr<WriteCall> call;
  std::size_t place = 0;  // in the call
  TimePoint deadline = kNoDeadline;

  std::size_t bytes() const { return queued_bytes(write); }
  void answer(Result<DocumentOutcome> outcome, Lsn lsn, bool applied) {
    call->reply.outcomes[place] = std::move(outcome);
    if (lsn > call->reply.lsn) call->reply.lsn = lsn;
    call->reply.applied = call->reply.applied && applied;
    if (--call->open == 0) call->done.set();
  }
};

}  // namespace stele::views
