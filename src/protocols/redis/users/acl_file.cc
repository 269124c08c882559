#include "protocols/redis/users/acl_file.h"

#include <fmt/format.h>

#include <filesystem>

#include "io/directory.h"
#include "io/mapping.h"

namespace stele::redis {

namespace {

struct Place {
  std::string directory;
  std::string name;
};

Place place_of(const std::string& path) {
  const std::filesystem::path whole(path);
  const std::string directory = whole.parent_path().string();
  return {directory.empty() ? "." : directory, whole.filename().string()};
}

}  // namespace

Result<Users::UserRules> load_acl_file(const std::string& path, bool all_channels) {
  const Place place = place_of(path);
  const auto failure = [&](const std::string& problem) {
    return make_error(ErrorCode::kInvalidArgument,
                      fmt::format("Error loading ACLs, opening file '{}': {}", path, problem));
  };
  if (!std::filesystem::exists(path)) return failure("No such file or directory");
  auto directory = io::open_directory(place.directory);
  if (!directory) return failure(directory.error().message);
  auto content = (*directory)->map(place.name);
  if (!content) return failure(content.error().message);
  return read_acl_file((*content)->bytes(), path, all_channels);
}

Result<void> save_acl_file(const std::string& path, const Users& users) {
  std::string text;
  for (const auto& user : users.all()) text += describe_line(*user) + "\n";
  const Place place = place_of(path);
  const std::string draft = place.name + ".new";
  STELE_TRY(auto directory, io::open_directory(place.directory));
  {
    STELE_TRY(auto file, directory->open(draft, io::OpenMode::kCreate));
    STELE_RETURN_IF_ERROR(file->append(text));
    STELE_RETURN_IF_ERROR(file->sync());
  }
  STELE_RETURN_IF_ERROR(directory->rename(draft, place.name));
  return directory->sync();
}

}  // namespace stele::redis
