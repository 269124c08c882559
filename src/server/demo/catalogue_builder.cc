#include "server/demo/catalogue_builder.h"

#include <algorithm>
#include <charconv>
#include <unordered_set>
#include <utility>

#include "server/demo/debian_version.h"

namespace stele::server::demo {

namespace {

std::optional<std::int64_t> parse_size(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

// A description's first line is its summary, the others the long text.
std::pair<std::string_view, std::string_view> split_description(std::string_view value) {
  const std::size_t end = value.find('\n');
  if (end == std::string_view::npos) return {value, {}};
  return {trim(value.substr(0, end)), value.substr(end + 1)};
}

// "a::b, c::d{e, f}": the braces are an old shorthand, of which the list has the long form too.
std::vector<std::string_view> split_tags(std::string_view value) {
  std::vector<std::string_view> tags;
  while (!value.empty()) {
    const std::size_t end = value.find(',');
    const std::string_view tag = trim(value.substr(0, end));
    if (!tag.empty()) tags.push_back(tag);
    value.remove_prefix(end == std::string_view::npos ? value.size() : end + 1);
  }
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

// Sorted names, each once; its place is its id less one.
class Names {
 public:
  void add(std::string_view name) {
    if (!name.empty() && seen_.insert(name).second) names_.push_back(name);
  }
  std::vector<std::string_view> number() {
    std::sort(names_.begin(), names_.end());
    for (std::size_t i = 0; i < names_.size(); ++i)
      ids_.emplace(names_[i], static_cast<std::uint32_t>(i + 1));
    return names_;
  }
  std::uint32_t id(std::string_view name) const {
    const auto at = ids_.find(name);
    return at == ids_.end() ? 0 : at->second;
  }

 private:
  std::unordered_set<std::string_view> seen_;
  std::vector<std::string_view> names_;
  std::unordered_map<std::string_view, std::uint32_t> ids_;
};

}  // namespace

CatalogueBuilder::Draft CatalogueBuilder::draft_of(const Stanza& stanza) {
  Draft draft;
  Package& package = draft.package;
  package.name = stanza.get("Package");
  package.version = stanza.get("Version");
  package.architecture = stanza.get("Architecture");
  package.source = stanza.get("Source");
  // "source (version)" where the versions differ.
  package.source = package.source.substr(0, package.source.find(' '));
  if (package.source.empty()) package.source = package.name;
  package.priority = stanza.get("Priority");
  package.homepage = stanza.get("Homepage");
  package.essential = equals_ignoring_case(stanza.get("Essential"), "yes");
  package.installed_size_kb = parse_size(stanza.get("Installed-Size"));
  package.size_bytes = parse_size(stanza.get("Size"));
  package.description_md5 = stanza.get("Description-md5");
  std::string_view description = stanza.get("Description");
  if (description.empty()) description = stanza.get("Description-en");
  std::tie(package.summary, package.description) = split_description(description);
  for (std::size_t i = 0; i < kDependencyKinds.size(); ++i) {
    package.relations[i] = stanza.get(kDependencyKinds[i].field);
  }
  draft.section = stanza.get("Section");
  draft.maintainer = stanza.get("Maintainer");
  draft.tags = split_tags(stanza.get("Tag"));
  return draft;
}

void CatalogueBuilder::add_packages(std::string text) {
  const std::string& kept = catalogue_.texts_.emplace_back(std::move(text));
  StanzaReader reader(kept);
  Stanza stanza;
  while (reader.next(stanza)) {
    ++catalogue_.report_.stanzas;
    Draft draft = draft_of(stanza);
    if (draft.package.name.empty() || draft.package.version.empty()) {
      ++catalogue_.report_.broken_stanzas;
      continue;
    }
    keep_newest(std::move(draft));
  }
  catalogue_.report_.broken_lines += reader.broken_lines();
}

void CatalogueBuilder::keep_newest(Draft draft) {
  const auto [at, is_new] = by_name_.try_emplace(draft.package.name, drafts_.size());
  if (is_new) {
    drafts_.push_back(std::move(draft));
    return;
  }
  ++catalogue_.report_.duplicates;
  Draft& kept = drafts_[at->second];
  const auto order = compare_versions(draft.package.version, kept.package.version);
  const bool is_better = order > 0 || (order == 0 && draft.package.architecture < kept.package.architecture);
  if (is_better) kept = std::move(draft);
}

void CatalogueBuilder::add_translations(std::string language, std::string text) {
  const std::string_view kept_language = catalogue_.texts_.emplace_back(std::move(language));
  const std::string& kept = catalogue_.texts_.emplace_back(std::move(text));
  const std::string field = "Description-" + std::string(kept_language);
  StanzaReader reader(kept);
  Stanza stanza;
  while (reader.next(stanza)) {
    const Text translated{stanza.get("Package"), stanza.get("Description-md5"), kept_language,
                          stanza.get(field)};
    if (!translated.package.empty() && !translated.description.empty()) texts_.push_back(translated);
  }
  catalogue_.report_.broken_lines += reader.broken_lines();
}

void CatalogueBuilder::number_names() {
  Names sections;
  Names maintainers;
  Names tags;
  for (const Draft& draft : drafts_) {
    sections.add(draft.section);
    maintainers.add(draft.maintainer);
    for (const std::string_view tag : draft.tags) tags.add(tag);
  }
  catalogue_.sections_ = sections.number();
  catalogue_.maintainers_ = maintainers.number();
  catalogue_.tags_ = tags.number();
  for (Draft& draft : drafts_) {
    draft.package.section_id = sections.id(draft.section);
    draft.package.maintainer_id = maintainers.id(draft.maintainer);
    for (const std::string_view tag : draft.tags) draft.package.tag_ids.push_back(tags.id(tag));
    catalogue_.packages_.push_back(std::move(draft.package));
  }
}

void CatalogueBuilder::add_texts() {
  for (const Text& text : texts_) {
    const std::uint32_t id = catalogue_.package_id(text.package);
    if (id == 0) continue;
    Package& package = catalogue_.packages_[id - 1];
    // A translation of another version's text says so by its checksum.
    if (!text.md5.empty() && !package.description_md5.empty() && text.md5 != package.description_md5)
      continue;
    const auto [summary, description] = split_description(text.description);
    if (text.language == "en") {
      if (package.summary.empty()) package.summary = summary;
      if (package.description.empty()) package.description = description;
    } else {
      catalogue_.translations_.push_back({id, text.language, summary, description});
    }
  }
  auto& translations = catalogue_.translations_;
  const auto place = [](const Translation& t) { return std::pair(t.package_id, t.language); };
  std::sort(translations.begin(), translations.end(), [&](const Translation& a, const Translation& b) {
    return std::tuple(place(a), a.summary) < std::tuple(place(b), b.summary);
  });
  translations.erase(std::unique(translations.begin(), translations.end(),
                                 [&](const auto& a, const auto& b) { return place(a) == place(b); }),
                     translations.end());
}

Catalogue CatalogueBuilder::build() && {
  std::sort(drafts_.begin(), drafts_.end(),
            [](const Draft& a, const Draft& b) { return a.package.name < b.package.name; });
  number_names();
  add_texts();
  return std::move(catalogue_);
}

}  // namespace stele::server::demo
