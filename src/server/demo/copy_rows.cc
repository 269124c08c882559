#include "server/demo/copy_rows.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "server/demo/deb822.h"
#include "server/demo/dependencies.h"
#include "server/demo/word_vector.h"

namespace stele::server::demo {

namespace {

void number_or_null(CopyText& out, std::optional<std::int64_t> value) {
  if (value) {
    out.number(*value);
  } else {
    out.null();
  }
}

void id_or_null(CopyText& out, std::uint32_t id) {
  number_or_null(out, id == 0 ? std::nullopt : std::optional<std::int64_t>(id));
}

void write_section(const Catalogue& catalogue, std::size_t step, CopyText& out) {
  out.number(static_cast<std::int64_t>(step + 1));
  out.text(catalogue.sections()[step]);
  out.end_row();
}

// "Name <address>"
void write_maintainer(const Catalogue& catalogue, std::size_t step, CopyText& out) {
  const std::string_view whole = catalogue.maintainers()[step];
  const std::size_t open = whole.rfind('<');
  const bool has_address = open != std::string_view::npos && whole.ends_with('>');
  out.number(static_cast<std::int64_t>(step + 1));
  out.text(has_address ? trim(whole.substr(0, open)) : whole);
  out.text_or_null(has_address ? whole.substr(open + 1, whole.size() - open - 2) : "");
  out.end_row();
}

std::int64_t depends_count(const Package& package) {
  std::int64_t count = 0;
  for (std::size_t kind = 0; kind < kDependencyKinds.size(); ++kind) {
    const std::string_view name = kDependencyKinds[kind].name;
    if (name != "depends" && name != "pre-depends") continue;
    const auto dependencies = parse_dependencies(package.relations[kind]);
    if (!dependencies.empty()) count += dependencies.back().position;
  }
  return count;
}

void write_words(const Package& package, CopyText& out) {
  WordVector words{};
  add_words(package.summary, words);
  add_words(package.description, words);
  if (normalize(words)) {
    out.real_array(words);
  } else {
    out.null();
  }
}

void write_package(const Catalogue& catalogue, std::size_t step, CopyText& out) {
  const Package& package = catalogue.packages()[step];
  out.number(static_cast<std::int64_t>(step + 1));
  out.text(package.name);
  out.text(package.version);
  out.text_or_null(package.architecture);
  out.text_or_null(catalogue.section(package.section_id));
  id_or_null(out, package.section_id);
  out.text_or_null(catalogue.maintainer(package.maintainer_id));
  id_or_null(out, package.maintainer_id);
  out.text_or_null(package.priority);
  out.boolean(package.essential);
  number_or_null(out, package.installed_size_kb);
  number_or_null(out, package.size_bytes);
  out.text_or_null(package.homepage);
  out.text_or_null(package.source);
  out.text_or_null(package.summary);
  // Without a long text the short one stands for it, so that there is always something to search.
  if (package.description.empty()) {
    out.text_or_null(package.summary);
  } else {
    out.description_or_null(package.description);
  }
  std::vector<std::string_view> tags;
  for (const std::uint32_t id : package.tag_ids) tags.push_back(catalogue.tag(id));
  out.text_array(tags);
  out.number(depends_count(package));
  write_words(package, out);
  out.end_row();
}

void write_tag(const Catalogue& catalogue, std::size_t step, CopyText& out) {
  const std::string_view name = catalogue.tags()[step];
  out.number(static_cast<std::int64_t>(step + 1));
  out.text(name);
  out.text(name.substr(0, name.find("::")));
  out.end_row();
}

void write_package_tags(const Catalogue& catalogue, std::size_t step, CopyText& out) {
  for (const std::uint32_t tag : catalogue.packages()[step].tag_ids) {
    out.number(static_cast<std::int64_t>(step + 1));
    out.number(tag);
    out.end_row();
  }
}

void write_dependencies(const Catalogue& catalogue, std::size_t step, CopyText& out) {
  const Package& package = catalogue.packages()[step];
  for (std::size_t kind = 0; kind < kDependencyKinds.size(); ++kind) {
    for (const Dependency& dependency : parse_dependencies(package.relations[kind])) {
      out.number(static_cast<std::int64_t>(step + 1));
      out.text(kDependencyKinds[kind].name);
      out.number(dependency.position);
      out.number(dependency.alternative);
      out.text(dependency.name);
      out.text_or_null(dependency.relation);
      out.text_or_null(dependency.version);
      id_or_null(out, catalogue.package_id(dependency.name));
      out.end_row();
    }
  }
}

void write_translation(const Catalogue& catalogue, std::size_t step, CopyText& out) {
  const Translation& translation = catalogue.translations()[step];
  out.number(translation.package_id);
  out.text(translation.language);
  out.text(translation.summary);
  out.description_or_null(translation.description);
  out.end_row();
}

std::size_t package_steps(const Catalogue& catalogue) {
  return catalogue.packages().size();
}

constexpr std::array<DemoTable, 7> kTables = {{
    {"section", "COPY section (id, name) FROM STDIN",
     [](const Catalogue& catalogue) { return catalogue.sections().size(); }, write_section},
    {"maintainer", "COPY maintainer (id, name, email) FROM STDIN",
     [](const Catalogue& catalogue) { return catalogue.maintainers().size(); }, write_maintainer},
    {"package",
     "COPY package (id, name, version, architecture, section, section_id, maintainer, maintainer_id, "
     "priority, "
     "essential, installed_size_kb, size_bytes, homepage, source, summary, description, tags, depends_count, "
     "words) FROM STDIN",
     package_steps, write_package},
    {"tag", "COPY tag (id, name, facet) FROM STDIN",
     [](const Catalogue& catalogue) { return catalogue.tags().size(); }, write_tag},
    {"package_tag", "COPY package_tag (package_id, tag_id) FROM STDIN", package_steps, write_package_tags},
    {"dependency",
     "COPY dependency (package_id, kind, position, alternative, name, relation, version, target_id) FROM "
     "STDIN",
     package_steps, write_dependencies},
    {"translation", "COPY translation (package_id, language, summary, description) FROM STDIN",
     [](const Catalogue& catalogue) { return catalogue.translations().size(); }, write_translation},
}};

}  // namespace

std::span<const DemoTable> demo_tables() {
  return kTables;
}

CopyRows::CopyRows(const Catalogue& catalogue, std::size_t chunk_bytes,
                   std::function<void(const CopyProgress&)> progress)
    : catalogue_(catalogue), chunk_bytes_(chunk_bytes), progress_(std::move(progress)) {
  for (const DemoTable& table : kTables) steps_total_ += table.steps(catalogue);
}

const DemoTable* CopyRows::begin_table() {
  if (next_table_ == kTables.size()) return nullptr;
  table_ = &kTables[next_table_++];
  step_ = 0;
  text_ = {};
  return table_;
}

std::string CopyRows::next_chunk() {
  if (!table_) return {};
  const std::size_t had = text_.rows();
  for (const std::size_t steps = table_->steps(catalogue_); step_ < steps; ++step_, ++steps_done_) {
    if (text_.bytes().size() >= chunk_bytes_) break;
    table_->write(catalogue_, step_, text_);
  }
  rows_ += text_.rows() - had;
  if (progress_) progress_({table_->name, text_.rows(), steps_done_, steps_total_});
  return text_.take();
}

}  // namespace stele::server::demo
