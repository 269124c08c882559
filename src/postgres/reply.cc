#include "postgres/reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "postgres/wire/frontend.h"
#include "postgres/wire/sqlstate.h"

namespace stele::postgres {

namespace {

Error unexpected(char type) {
  return make_error(ErrorCode::kProtocol, fmt::format("unexpected message '{}' from PostgreSQL", type));
}

Error too_large(std::size_t limit) {
  return make_error(
             ErrorCode::kTooLarge,
             fmt::format("result is above the limit of {} bytes held in memory: stream its rows", limit))
      .with("limit", std::to_string(limit));
}

Error copy_in_query() {
  return make_error(ErrorCode::kInvalidArgument, "COPY from or to the client needs copy_in or copy_out");
}

// Offsets in a ResultSet are 32 bits.
std::size_t bounded(std::size_t limit) {
  return std::min<std::size_t>(limit, std::numeric_limits<std::uint32_t>::max());
}

// The server's error; kProtocol for a message that is none. (A Result<Error> would take every Error for a
// failure.)
Result<wire::ServerError> decode_error(const wire::Frame& frame) {
  STELE_TRY(const wire::ErrorResponse response, wire::decode_error_response(frame.payload));
  return wire::ServerError(response.fields);
}

}  // namespace

Result<void> SimpleReply::on_message(const wire::Frame& frame, std::string& output) {
  switch (frame.type) {
    case 'T': {
      STELE_TRY(const wire::RowDescription rows, wire::decode_row_description(frame.payload));
      current_.set_columns(std::make_shared<Columns>(to_columns(rows)));
      return {};
    }
    case 'D':
      return add_row(frame);
    case 'C':
      return complete(frame);
    case 'I':
      results_.emplace_back();
      return {};
    case 'E': {
      STELE_TRY(const wire::ServerError error, decode_error(frame));
      if (!error_) error_ = error.to_error();
      return {};
    }
    case 'G':
      error_ = copy_in_query();
      wire::append(output, wire::CopyFail{"no data was to be copied"});
      return {};
    case 'H':
      error_ = copy_in_query();
      return {};
    case 'd':
    case 'c':
      return {};
    default:
      return unexpected(frame.type);
  }
}

Result<void> SimpleReply::add_row(const wire::Frame& frame) {
  if (error_) return {};
  bytes_ += frame.payload.size();
  if (bytes_ > bounded(result_bytes_max_)) {
    error_ = too_large(result_bytes_max_);
    current_ = ResultSet();
    results_.clear();
    return {};
  }
  STELE_TRY(const wire::DataRow row, wire::decode_data_row(frame.payload));
  if (!current_.add_row(row.cells)) return unexpected('D');
  return {};
}

Result<void> SimpleReply::complete(const wire::Frame& frame) {
  STELE_TRY(const wire::CommandComplete complete, wire::decode_command_complete(frame.payload));
  current_.set_tag(complete.tag);
  results_.push_back(std::move(current_));
  current_ = ResultSet();
  return {};
}

Result<std::vector<ResultSet>> SimpleReply::take() {
  if (error_) return *std::move(error_);
  return std::move(results_);
}

void PipelineReply::expect(std::shared_ptr<PreparedStatement> statement, wire::Format format) {
  slots_.push_back({std::move(statement), format, {}, {}});
}

Result<void> PipelineReply::on_message(const wire::Frame& frame, std::string&) {
  if (frame.type == 'E') return on_error(frame);
  if (frame.type == '3' && closing_ > 0) {
    --closing_;
    return {};
  }
  if (current_ >= slots_.size()) return unexpected(frame.type);
  Slot& slot = slots_[current_];
  switch (frame.type) {
    case '1':
      slot.statement->parsed = true;
      return {};
    case 't': {
      STELE_TRY(const wire::BackendMessage message, wire::decode_backend(frame));
      const auto& types = std::get<wire::ParameterDescription>(message).types;
      for (std::size_t i = 0; i < types.size(); ++i) slot.statement->parameter_types.push_back(types[i]);
      return {};
    }
    case 'T': {
      STELE_TRY(const wire::RowDescription rows, wire::decode_row_description(frame.payload));
      slot.statement->set_columns(to_columns(rows));
      return {};
    }
    case 'n':
      return {};
    case '2':
      slot.set.set_columns(slot.statement->columns(slot.format));
      return {};
    case 'D':
      return add_row(frame);
    case 'C': {
      STELE_TRY(const wire::CommandComplete complete, wire::decode_command_complete(frame.payload));
      slot.set.set_tag(complete.tag);
      ++current_;
      return {};
    }
    case 'I':
      ++current_;
      return {};
    case 'G':
    case 'H':
      return copy_in_query();
    default:
      return unexpected(frame.type);
  }
}

Result<void> PipelineReply::add_row(const wire::Frame& frame) {
  Slot& slot = slots_[current_];
  if (slot.error) return {};
  bytes_ += frame.payload.size();
  if (bytes_ > bounded(result_bytes_max_)) {
    slot.error = too_large(result_bytes_max_);
    slot.set = ResultSet();
    failed_ = true;
    return {};
  }
  STELE_TRY(const wire::DataRow row, wire::decode_data_row(frame.payload));
  if (!slot.set.add_row(row.cells)) return unexpected('D');
  return {};
}

Result<void> PipelineReply::on_error(const wire::Frame& frame) {
  if (segment_ >= segment_ends_.size()) return unexpected(frame.type);
  STELE_TRY(const wire::ServerError server_error, decode_error(frame));
  Error error = server_error.to_error();
  failed_ = true;
  if (current_ >= segment_end()) {
    // The commit at the Sync failed: nothing of the segment has happened.
    for (std::size_t i = segment_ > 0 ? segment_ends_[segment_ - 1] : 0; i < segment_end(); ++i) {
      slots_[i].error = error;
    }
    return {};
  }
  forget_stale(error, *slots_[current_].statement);
  slots_[current_].error = std::move(error);
  for (++current_; current_ < segment_end(); ++current_) {
    slots_[current_].error =
        make_error(ErrorCode::kCancelled, "not run: an earlier statement of the pipeline failed");
  }
  return {};
}

void PipelineReply::forget_stale(const Error& error, PreparedStatement& statement) {
  const std::string_view state = error.detail("sqlstate");
  const bool changed = state == wire::sqlstate::kFeatureNotSupported &&
                       error.detail("routine") == "RevalidateCachedQuery";  // "cached plan must not change …"
  const bool gone = state == wire::sqlstate::kUndefinedPreparedStatement;
  if (!changed && !gone) return;
  stale_ = true;
  cache_->forget(statement, changed);
}

void PipelineReply::on_ready() {
  current_ = std::max(current_, segment_end());
  ++segment_;
}

// A statement whose text failed in an earlier segment says why, not that its name is unknown.
void PipelineReply::blame_parse(Slot& slot) {
  if (!slot.error || slot.error->detail("sqlstate") != wire::sqlstate::kUndefinedPreparedStatement) return;
  const auto first = std::ranges::find(slots_, slot.statement, &Slot::statement);
  if (&*first != &slot) slot.error = first->error;
}

std::vector<Result<ResultSet>> PipelineReply::take() {
  for (Slot& slot : slots_) {
    if (slot.statement->parsed) continue;
    cache_->forget(*slot.statement, false);
    blame_parse(slot);
  }
  std::vector<Result<ResultSet>> results;
  results.reserve(slots_.size());
  for (Slot& slot : slots_) {
    if (slot.error) {
      results.emplace_back(*std::move(slot.error));
    } else {
      results.emplace_back(std::move(slot.set));
    }
  }
  return results;
}

Result<void> StreamReply::on_message(const wire::Frame& frame, std::string&) {
  STELE_TRY(const wire::BackendMessage message, wire::decode_backend(frame));
  if (const auto* error = std::get_if<wire::ErrorResponse>(&message)) {
    if (!error_) error_ = wire::ServerError(error->fields).to_error();
  } else if (const auto* copy = std::get_if<wire::CopyResponse>(&message)) {
    copy_direction = copy->direction;
    copy_format = copy->format;
    copy_columns = copy->column_formats.size();
  } else if (const auto* rows = std::get_if<wire::RowDescription>(&message)) {
    columns = to_columns(*rows);
  } else if (const auto* complete = std::get_if<wire::CommandComplete>(&message)) {
    tag = complete->tag;
  } else if (std::holds_alternative<wire::CopyDone>(message)) {
    copy_done = true;
  } else if (std::holds_alternative<wire::NoData>(message)) {
    columns = Columns();
  } else if (std::holds_alternative<wire::BindComplete>(message)) {
    bound = true;
  }
  return {};
}

}  // namespace stele::postgres
