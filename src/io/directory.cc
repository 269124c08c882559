#include "io/directory.h"

#include <fmt/format.h>

namespace stele::io {

Result<> check_name(std::string_view name) {
  if (name.empty() || name == "." || name == ".." ||
      name.find_first_of(std::string_view("/\0", 2)) != name.npos)
    return make_error(ErrorCode::kInvalidArgument, fmt::format("not a file name: '{}'", name));
  return {};
}

Result<std::shared_ptr<const Mapping>> Directory::map(std::string_view name) {
  STELE_TRY(std::string content, read_all(*this, name));
  return mapping_of(std::move(content));
}

Result<std::string> read_all(Directory& directory, std::string_view name) {
  STELE_TRY(const auto file, directory.open(name, OpenMode::kRead));
  STELE_TRY(const std::uint64_t size, file->size());
  std::string content(size, '\0');
  STELE_TRY(const std::size_t got, file->read_at(0, content.data(), content.size()));
  content.resize(got);
  return content;
}

Result<> write_atomically(Directory& directory, std::string_view name, std::string_view content) {
  const std::string temporary = std::string(name) + ".new";
  STELE_TRY(const auto file, directory.open(temporary, OpenMode::kCreate));
  STELE_RETURN_IF_ERROR(file->append(content));
  STELE_RETURN_IF_ERROR(file->sync());
  STELE_RETURN_IF_ERROR(directory.rename(temporary, name));
  return directory.sync();
}

Result<> replace_content(Directory& directory, std::string_view name, std::string_view content) {
  const std::string temporary = std::string(name) + ".new";
  {
    STELE_TRY(const auto file, directory.open(temporary, OpenMode::kCreate));
    STELE_RETURN_IF_ERROR(file->append(content));
  }
  return directory.rename(temporary, name);
}

Result<> remove_content(Directory& directory) {
  STELE_TRY(const std::vector<Entry> entries, directory.list());
  for (const Entry& entry : entries) {
    if (entry.is_directory) {
      STELE_TRY(const auto inner, directory.subdirectory(entry.name));
      STELE_RETURN_IF_ERROR(remove_content(*inner));
    }
    STELE_RETURN_IF_ERROR(directory.remove(entry.name));
  }
  return {};
}

}  // namespace stele::io
