#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/demo/catalogue.h"
#include "server/demo/deb822.h"

namespace stele::server::demo {

// Makes a catalogue of lists, given in their order. One thread.
class CatalogueBuilder {
 public:
  void add_packages(std::string text);
  // Descriptions in one language ("en" completes the packages, others become translations).
  void add_translations(std::string language, std::string text);
  void skip_file(std::string what) { catalogue_.report_.skipped_files.push_back(std::move(what)); }
  Catalogue build() &&;

 private:
  // A package while its section, maintainer and tags are still names.
  struct Draft {
    Package package;
    std::string_view section;
    std::string_view maintainer;
    std::vector<std::string_view> tags;
  };
  struct Text {
    std::string_view package;
    std::string_view md5;
    std::string_view language;
    std::string_view description;
  };

  static Draft draft_of(const Stanza& stanza);
  void keep_newest(Draft draft);
  void number_names();
  void add_texts();

  Catalogue catalogue_;
  std::vector<Draft> drafts_;
  std::unordered_map<std::string_view, std::size_t> by_name_;
  std::vector<Text> texts_;
};

}  // namespace stele::server::demo
