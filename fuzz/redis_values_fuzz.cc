// fuzz: redis
// Bytes that clients give to readers of formats: HyperLogLogs in strings, MessagePack and struct in scripts,
// the first lines of scripts, rows of streams. Whatever they are, the answer is a value or an error.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "keyspace/store_keyspace.h"
#include "keyspace/stream_rows.h"
#include "protocols/redis/hyperloglog/hyperloglog.h"
#include "protocols/redis/lua/interpreter.h"
#include "protocols/redis/lua/shebang.h"

namespace {

using stele::redis::HyperLogLog;

class NoCommands final : public stele::redis::lua::ScriptHost {
 public:
  std::optional<std::string> call(std::span<const std::string_view>, int, std::string&) override {
    return "no";
  }
  std::optional<bool> may_call(std::span<const std::string_view>) override { return std::nullopt; }
  void log(int, std::string_view) override {}
  bool interrupt() override { return true; }
};

void check_hyperloglog(std::string_view bytes) {
  auto read = HyperLogLog::read(bytes);
  if (!read) return;
  const std::string written = read->write(3000);
  const auto again = HyperLogLog::read(written);
  if (!again || again->count() != read->count()) std::abort();
}

void check_libraries(std::string_view bytes) {
  static stele::redis::lua::Interpreter interpreter(stele::redis::lua::Dialect::kScripts, 64U << 20);
  static const bool is_ready =
      interpreter
          .compile("f",
                   "pcall(cmsgpack.unpack, ARGV[1]) pcall(struct.unpack, ARGV[2], ARGV[1]) "
                   "pcall(struct.pack, ARGV[2], 1, 2.5, 'x') pcall(cjson.decode, ARGV[1])")
          .has_value();
  if (!is_ready) std::abort();
  NoCommands host;
  std::string out;
  const std::string_view arguments[] = {bytes, bytes.substr(0, bytes.find('\n'))};
  (void)interpreter.run(host, "f", {}, arguments, 3, out);
}

// Rows of a stream as SQL may have written them.
void check_stream_rows(std::string_view bytes) {
  const auto fields = stele::keyspace::unpack_fields(bytes);
  const std::string packed = stele::keyspace::pack_fields(fields);
  if (stele::keyspace::unpack_fields(packed) != fields) std::abort();
  stele::keyspace::Value value{.type = stele::keyspace::ValueType::kStream};
  // Each line is the name of a row; what follows it is its value.
  for (std::string_view rest = bytes; !rest.empty();
       rest.remove_prefix(std::min(rest.size(), rest.find('\n')) + 1)) {
    value.fields.push_back({std::string(rest.substr(0, rest.find('\n'))), std::string(rest)});
    if (rest.find('\n') == std::string_view::npos) break;
  }
  static const stele::ManualClock clock;
  const auto keyspace = stele::keyspace::make_store_keyspace(clock, {});
  const stele::keyspace::KeyRef key{{}, "s"};
  const auto group = keyspace->begin(stele::keyspace::Scope::whole());
  if (!group->applied().put(key, value, stele::keyspace::ObjectId(1))) std::abort();
  if (!group->streams().range(key, {}) || !group->streams().groups(key)) std::abort();
  if (!group->keys().remove(key)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_hyperloglog(bytes);
  check_libraries(bytes);
  check_stream_rows(bytes);
  (void)stele::redis::lua::read_script_shebang(bytes);
  (void)stele::redis::lua::read_library_shebang(bytes);
  return 0;
}
