#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stele::server::demo {

// The relation fields that become rows of `dependency`, and what they are called there.
struct DependencyKind {
  std::string_view field;
  std::string_view name;
};
constexpr std::array<DependencyKind, 4> kDependencyKinds = {{{"Pre-Depends", "pre-depends"},
                                                             {"Depends", "depends"},
                                                             {"Recommends", "recommends"},
                                                             {"Suggests", "suggests"}}};

// A package as its list has it. Ids are those of the tables, from 1.
struct Package {
  std::string_view name;
  std::string_view version;
  std::string_view architecture;
  std::string_view source;
  std::string_view priority;
  std::string_view homepage;
  std::string_view summary;
  std::string_view description;  // with its line breaks and leading spaces; empty without a long text
  std::string_view description_md5;
  bool essential = false;
  std::optional<std::int64_t> installed_size_kb;
  std::optional<std::int64_t> size_bytes;
  std::uint32_t section_id = 0;        // 0 = none
  std::uint32_t maintainer_id = 0;     // 0 = none
  std::vector<std::uint32_t> tag_ids;  // ascending
  std::array<std::string_view, kDependencyKinds.size()> relations;
};

struct Translation {
  std::uint32_t package_id = 0;
  std::string_view language;
  std::string_view summary;
  std::string_view description;  // as Package::description
};

// The machine's own package catalogue, normalised: what `stele serve --demo` loads. All orders are those of
// bytes (packages, sections, maintainers and tags by name; translations by package and language), so that
// the same lists give the same rows.
//
// A package that several lists or architectures have is kept once, in its newest version by deb-version(7);
// among equal versions the architecture that sorts first, then the list that does.
// Lifetime: views point into the texts that it holds. Immutable once built; any thread.
class Catalogue {
 public:
  struct Report {
    std::size_t stanzas = 0;
    std::size_t broken_stanzas = 0;  // without a name or a version
    std::size_t broken_lines = 0;
    std::size_t duplicates = 0;
    std::vector<std::string> skipped_files;  // "file: why"
  };

  // Every list of packages, and of translated descriptions, in apt's folder. kNotFound, with what to do about
  // it, if there is none; a list that cannot be read is skipped and reported.
  static Result<Catalogue> read(const std::filesystem::path& lists);

  const std::vector<Package>& packages() const { return packages_; }
  const std::vector<std::string_view>& sections() const { return sections_; }
  const std::vector<std::string_view>& maintainers() const { return maintainers_; }
  const std::vector<std::string_view>& tags() const { return tags_; }
  const std::vector<Translation>& translations() const { return translations_; }
  const Report& report() const { return report_; }

  // The name of an id, or an empty view for 0.
  std::string_view section(std::uint32_t id) const { return id == 0 ? "" : sections_[id - 1]; }
  std::string_view maintainer(std::uint32_t id) const { return id == 0 ? "" : maintainers_[id - 1]; }
  std::string_view tag(std::uint32_t id) const { return tags_[id - 1]; }
  // 0 if there is no package of that name: a virtual one, or one of another list.
  std::uint32_t package_id(std::string_view name) const;

 private:
  friend class CatalogueBuilder;

  std::deque<std::string> texts_;  // never moved, so that the views hold
  std::vector<Package> packages_;
  std::vector<std::string_view> sections_;
  std::vector<std::string_view> maintainers_;
  std::vector<std::string_view> tags_;
  std::vector<Translation> translations_;
  Report report_;
};

}  // namespace stele::server::demo
