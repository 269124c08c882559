#include "protocols/redis/commands/client_line.h"

#include <fmt/format.h>

#include <chrono>

namespace stele::redis {

namespace {

std::int64_t seconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

std::string flags_of(const ClientRecord& record) {
  std::string flags;
  if (record.is_monitor) flags += 'O';
  if (record.is_subscriber()) flags += 'P';
  if (record.is_blocked) flags += 'b';
  if (record.queued >= 0) flags += 'x';
  if (record.tracks) flags += 't';
  if (record.is_redirect_broken) flags += 'R';
  if (record.tracks_by_prefix) flags += 'B';
  return flags.empty() ? "N" : flags;
}

}  // namespace

// What Stele does not measure by client is 0.
std::string client_line(const ClientRecord& record, TimePoint now) {
  const ClientRecord::Names names = record.names();
  const int queued = record.queued;
  const std::size_t output = record.output_bytes + record.inbox->bytes();
  const Command* const command = record.last_command;
  return fmt::format(
      "id={} addr={} laddr={} fd={} name={} age={} idle={} flags={} db={} sub={} psub={} ssub={} multi={} "
      "qbuf={} qbuf-free=0 argv-mem={} multi-mem={} rbs=0 rbp=0 obl={} oll=0 omem={} tot-mem={} events=r "
      "cmd={} "
      "user={} redir={} resp={} lib-name={} lib-ver={}",
      record.id, record.address, record.local_address, record.fd, names.name, seconds(now - record.since),
      seconds(now - record.last_interaction.load()), flags_of(record), record.db.load(),
      record.channels.load(), record.patterns.load(), record.shard_channels.load(), queued,
      record.input_bytes.load(), record.argument_bytes.load(), record.queued_bytes.load(), output, output,
      record.memory_bytes.load(), command == nullptr ? "NULL" : command->name, record.user()->name(),
      record.redirect.load(), record.protocol.load(), names.library, names.library_version);
}

}  // namespace stele::redis
