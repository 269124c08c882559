#include "io/faulty_directory.h"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <random>
#include <utility>
#include <vector>

namespace stele::io {
namespace {

// A write that is not synced yet; with `truncates` it sets the size to `offset`.
struct PendingWrite {
  std::uint64_t offset;
  std::string bytes;
  bool truncates;
};

// A file by identity, whatever its name is now.
struct Tracked {
  std::string synced;
  std::vector<PendingWrite> pending;
};

using Names = std::map<std::string, std::shared_ptr<Tracked>>;  // by path below the root: "a/b"

// A change of names that is not synced yet: `from` goes (if not empty), `to` becomes `file` (if not empty).
struct PendingName {
  std::string folder;
  std::string from;
  std::string to;
  std::shared_ptr<Tracked> file;
};

void apply_write(std::string& content, const PendingWrite& write, std::size_t bytes) {
  if (write.truncates) {
    content.resize(write.offset, '\0');
    return;
  }
  if (content.size() < write.offset + bytes) content.resize(write.offset + bytes, '\0');
  content.replace(write.offset, bytes, write.bytes, 0, bytes);
}

void apply_name(Names& names, const PendingName& change) {
  if (!change.from.empty()) names.erase(change.from);
  if (!change.to.empty()) names[change.to] = change.file;
}

// What is left of a file: a part of what was not synced, in order, the last write perhaps torn.
std::string survivor(const Tracked& file, std::mt19937_64& random) {
  std::string content = file.synced;
  const std::size_t whole = random() % (file.pending.size() + 1);
  for (std::size_t i = 0; i < whole; ++i) apply_write(content, file.pending[i], file.pending[i].bytes.size());
  if (whole < file.pending.size() && !file.pending[whole].truncates)
    apply_write(content, file.pending[whole], random() % (file.pending[whole].bytes.size() + 1));
  return content;
}

Result<> write_file(Directory& root, const std::string& path, std::string_view content) {
  if (const std::size_t slash = path.find('/'); slash != std::string::npos) {
    STELE_TRY(const auto inner, root.subdirectory(path.substr(0, slash)));
    return write_file(*inner, path.substr(slash + 1), content);
  }
  STELE_TRY(const auto file, root.open(path, OpenMode::kCreate));
  return file->append(content);
}

}  // namespace

struct FaultyDirectory::State {
  enum class Verdict { kGo, kTorn };
  class FaultyFile;
  class Folder;

  explicit State(Directory& directory) : wrapped(directory) {}

  Result<> alive() const {
    if (crashed) return make_error(ErrorCode::kIo, "the machine has crashed");
    return {};
  }

  // Counts one operation that changes something and says what becomes of it.
  Result<Verdict> begin_operation() {
    STELE_RETURN_IF_ERROR(alive());
    ++operations;
    if (fault.at != operations) return Verdict::kGo;
    if (fault.kind == Fault::Kind::kTorn) return Verdict::kTorn;
    crashed = fault.kind == Fault::Kind::kCrash;
    return failed();
  }

  Error failed() const {
    return make_error(ErrorCode::kIo, fmt::format("fault at operation {}", operations));
  }

  // For operations that have no first part.
  Result<> begin_whole_operation() {
    STELE_TRY(const Verdict verdict, begin_operation());
    if (verdict == Verdict::kTorn) return failed();
    return {};
  }

  void rename(PendingName change) {
    apply_name(names, change);
    pending_names.push_back(std::move(change));
  }

  std::mutex mutex;
  Directory& wrapped;
  Fault fault;
  std::uint64_t operations = 0;
  std::uint64_t generation = 0;  // of the machine: files opened before a restart are dead
  bool crashed = false;
  Names names;
  Names synced_names;
  std::vector<PendingName> pending_names;
};

class FaultyDirectory::State::FaultyFile final : public File {
 public:
  FaultyFile(std::shared_ptr<State> state, std::shared_ptr<Tracked> tracked, std::unique_ptr<File> inner)
      : state_(std::move(state)),
        generation_(state_->generation),
        tracked_(std::move(tracked)),
        inner_(std::move(inner)) {}

