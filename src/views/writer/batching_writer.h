#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/metrics.h"
#include "engine/visibility.h"
#include "postgres/connect_options.h"
#include "views/freshness.h"
#include "views/writer.h"

namespace stele::views {

struct WriterOptions {
  postgres::ConnectOptions postgres;
  std::size_t connections_max = 4;             // of this writer
  std::size_t transactions_per_table_max = 2;  // under way at once, by role and table
  std::size_t batch_documents_max = 5'000;     // of one transaction
  std::size_t batch_bytes_max = 16U << 20;
  std::size_t queue_documents_max = 1'000'000;  // waiting or under way; kResourceExhausted beyond
  std::size_t queue_bytes_max = 256U << 20;
  Duration transaction_timeout = std::chrono::seconds(30);
  Duration applied_timeout = std::chrono::seconds(1);  // then a reply says applied = false
  Duration settle_timeout = std::chrono::seconds(10);  // of each question about a lost COMMIT
};

// The Writer of the current reactor (writer.h says what it answers). The rest outlives it.
std::unique_ptr<Writer> make_batching_writer(WriterOptions options, const Catalog& catalog,
                                             Freshness& freshness, engine::VisibleLsn& visible,
                                             MetricRegistry& metrics);

}  // namespace stele::views
