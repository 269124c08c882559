#include "protocols/elastic/endpoints/cat_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "json/writer.h"
#include "protocols/elastic/byte_size.h"

namespace stele::elastic {

std::optional<std::size_t> CatTable::find(std::string_view name) const {
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (columns_[i].name == name || std::ranges::find(columns_[i].aliases, name) != columns_[i].aliases.end())
      return i;
  return std::nullopt;
}

std::string CatTable::help() const {
  std::size_t name_width = 0;
  std::size_t alias_width = 0;
  std::vector<std::string> aliases;
  for (const CatColumn& column : columns_) {
    aliases.push_back(column.aliases.empty() ? "-" : fmt::format("{}", fmt::join(column.aliases, ",")));
    name_width = std::max(name_width, column.name.size());
    alias_width = std::max(alias_width, aliases.back().size());
  }
  std::string text;
  for (std::size_t i = 0; i < columns_.size(); ++i)
    text += fmt::format("{:<{}} | {:<{}} | {} \n", columns_[i].name, name_width, aliases[i], alias_width,
                        columns_[i].description);
  return text;
}

Outcome<std::vector<std::size_t>> CatTable::chosen(const Parameters& parameters,
                                                   std::vector<std::string>& titles) const {
  std::vector<std::size_t> columns;
  if (!parameters.has("h")) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (!columns_[i].by_default) continue;
      columns.push_back(i);
      titles.push_back(columns_[i].name);
    }
    return columns;
  }
  for (const std::string& name : parameters.list("h")) {
    if (name.find('*') != std::string::npos) {
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (!wildcard_match(name, columns_[i].name) || std::ranges::find(columns, i) != columns.end())
          continue;
        columns.push_back(i);
        titles.push_back(columns_[i].name);
      }
    } else if (const std::optional<std::size_t> column = find(name)) {
      columns.push_back(*column);
      titles.push_back(name);
    }
  }
  return columns;
}

Outcome<std::vector<const std::vector<CatCell>*>> CatTable::sorted(const Parameters& parameters) const {
  std::vector<const std::vector<CatCell>*> rows;
  for (const std::vector<CatCell>& row : rows_) rows.push_back(&row);
  struct Key {
    std::size_t column;
    bool descending;
  };
  std::vector<Key> keys;
  for (const std::string& entry : parameters.list("s")) {
    const std::size_t colon = entry.find(':');
    const std::optional<std::size_t> column = find(std::string_view(entry).substr(0, colon));
    if (!column)
      return Failure{400, "unsupported_operation_exception",
                     fmt::format("Unable to sort by unknown sort key `{}`", entry.substr(0, colon))};
    keys.push_back({*column, entry.ends_with(":desc")});
  }
  std::ranges::sort(rows, [&](const std::vector<CatCell>* a, const std::vector<CatCell>* b) {
    for (const Key& key : keys) {
      const CatCell& left = (*a)[key.column];
      const CatCell& right = (*b)[key.column];
      const bool numbers = left.number && right.number;
      const bool less = numbers ? *left.number < *right.number : left.text < right.text;
      const bool greater = numbers ? *right.number < *left.number : right.text < left.text;
      if (less != greater) return key.descending ? greater : less;
    }
    return a < b;
  });
  return rows;
}

Outcome<Reply> CatTable::render(const Call& call) const {
  const Parameters& parameters = call.parameters;
  Reply reply;
  reply.form = call.media.cat;
  if (const Outcome<bool> wants_help = parameters.boolean("help", false); wants_help && *wants_help) {
    reply.form = Body::kText;
    reply.body = help();
    return reply;
  }
  std::vector<std::string> titles;
  STELE_TRY(const std::vector<std::size_t> columns, chosen(parameters, titles));
  STELE_TRY(const auto rows, sorted(parameters));
  if (reply.form == Body::kJson) {
    json::Writer out(reply.body);
    out.begin_array();
    for (const auto* row : rows) {
      out.begin_object();
      for (std::size_t i = 0; i < columns.size(); ++i) out.member(titles[i], (*row)[columns[i]].text);
      out.end_object();
    }
    out.end_array();
    return reply;
  }
  STELE_TRY(const bool header, parameters.boolean("v", false));
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::size_t width = header ? titles[i].size() : 0;
    for (const auto* row : rows) width = std::max(width, (*row)[columns[i]].text.size());
    widths.push_back(width);
  }
  const auto write_line = [&](const auto& text_of) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string_view text = text_of(i);
      if (i > 0) reply.body += ' ';
      const std::string blanks(widths[i] - std::min(text.size(), widths[i]), ' ');
      const bool last = i + 1 == columns.size();
      if (columns_[columns[i]].right) reply.body += blanks;
      reply.body += text;
      if (!columns_[columns[i]].right && !last) reply.body += blanks;
    }
    reply.body += '\n';
  };
  if (header) write_line([&](std::size_t i) { return std::string_view(titles[i]); });
  for (const auto* row : rows)
    write_line([&](std::size_t i) { return std::string_view((*row)[columns[i]].text); });
  return reply;
}

Outcome<CatCell> cat_bytes(const Parameters& parameters, std::size_t bytes) {
  CatCell cell{{}, static_cast<double>(bytes)};
  if (const auto wanted = parameters.get("bytes"); wanted && !wanted->empty()) {
    const auto unit = std::ranges::find(kByteUnits, *wanted, &ByteUnit::name);
    if (unit == kByteUnits.end())
      return illegal_argument(
          fmt::format("failed to parse setting [bytes] with value [1{}] as a size in bytes: unit is "
                      "missing or unrecognized",
                      *wanted));
    cell.text = fmt::format("{}", bytes / unit->bytes);
    return cell;
  }
  cell.text = byte_size(bytes);
  return cell;
}

CatCell cat_number(std::size_t number) {
  return {fmt::format("{}", number), static_cast<double>(number)};
}

}  // namespace stele::elastic