  Result<std::size_t> read_at(std::uint64_t offset, char* buffer, std::size_t size) const override {
    const std::scoped_lock lock(state_->mutex);
    STELE_RETURN_IF_ERROR(alive());
    return inner_->read_at(offset, buffer, size);
  }

  Result<> write_at(std::uint64_t offset, std::string_view bytes) override {
    const std::scoped_lock lock(state_->mutex);
    return write(offset, bytes);
  }

  Result<> append(std::string_view bytes) override {
    const std::scoped_lock lock(state_->mutex);
    STELE_TRY(const std::uint64_t end, inner_->size());
    return write(end, bytes);
  }

  Result<std::uint64_t> size() const override {
    const std::scoped_lock lock(state_->mutex);
    STELE_RETURN_IF_ERROR(alive());
    return inner_->size();
  }

  Result<> truncate(std::uint64_t size) override {
    const std::scoped_lock lock(state_->mutex);
    STELE_RETURN_IF_ERROR(alive());
    STELE_RETURN_IF_ERROR(state_->begin_whole_operation());
    STELE_RETURN_IF_ERROR(inner_->truncate(size));
    tracked_->pending.push_back({.offset = size, .bytes = {}, .truncates = true});
    return {};
  }

  Result<> sync() override {
    const std::scoped_lock lock(state_->mutex);
    STELE_RETURN_IF_ERROR(alive());
    STELE_RETURN_IF_ERROR(state_->begin_whole_operation());
    STELE_RETURN_IF_ERROR(inner_->sync());
    for (const PendingWrite& write : tracked_->pending)
      apply_write(tracked_->synced, write, write.bytes.size());
    tracked_->pending.clear();
    return {};
  }

 private:
  Result<> alive() const {
    if (generation_ != state_->generation) return make_error(ErrorCode::kIo, "opened before the crash");
    return state_->alive();
  }

  Result<> write(std::uint64_t offset, std::string_view bytes) {
    STELE_RETURN_IF_ERROR(alive());
    STELE_TRY(const Verdict verdict, state_->begin_operation());
    const bool torn = verdict == Verdict::kTorn;
    const std::string_view part = torn ? bytes.substr(0, bytes.size() / 2) : bytes;
    STELE_RETURN_IF_ERROR(inner_->write_at(offset, part));
    tracked_->pending.push_back({.offset = offset, .bytes = std::string(part), .truncates = false});
    if (torn) return state_->failed();
    return {};
  }

  const std::shared_ptr<State> state_;
  const std::uint64_t generation_;
  const std::shared_ptr<Tracked> tracked_;
  const std::unique_ptr<File> inner_;
};

class FaultyDirectory::State::Folder final : public Directory {
 public:
  // `prefix` is "" or "a/b/". `owned` is what `inner` points to below the root.
  Folder(std::shared_ptr<State> state, std::string prefix, Directory& inner, std::unique_ptr<Directory> owned)
      : state_(std::move(state)), prefix_(std::move(prefix)), inner_(inner), owned_(std::move(owned)) {}

  Result<std::unique_ptr<File>> open(std::string_view name, OpenMode mode) override {
    STELE_RETURN_IF_ERROR(check_name(name));
    const std::scoped_lock lock(state_->mutex);
    STELE_RETURN_IF_ERROR(state_->alive());
    const std::string path = full(name);
    const auto known = state_->names.find(path);
    const bool creates = mode != OpenMode::kRead && known == state_->names.end();
    if (creates || mode == OpenMode::kCreate) STELE_RETURN_IF_ERROR(state_->begin_whole_operation());
    STELE_TRY(std::unique_ptr<File> file, inner_.open(name, mode));
    std::shared_ptr<Tracked> tracked = creates ? std::make_shared<Tracked>() : known->second;
    if (creates) {
      state_->rename({.folder = prefix_, .from = {}, .to = path, .file = tracked});
    } else if (mode == OpenMode::kCreate) {
      tracked->pending.push_back({.offset = 0, .bytes = {}, .truncates = true});
    }
    return std::make_unique<FaultyFile>(state_, std::move(tracked), std::move(file));
  }

