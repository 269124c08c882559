#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "json/document.h"
#include "json/writer.h"
#include "protocols/elastic/failure.h"
#include "views/catalog.h"

namespace stele::elastic {

// What was said of an index beside its fields: settings by their flat names ("index.number_of_shards" → "1")
// and, by path, the mapping parameters as they came, to be answered back. Kept in the definition as JSON.
struct IndexMetadata {
  std::map<std::string, std::string> settings;    // values are JSON texts of strings or lists of strings
  std::map<std::string, std::string> parameters;  // by path: {"type":"text","analyzer":"english"}
  std::map<std::string, std::string> root;        // of the mapping: dynamic, _meta, date_detection, … as JSON

  static IndexMetadata of(const views::CollectionEntry& index);
  static IndexMetadata parse(std::string_view elastic_json);

  std::string setting(std::string_view name, std::string_view otherwise) const;
  std::int64_t number(std::string_view name, std::int64_t otherwise) const;
};

// Settings by their flat names as IndexMetadata has them; empty = null, which removes one.
using SettingTexts = views::HeadParts;

// Reads settings in any of their spellings ({"index":{"refresh_interval":…}}, {"index.refresh_interval":…},
// {"refresh_interval":…}). 400 for names that Elasticsearch does not know, and
// settings that would change results and are not there yet. `update`: of an existing index, where
// number_of_shards, analysis and their like may not change.
Outcome<SettingTexts> read_settings(json::Value settings, std::string_view index, bool update);

// What counts where nothing is set, of the settings that have an effect; nested or flat as below.
void write_default_settings(json::Writer& out, const views::CollectionEntry& index, bool flat);
// {"index":{…}} nested, or flat; with what Elasticsearch sets by itself (uuid, creation_date, …).
void write_settings(json::Writer& out, const views::CollectionEntry& index, bool flat,
                    std::string_view name_pattern);

}  // namespace stele::elastic
