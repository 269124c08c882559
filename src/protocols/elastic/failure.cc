#include "protocols/elastic/failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "json/writer.h"
#include "protocols/elastic/byte_size.h"

namespace stele::elastic {
namespace {

struct CodeRow {
  ErrorCode code;
  int status;
  std::string_view type;
};

constexpr std::array kByCode = {
    CodeRow{ErrorCode::kInvalidArgument, 400, "illegal_argument_exception"},
    CodeRow{ErrorCode::kNotFound, 404, "resource_not_found_exception"},
    CodeRow{ErrorCode::kAlreadyExists, 400, "resource_already_exists_exception"},
    CodeRow{ErrorCode::kConflict, 409, "version_conflict_engine_exception"},
    CodeRow{ErrorCode::kFailedPrecondition, 400, "illegal_argument_exception"},
    CodeRow{ErrorCode::kUnauthenticated, 401, "security_exception"},
    CodeRow{ErrorCode::kPermissionDenied, 403, "security_exception"},
    CodeRow{ErrorCode::kTooLarge, 413, "content_too_long_exception"},
    CodeRow{ErrorCode::kResourceExhausted, 429, "es_rejected_execution_exception"},
    CodeRow{ErrorCode::kDeadlineExceeded, 504, "timeout_exception"},
    CodeRow{ErrorCode::kCancelled, 400, "task_cancelled_exception"},
    CodeRow{ErrorCode::kUnavailable, 503, "unavailable_shards_exception"},
    CodeRow{ErrorCode::kConnectionClosed, 503, "unavailable_shards_exception"},
    CodeRow{ErrorCode::kUnknownOutcome, 503, "unknown_outcome_exception"},
    CodeRow{ErrorCode::kProtocol, 400, "parse_exception"},
    CodeRow{ErrorCode::kUnsupported, 400, "unsupported_operation_exception"},
    CodeRow{ErrorCode::kIo, 500, "i_o_exception"},
    CodeRow{ErrorCode::kCorruption, 500, "corrupt_index_exception"},
    CodeRow{ErrorCode::kInternal, 500, "exception"},
};

// By SQLSTATE, whole codes before classes: the first row that is its beginning holds.
struct SqlStateRow {
  std::string_view begins;
  int status;
  std::string_view type;
};

constexpr std::array kBySqlState = {
    SqlStateRow{"42501", 403, "security_exception"},
    SqlStateRow{"42P01", 404, "index_not_found_exception"},
    SqlStateRow{"40", 409, "version_conflict_engine_exception"},
    SqlStateRow{"55P03", 409, "version_conflict_engine_exception"},
    SqlStateRow{"57014", 504, "timeout_exception"},
    SqlStateRow{"25006", 403, "cluster_block_exception"},
    SqlStateRow{"22", 400, "illegal_argument_exception"},
    SqlStateRow{"23", 400, "illegal_argument_exception"},
    SqlStateRow{"28", 401, "security_exception"},
    SqlStateRow{"42", 400, "illegal_argument_exception"},
    SqlStateRow{"0A", 400, "unsupported_operation_exception"},
    SqlStateRow{"P0", 400, "illegal_argument_exception"},
    SqlStateRow{"44", 400, "illegal_argument_exception"},
    SqlStateRow{"53", 429, "es_rejected_execution_exception"},
    SqlStateRow{"54", 413, "content_too_long_exception"},
    SqlStateRow{"57", 503, "unavailable_shards_exception"},
    SqlStateRow{"08", 503, "unavailable_shards_exception"},
    SqlStateRow{"", 500, "exception"},
};

void write_facts(json::Writer& out, const Failure& failure) {
  if (failure.place) {
    out.member("line", failure.place->line);
    out.member("col", failure.place->column);
  }
  for (const auto& [name, value] : failure.numbers) out.member(name, value);
  for (const auto& [name, value] : failure.facts) out.member(name, value);
}

void write_search_phase(json::Writer& out, const Failure& failure) {
  out.member("type", "search_phase_execution_exception");
  out.member("reason", "all shards failed");
  out.member("phase", "query");
  out.member("grouped", true);
  out.key("failed_shards").begin_array().begin_object();
  out.member("shard", 0);
  out.member("index", failure.searched_index);
  Failure inner = failure;
  inner.searched_index.clear();
  out.key("reason");
  write_failure(out, inner, false);
  out.end_object().end_array();
  out.key("caused_by");
  write_failure(out, inner, false);
}

// Lucene's LevenshteinDistance.getDistance: 1 - edits / longer length.
float similarity(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.size() == b.size() ? 1.0F : 0.0F;
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return 1.0F - static_cast<float>(row[b.size()]) / static_cast<float>(std::max(a.size(), b.size()));
}

}  // namespace

Failure& Failure::with(std::string name, std::string value) & {
  facts.emplace_back(std::move(name), std::move(value));
  return *this;
}

Failure Failure::with(std::string name, std::string value) && {
  facts.emplace_back(std::move(name), std::move(value));
  return std::move(*this);
}

Failure Failure::because(Failure cause) && {
  caused_by = std::make_shared<const Failure>(std::move(cause));
  return std::move(*this);
}

Failure Failure::at(Place where) && {
  place = where;
  return std::move(*this);
}

Failure Failure::while_searching(std::string index) && {
  searched_index = std::move(index);
  return std::move(*this);
}

Failure Failure::from(const Error& error) {
  Failure failure{500, "exception", error.message};
  if (error.code == ErrorCode::kDatabase) {
    const std::string_view state = error.detail("sqlstate");
    const auto row = std::ranges::find_if(
        kBySqlState, [&](const SqlStateRow& candidate) { return state.starts_with(candidate.begins); });
    failure.status = row->status;
    failure.type = row->type;
    for (const std::string_view name : {"sqlstate", "detail", "hint", "constraint", "column"}) {
      if (const std::string_view value = error.detail(name); !value.empty())
        failure.with(std::string(name), std::string(value));
    }
    return failure;
  }
  const auto row = std::ranges::find(kByCode, error.code, &CodeRow::code);
  if (row != kByCode.end()) {
    failure.status = row->status;
    failure.type = row->type;
  }
  return failure;
}

Failure illegal_argument(std::string reason) {
  return {400, "illegal_argument_exception", std::move(reason)};
}

Failure parsing_failure(std::string reason, Place place) {
  return Failure{400, "parsing_exception", std::move(reason)}.at(place);
}

Failure x_content_failure(std::string_view reason, Place place) {
  return {400, "x_content_parse_exception", fmt::format("[{}:{}] {}", place.line, place.column, reason)};
}

Failure parse_failure(std::string reason) {
  return {400, "parse_exception", std::move(reason)};
}

Failure validation_failure(const std::vector<std::string>& reasons) {
  std::string text = "Validation Failed: ";
  for (std::size_t i = 0; i < reasons.size(); ++i) text += fmt::format("{}: {};", i + 1, reasons[i]);
  return {400, "action_request_validation_exception", std::move(text)};
}

Failure index_not_found(std::string_view index, std::string_view resource_type) {
  Failure failure{404, "index_not_found_exception", fmt::format("no such index [{}]", index)};
  failure.with("resource.type", std::string(resource_type));
  failure.with("resource.id", std::string(index));
  failure.with("index_uuid", "_na_");
  failure.with("index", std::string(index));
  return failure;
}

Failure circuit_breaking(std::uint64_t bytes_wanted, std::uint64_t bytes_max) {
  Failure failure{
      429, "circuit_breaking_exception",
      fmt::format("[inflight_requests] Data too large, data for [<http_request>] would be [{}/{}], "
                  "which is larger than the limit of [{}/{}]",
                  bytes_wanted, byte_size(bytes_wanted), bytes_max, byte_size(bytes_max))};
  failure.numbers = {{"bytes_wanted", bytes_wanted}, {"bytes_limit", bytes_max}};
  failure.with("durability", "TRANSIENT");
  return failure;
}

Failure not_supported(std::string_view what) {
  return {400, "unsupported_operation_exception", fmt::format("{} not supported by Stele yet", what)};
}

void write_failure(json::Writer& out, const Failure& failure, bool with_root_cause, bool trace) {
  out.begin_object();
  if (with_root_cause) {
    Failure root = failure;
    root.searched_index.clear();
    // A parser's failure is itself the root; its cause only says more.
    root.caused_by = nullptr;
    out.key("root_cause").begin_array();
    write_failure(out, root, false, trace);
    out.end_array();
  }
  if (!failure.searched_index.empty()) {
    write_search_phase(out, failure);
  } else {
    out.member("type", failure.type);
    out.member("reason", failure.reason);
    write_facts(out, failure);
    if (failure.caused_by) {
      out.key("caused_by");
      write_failure(out, *failure.caused_by, false, trace);
    }
  }
  if (trace) out.member("stack_trace", fmt::format("{}: {}", failure.type, failure.reason));
  out.end_object();
}

std::string error_body(const Failure& failure, bool trace) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.key("error");
  write_failure(out, failure, true, trace);
  out.member("status", failure.status);
  out.end_object();
  return text;
}

std::string plain_error_body(std::string_view reason, int status) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.member("error", reason);
  if (status != 0) out.member("status", status);
  out.end_object();
  return text;
}

std::vector<std::string> near_names(std::string_view name, const std::vector<std::string>& candidates) {
  std::vector<std::pair<float, std::string>> scored;
  for (const std::string& candidate : candidates) {
    const float score = similarity(name, candidate);
    if (score > 0.5F) scored.emplace_back(-score, candidate);
  }
  std::ranges::sort(scored);
  std::vector<std::string> names;
  for (auto& [score, candidate] : scored)
    if (std::ranges::find(names, candidate) == names.end()) names.push_back(std::move(candidate));
  return names;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  const std::vector<std::string> names = near_names(name, candidates);
  if (names.empty()) return {};
  if (names.size() == 1) return fmt::format(" did you mean [{}]?", names[0]);
  return fmt::format(" did you mean any of [{}]?", fmt::join(names, ", "));
}

}  // namespace stele::elastic
