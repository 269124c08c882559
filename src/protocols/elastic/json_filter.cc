#include "protocols/elastic/json_filter.h"

#include "protocols/elastic/parameters.h"

namespace stele::elastic {
namespace {

using Path = std::vector<std::string>;

// Where a walk stands in one path: the index of the next name to match.
struct Cursor {
  const Path* path;
  std::size_t next;
};
using Cursors = std::vector<Cursor>;

// The cursors after going down to the member `key`; `matched` when one path ended with it.
Cursors descend(const Cursors& cursors, std::string_view key, bool& matched) {
  Cursors below;
  const auto add = [&](Cursor cursor) {
    // "**" may stand for no level at all.
    while (cursor.next < cursor.path->size() && (*cursor.path)[cursor.next] == "**") {
      if (cursor.next + 1 == cursor.path->size()) break;
      below.push_back(cursor);
      ++cursor.next;
      // Both readings go on: stay at "**", or leave it.
    }
    below.push_back(cursor);
  };
  for (const Cursor& cursor : cursors) {
    const std::string& name = (*cursor.path)[cursor.next];
    if (name == "**") {
      if (cursor.next + 1 == cursor.path->size()) matched = true;
      add(cursor);
      continue;
    }
    if (!wildcard_match(name, key)) continue;
    if (cursor.next + 1 == cursor.path->size()) {
      matched = true;
    } else {
      add({cursor.path, cursor.next + 1});
    }
  }
  return below;
}

Cursors begin(const std::vector<Path>& paths) {
  Cursors cursors;
  for (const Path& path : paths) {
    Cursor cursor{&path, 0};
    while (path[cursor.next] == "**" && cursor.next + 1 < path.size()) {
      cursors.push_back(cursor);
      ++cursor.next;
    }
    cursors.push_back(cursor);
  }
  return cursors;
}

// Is there anything to write of `value`? `inside`: an include has matched above.
bool keeps(json::Value value, bool inside, const Cursors& includes, const Cursors& excludes);

bool keeps_member(const json::Member& member, bool inside, const Cursors& includes, const Cursors& excludes,
                  bool& inside_below, Cursors& includes_below, Cursors& excludes_below) {
  bool cut = false;
  excludes_below = descend(excludes, member.key, cut);
  if (cut) return false;
  bool matched = false;
  includes_below = inside ? Cursors() : descend(includes, member.key, matched);
  inside_below = inside || matched;
  if (inside_below) return true;
  return keeps(member.value, false, includes_below, excludes_below);
}

bool keeps(json::Value value, bool inside, const Cursors& includes, const Cursors& excludes) {
  if (inside) return true;
  if (includes.empty()) return false;
  if (value.is_array()) {
    for (const json::Value element : value.elements())
      if (keeps(element, false, includes, excludes)) return true;
    return false;
  }
  if (!value.is_object()) return false;
  for (const json::Member& member : value.members()) {
    bool inside_below = false;
    Cursors includes_below;
    Cursors excludes_below;
    if (keeps_member(member, false, includes, excludes, inside_below, includes_below, excludes_below))
      return true;
  }
  return false;
}

void write(json::Writer& out, json::Value value, bool inside, const Cursors& includes,
           const Cursors& excludes) {
  if (inside && excludes.empty()) {
    out.raw(value.raw());
  } else if (value.is_array()) {
    out.begin_array();
    for (const json::Value element : value.elements())
      if (keeps(element, inside, includes, excludes)) write(out, element, inside, includes, excludes);
    out.end_array();
  } else if (value.is_object()) {
    out.begin_object();
    for (const json::Member& member : value.members()) {
      bool inside_below = false;
      Cursors includes_below;
      Cursors excludes_below;
      if (!keeps_member(member, inside, includes, excludes, inside_below, includes_below, excludes_below))
        continue;
      out.key(member.key);
      write(out, member.value, inside_below, includes_below, excludes_below);
    }
    out.end_object();
  } else {
    out.raw(value.raw());
  }
}

std::vector<Path> parse(const std::vector<std::string>& texts) {
  std::vector<Path> paths;
  for (const std::string& text : texts) {
    Path path = split(text, '.');
    // "a.*" and "a.**" at the end mean all below a.
    if (!path.empty()) paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace

JsonFilter::JsonFilter(const std::vector<std::string>& includes, const std::vector<std::string>& excludes)
    : includes_(parse(includes)), excludes_(parse(excludes)) {}

void JsonFilter::apply(json::Value value, json::Writer& out) const {
  const Cursors includes = begin(includes_);
  const Cursors excludes = begin(excludes_);
  const bool inside = includes_.empty();
  if (!value.is_object() && !value.is_array()) {
    out.raw(value.raw());
    return;
  }
  write(out, value, inside, includes, excludes);
}

std::string JsonFilter::apply(json::Value value) const {
  std::string text;
  json::Writer out(text);
  apply(value, out);
  return text;
}

}  // namespace stele::elastic
