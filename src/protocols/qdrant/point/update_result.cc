#include "protocols/qdrant/point/update_result.h"

#include "json/writer.h"

namespace stele::qdrant {

void write_update_result(std::string& out, const Call& call, Lsn lsn, bool applied) {
  json::Writer writer(out);
  writer.begin_object().member("operation_id", lsn.value());
  writer.member("status", !call.wait ? "acknowledged" : applied ? "completed" : "wait_timeout");
  writer.end_object();
}

Reply update_result(const Call& call, Lsn lsn, bool applied) {
  Reply reply;
  write_update_result(reply.result, call, lsn, applied);
  reply.lsn = lsn;
  reply.not_applied = !applied;
  return reply;
}

}  // namespace stele::qdrant
