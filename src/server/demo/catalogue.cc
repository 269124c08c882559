#include "server/demo/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "server/demo/catalogue_builder.h"
#include "server/demo/list_file.h"

namespace stele::server::demo {

namespace {

namespace fs = std::filesystem;

// "…_binary-amd64_Packages.lz4" is a list of packages, "…_i18n_Translation-de.lz4" one of descriptions.
struct ListName {
  bool is_packages = false;
  std::string language;  // of a list of descriptions, else empty
};

ListName parse_name(std::string_view file_name) {
  ListName name;
  if (const std::size_t at = file_name.rfind("_Packages"); at != std::string_view::npos) {
    const std::string_view end = file_name.substr(at + std::string_view("_Packages").size());
    name.is_packages = end.empty() || end.front() == '.';
  }
  constexpr std::string_view kTranslation = "_Translation-";
  if (const std::size_t at = file_name.rfind(kTranslation); at != std::string_view::npos) {
    const std::string_view language = file_name.substr(at + kTranslation.size());
    name.language = language.substr(0, language.find('.'));
  }
  return name;
}

std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    if (at->is_regular_file(ignored)) files.push_back(at->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Result<Catalogue> Catalogue::read(const fs::path& lists) {
  CatalogueBuilder builder;
  bool found = false;
  for (const fs::path& path : files_of(lists)) {
    const ListName name = parse_name(path.filename().string());
    if (!name.is_packages && name.language.empty()) continue;
    Result<std::string> text = read_list(path);
    if (!text.has_value()) {
      builder.skip_file(text.error().message);
    } else if (name.is_packages) {
      found = true;
      builder.add_packages(*std::move(text));
    } else {
      builder.add_translations(name.language, *std::move(text));
    }
  }
  Catalogue catalogue = std::move(builder).build();
  if (!catalogue.packages_.empty()) return catalogue;
  std::string message = fmt::format("no package lists in {}: `apt-get update` fetches them", lists.string());
  if (found) message = fmt::format("the package lists in {} are empty: try `apt-get update`", lists.string());
  for (const std::string& skipped : catalogue.report_.skipped_files) message += fmt::format("; {}", skipped);
  return make_error(ErrorCode::kNotFound, std::move(message));
}

std::uint32_t Catalogue::package_id(std::string_view name) const {
  const auto at =
      std::lower_bound(packages_.begin(), packages_.end(), name,
                       [](const Package& package, std::string_view n) { return package.name < n; });
  if (at == packages_.end() || at->name != name) return 0;
  return static_cast<std::uint32_t>(at - packages_.begin() + 1);
}

}  // namespace stele::server::demo
