#include "protocols/elastic/document/bulk_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "json/document.h"
#include "protocols/elastic/query/body_reader.h"

namespace stele::elastic {
namespace {

constexpr std::size_t kItemsMax = 1'000'000;

constexpr std::array kActions = {OperationType::kIndex, OperationType::kCreate, OperationType::kUpdate,
                                 OperationType::kDelete};

// Takes the next line off; false at the end. `ended` says whether a newline closed it.
bool next_line(std::string_view& text, std::string_view& line, bool& ended) {
  if (text.empty()) return false;
  const std::size_t end = text.find('\n');
  ended = end != std::string_view::npos;
  line = text.substr(0, end);
  text.remove_prefix(ended ? end + 1 : text.size());
  if (line.ends_with('\r')) line.remove_suffix(1);
  return true;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

Failure malformed(std::size_t line, std::string_view wanted, std::string_view found) {
  return illegal_argument(
      fmt::format("Malformed action/metadata line [{}], expected {} but found [{}]", line, wanted, found));
}

Failure not_terminated() {
  return illegal_argument("The bulk request must be terminated by a newline [\\n]");
}

Outcome<std::uint64_t> whole_number(const json::Member& member) {
  const std::optional<std::int64_t> number = parse_integer(scalar_text(member.value).value_or(""));
  if (!number || *number < 0)
    return illegal_argument(fmt::format("Failed to parse [{}] of an action", member.key));
  return static_cast<std::uint64_t>(*number);
}

// One member of an action's metadata.
Outcome<> read_member(const json::Member& member, std::size_t line, BulkItem& item) {
  Operation& operation = item.operation;
  const std::string_view key = member.key;
  const std::optional<std::string> text = scalar_text(member.value);
  if (!text && !member.value.is_null() && key != "dynamic_templates")
    return illegal_argument(fmt::format(
        "Malformed action/metadata line [{}], expected a simple value for field [{}] but found [{}]", line,
        key, token_name(member.value)));
  if (key == "_index") {
    operation.index = text.value_or("");
  } else if (key == "_id") {
    operation.id = text.value_or("");
    if (text && text->empty()) item.failure = illegal_argument("if _id is specified it must not be empty");
  } else if (key == "routing" || key == "_routing") {
    operation.routing = text;
  } else if (key == "if_seq_no") {
    STELE_TRY(operation.if_seq_no, whole_number(member));
  } else if (key == "if_primary_term") {
    STELE_TRY(const std::uint64_t term, whole_number(member));
    operation.if_primary_term = static_cast<std::int64_t>(term);
  } else if (key == "retry_on_conflict" || key == "_retry_on_conflict") {
    STELE_TRY(const std::uint64_t retries, whole_number(member));
    operation.retry_on_conflict = static_cast<int>(std::min<std::uint64_t>(retries, 100));
  } else if (key == "require_alias") {
    operation.require_alias = text == "true";
  } else if (key == "op_type") {
    if (text == "create") operation.type = OperationType::kCreate;
  } else if (key == "_source") {
    operation.want_source = text == "true";
  } else if (key == "pipeline") {
    if (text && *text != "_none") item.failure = not_supported("[pipeline] of a bulk item is");
  } else if (key == "version" || key == "_version" || key == "version_type" || key == "_version_type") {
    if (text != "internal") item.failure = not_supported("[version] of a bulk item (use if_seq_no) is");
  } else if (key == "dynamic_templates") {
    item.failure = not_supported("[dynamic_templates] of a bulk item is");
  } else if (key != "list_executed_pipelines" && key != "require_data_stream") {
    return illegal_argument(
        fmt::format("Action/metadata line [{}] contains an unknown parameter [{}]", line, key));
  }
  return {};
}

Outcome<BulkItem> read_action(std::string_view text, std::size_t line, const BulkDefaults& defaults) {
  Result<json::Document> parsed = json::Document::parse_borrowed(text);
  if (!parsed) return x_content_failure(parsed.error().message, {1, 1});
  const json::Value root = parsed->root();
  if (!root.is_object()) return malformed(line, "START_OBJECT", token_name(root));
  if (root.size() == 0) return malformed(line, "FIELD_NAME", "END_OBJECT");
  const json::Member action = *root.members().begin();
  const auto type = std::ranges::find(kActions, action.key, [](OperationType t) { return to_string(t); });
  if (type == kActions.end())
    return illegal_argument(fmt::format(
        "Malformed action/metadata line [{}], expected field [create], [delete], [index] or [update] "
        "but found [{}]",
        line, action.key));
  if (!action.value.is_object()) return malformed(line, "START_OBJECT", token_name(action.value));
  if (root.size() > 1) return malformed(line, "END_OBJECT", "FIELD_NAME");
  BulkItem item;
  item.operation.type = *type;
  item.operation.index = defaults.index;
  item.operation.routing = defaults.routing;
  item.operation.require_alias = defaults.require_alias;
  for (const json::Member& member : action.value.members())
    STELE_RETURN_IF_ERROR(read_member(member, line, item));
  return item;
}

}  // namespace

Outcome<bool> BulkParser::read_item() {
  std::string_view line;
  bool ended = false;
  do {
    if (!next_line(rest_, line, ended)) return false;
    ++line_;
  } while (is_blank(line));
  blank_ = false;
  if (!ended) return not_terminated();
  STELE_TRY(BulkItem item, read_action(line, line_, defaults_));
  if (item.operation.type != OperationType::kDelete) {
    if (!next_line(rest_, line, ended)) return false;  // an action without its document, as the last line
    ++line_;
    if (!ended) return not_terminated();
    item.operation.source = std::string(line);
  }
  const bool needs_id =
      item.operation.type == OperationType::kUpdate || item.operation.type == OperationType::kDelete;
  if (item.operation.index.empty()) problems_.emplace_back("index is missing");
  if (needs_id && item.operation.id.empty() && !item.failure) problems_.emplace_back("id is missing");
  if (items_.size() >= kItemsMax)
    return Failure{413, "content_too_long_exception", "too many items in one bulk request"};
  items_.push_back(std::move(item));
  return true;
}

Outcome<bool> BulkParser::read(std::size_t items_max) {
  for (std::size_t i = 0; i < items_max; ++i) {
    STELE_TRY(const bool more, read_item());
    if (!more) return false;
  }
  return true;
}

Outcome<std::vector<BulkItem>> BulkParser::finish() {
  if (blank_) return parse_failure("request body is required");
  if (!problems_.empty()) return validation_failure(problems_);
  if (items_.empty()) return validation_failure({"no requests added"});
  return std::move(items_);
}

Outcome<std::vector<BulkItem>> parse_bulk(std::string_view text, const BulkDefaults& defaults) {
  BulkParser parser(text, defaults);
  STELE_RETURN_IF_ERROR(parser.read(kItemsMax + 1));
  return parser.finish();
}

}  // namespace stele::elastic