  Result<std::unique_ptr<Directory>> subdirectory(std::string_view name) override {
    const std::scoped_lock lock(state_->mutex);
    STELE_RETURN_IF_ERROR(state_->alive());
    STELE_TRY(std::unique_ptr<Directory> inner, inner_.subdirectory(name));
    Directory& borrowed = *inner;
    return std::make_unique<Folder>(state_, full(name) + "/", borrowed, std::move(inner));
  }

  Result<> rename(std::string_view from, std::string_view to) override {
    const std::scoped_lock lock(state_->mutex);
    STELE_RETURN_IF_ERROR(state_->begin_whole_operation());
    STELE_RETURN_IF_ERROR(inner_.rename(from, to));
    if (from == to) return {};
    state_->rename(
        {.folder = prefix_, .from = full(from), .to = full(to), .file = state_->names.at(full(from))});
    return {};
  }

  Result<> remove(std::string_view name) override {
    const std::scoped_lock lock(state_->mutex);
    STELE_RETURN_IF_ERROR(state_->begin_whole_operation());
    STELE_RETURN_IF_ERROR(inner_.remove(name));
    if (state_->names.contains(full(name)))
      state_->rename({.folder = prefix_, .from = full(name), .to = {}, .file = nullptr});
    return {};
  }

  Result<std::vector<Entry>> list() const override {
    const std::scoped_lock lock(state_->mutex);
    STELE_RETURN_IF_ERROR(state_->alive());
    return inner_.list();
  }

  Result<> sync() override {
    const std::scoped_lock lock(state_->mutex);
    STELE_RETURN_IF_ERROR(state_->begin_whole_operation());
    STELE_RETURN_IF_ERROR(inner_.sync());
    std::erase_if(state_->pending_names, [&](const PendingName& change) {
      if (change.folder != prefix_) return false;
      apply_name(state_->synced_names, change);
      return true;
    });
    return {};
  }

  Result<std::unique_ptr<Lock>> lock(std::string_view name) override {
    const std::scoped_lock lock(state_->mutex);
    STELE_RETURN_IF_ERROR(state_->alive());
    return inner_.lock(name);
  }

  std::string path() const override { return inner_.path(); }

 private:
  std::string full(std::string_view name) const { return prefix_ + std::string(name); }

  const std::shared_ptr<State> state_;
  const std::string prefix_;
  Directory& inner_;
  const std::unique_ptr<Directory> owned_;
};

FaultyDirectory::FaultyDirectory(Directory& wrapped)
    : state_(std::make_shared<State>(wrapped)),
      directory_(std::make_unique<State::Folder>(state_, "", wrapped, nullptr)) {}
FaultyDirectory::~FaultyDirectory() = default;

Directory& FaultyDirectory::directory() {
  return *directory_;
}

void FaultyDirectory::set_fault(Fault fault) {
  const std::scoped_lock lock(state_->mutex);
  state_->fault = fault;
}

std::uint64_t FaultyDirectory::operations() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->operations;
}

void FaultyDirectory::crash() {
  const std::scoped_lock lock(state_->mutex);
  state_->crashed = true;
}

bool FaultyDirectory::crashed() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->crashed;
}

Result<> FaultyDirectory::recover(std::uint64_t seed) {
  const std::scoped_lock lock(state_->mutex);
  State& s = *state_;
  std::mt19937_64 random(seed);
  const std::size_t kept = random() % (s.pending_names.size() + 1);
  for (std::size_t i = 0; i < kept; ++i) apply_name(s.synced_names, s.pending_names[i]);

  STELE_RETURN_IF_ERROR(remove_content(s.wrapped));
  Names names;
  for (const auto& [path, file] : s.synced_names) {
    auto tracked = std::make_shared<Tracked>(Tracked{.synced = survivor(*file, random), .pending = {}});
    STELE_RETURN_IF_ERROR(write_file(s.wrapped, path, tracked->synced));
    names.emplace(path, std::move(tracked));
  }
  s.names = names;
  s.synced_names = std::move(names);
  s.pending_names.clear();
  s.fault = {};
  s.operations = 0;
  s.crashed = false;
  ++s.generation;
  return {};
}

}  // namespace stele::io
