#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "postgres/exchange.h"
#include "postgres/result_set.h"
#include "postgres/statement_cache.h"

namespace stele::postgres {

// Gathers what a text of the simple protocol answers: a result for each of its statements, up to the first
// error. Results together above `result_bytes_max` are dropped and become kTooLarge.
class SimpleReply final : public Reply {
 public:
  explicit SimpleReply(std::size_t result_bytes_max) : result_bytes_max_(result_bytes_max) {}

  Result<void> on_message(const wire::Frame& frame, std::string& output) override;
  bool failed() const override { return error_.has_value(); }

  Result<std::vector<ResultSet>> take();

 private:
  Result<void> add_row(const wire::Frame& frame);
  Result<void> complete(const wire::Frame& frame);

  std::size_t result_bytes_max_;
  std::size_t bytes_ = 0;
  std::vector<ResultSet> results_;
  ResultSet current_;
  std::optional<Error> error_;
};

// Gathers what a run of extended-protocol statements answers, each for itself. Segments end at a Sync: after
// an error the rest of its segment is not run.
class PipelineReply final : public Reply {
 public:
  PipelineReply(std::size_t result_bytes_max, StatementCache* cache)
      : result_bytes_max_(result_bytes_max), cache_(cache) {}

  // In the order of sending.
  void expect_closed(std::size_t statements) { closing_ = statements; }
  void expect(std::shared_ptr<PreparedStatement> statement, wire::Format format);
  void expect_sync() { segment_ends_.push_back(slots_.size()); }

  Result<void> on_message(const wire::Frame& frame, std::string& output) override;
  void on_ready() override;
  bool failed() const override { return failed_; }

  // A statement failed only because the server's prepared form of it is gone or no longer fits.
  bool stale() const { return stale_; }
  std::vector<Result<ResultSet>> take();

 private:
  struct Slot {
    std::shared_ptr<PreparedStatement> statement;
    wire::Format format = wire::Format::kText;
    ResultSet set;
    std::optional<Error> error;
  };

  Result<void> add_row(const wire::Frame& frame);
  Result<void> on_error(const wire::Frame& frame);
  void blame_parse(Slot& slot);
  void forget_stale(const Error& error, PreparedStatement& statement);
  std::size_t segment_end() const { return segment_ends_[segment_]; }

  std::size_t result_bytes_max_;
  StatementCache* cache_;
  std::size_t bytes_ = 0;
  std::size_t closing_ = 0;
  std::vector<Slot> slots_;
  std::vector<std::size_t> segment_ends_;
  std::size_t current_ = 0;
  std::size_t segment_ = 0;
  bool failed_ = false;
  bool stale_ = false;
};

// Before the first row, and after the last, of rows or copied data that are read as they come: the columns,
// the command tag, the error.
class StreamReply final : public Reply {
 public:
  Result<void> on_message(const wire::Frame& frame, std::string& output) override;
  bool failed() const override { return error_.has_value(); }

  std::optional<wire::CopyDirection> copy_direction;
  wire::Format copy_format = wire::Format::kText;
  std::size_t copy_columns = 0;
  std::optional<Columns> columns;
  bool bound = false;      // BindComplete came: rows may follow
  bool copy_done = false;  // the server ended its side
  std::string tag;
  void fail(Error error) { error_ = std::move(error); }
  const std::optional<Error>& error() const { return error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace stele::postgres
