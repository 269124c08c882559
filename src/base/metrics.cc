#include "base/metrics.h"

#include <fmt/format.h>

#include <bit>
#include <iterator>

#include "base/check.h"

namespace stele {

namespace {

// {a="1",b="2"}: backslash, quote and newline escaped as the exposition format asks.
void write_labels(std::string& out, const MetricLabels& labels, std::string_view extra = {}) {
  if (labels.empty() && extra.empty()) return;
  out += '{';
  bool first = true;
  for (const auto& [name, value] : labels) {
    if (!first) out += ',';
    first = false;
    out += name + "=\"";
    for (const char c : value) {
      if (c == '\\')
        out += "\\\\";
      else if (c == '"')
        out += "\\\"";
      else if (c == '\n')
        out += "\\n";
      else
        out += c;
    }
    out += '"';
  }
  if (!extra.empty()) {
    if (!first) out += ',';
    out += extra;
  }
  out += '}';
}

}  // namespace

void Histogram::record_ns(std::uint64_t ns, std::uint64_t times) {
  const std::uint64_t us_up = (ns + 999) / 1000;
  const int index = us_up <= 1 ? 0 : std::min<int>(kBuckets, static_cast<int>(std::bit_width(us_up - 1)));
  buckets_[index].fetch_add(times, std::memory_order_relaxed);
  count_.fetch_add(times, std::memory_order_relaxed);
  sum_ns_.fetch_add(ns * times, std::memory_order_relaxed);
}

MetricRegistry::Series& MetricRegistry::series_locked(std::string name, std::string help,
                                                      std::string_view type, MetricLabels labels) {
  Family* family = nullptr;
  for (const auto& candidate : families_) {
    if (candidate->name == name) family = candidate.get();
  }
  if (family == nullptr) {
    families_.push_back(std::make_unique<Family>(Family{std::move(name), std::move(help), type, {}}));
    family = families_.back().get();
  }
  STELE_CHECK_MESSAGE(family->type == type, family->name);
  for (const auto& series : family->series) {
    if (series->labels == labels) return *series;
  }
  family->series.push_back(std::make_unique<Series>());
  family->series.back()->labels = std::move(labels);
  return *family->series.back();
}

Counter& MetricRegistry::counter(std::string name, std::string help, MetricLabels labels) {
  const std::lock_guard lock(mutex_);
  Series& series = series_locked(std::move(name), std::move(help), "counter", std::move(labels));
  if (!series.counter) series.counter = std::make_unique<Counter>();
  return *series.counter;
}

Gauge& MetricRegistry::gauge(std::string name, std::string help, MetricLabels labels) {
  const std::lock_guard lock(mutex_);
  Series& series = series_locked(std::move(name), std::move(help), "gauge", std::move(labels));
  if (!series.gauge) series.gauge = std::make_unique<Gauge>();
  return *series.gauge;
}

Histogram& MetricRegistry::histogram(std::string name, std::string help, MetricLabels labels) {
  const std::lock_guard lock(mutex_);
  Series& series = series_locked(std::move(name), std::move(help), "histogram", std::move(labels));
  if (!series.histogram) series.histogram = std::make_unique<Histogram>();
  return *series.histogram;
}

void MetricRegistry::gauge_callback(std::string name, std::string help, MetricLabels labels,
                                    std::function<double()> read) {
  const std::lock_guard lock(mutex_);
  series_locked(std::move(name), std::move(help), "gauge", std::move(labels)).callback = std::move(read);
}

void MetricRegistry::write_series(std::string& out, const Family& family, const Series& series) {
  auto line = [&](std::string_view suffix, std::string_view extra, const std::string& value) {
    out += family.name;
    out += suffix;
    write_labels(out, series.labels, extra);
    out += ' ' + value + '\n';
  };
  if (series.counter) line("", "", std::to_string(series.counter->value()));
  if (series.gauge) line("", "", std::to_string(series.gauge->value()));
  if (series.callback) line("", "", fmt::format("{}", series.callback()));
  if (!series.histogram) return;
  std::uint64_t cumulated = 0;
  for (int i = 0; i < Histogram::kBuckets; ++i) {
    cumulated += series.histogram->bucket(i);
    line("_bucket", fmt::format("le=\"{}\"", Histogram::bound_seconds(i)), std::to_string(cumulated));
  }
  cumulated += series.histogram->bucket(Histogram::kBuckets);
  line("_bucket", "le=\"+Inf\"", std::to_string(cumulated));
  line("_sum", "", fmt::format("{}", static_cast<double>(series.histogram->sum_ns()) * 1e-9));
  line("_count", "", std::to_string(cumulated));
}

std::string MetricRegistry::prometheus_text() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& family : families_) {
    fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", family->name, family->help,
                   family->name, family->type);
    for (const auto& series : family->series) write_series(out, *family, *series);
  }
  return out;
}

}  // namespace stele
