#include "base/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stele {
namespace {

using ::testing::HasSubstr;

TEST(MetricsTest, HistogramPutsDurationsUnderTheirBound) {
  Histogram histogram;
  histogram.record_ns(1);          // <= 1 us
  histogram.record_ns(1'000);      // <= 1 us
  histogram.record_ns(1'001);      // <= 2 us
  histogram.record_ns(2'000'000);  // 2 ms <= 2.048 ms
  histogram.record_ns(200'000'000'000);
  EXPECT_EQ(histogram.bucket(0), 2U);
  EXPECT_EQ(histogram.bucket(1), 1U);
  EXPECT_EQ(histogram.bucket(11), 1U);
  EXPECT_EQ(histogram.bucket(Histogram::kBuckets), 1U);
  EXPECT_EQ(histogram.count(), 5U);
}

TEST(MetricsTest, ExpositionCumulatesAndEscapes) {
  MetricRegistry registry;
  registry.counter("stele_requests_total", "Requests.", {{"head", "a\"b\\c\n"}}).add(3);
  registry.histogram("stele_seconds", "Time.").record_ns(1'500);
  registry.gauge_callback("stele_lag", "Lag.", {}, [] { return 0.5; });
  const std::string text = registry.prometheus_text();
  EXPECT_THAT(text, HasSubstr("# TYPE stele_requests_total counter\n"));
  EXPECT_THAT(text, HasSubstr("stele_requests_total{head=\"a\\\"b\\\\c\\n\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("stele_seconds_bucket{le=\"1e-06\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("stele_seconds_bucket{le=\"+Inf\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("stele_seconds_count 1\n"));
  EXPECT_THAT(text, HasSubstr("stele_lag 0.5\n"));
}

TEST(MetricsTest, SameNameAndLabelsIsTheSameSeries) {
  MetricRegistry registry;
  EXPECT_EQ(&registry.counter("a", "", {{"x", "1"}}), &registry.counter("a", "", {{"x", "1"}}));
  EXPECT_NE(&registry.counter("a", "", {{"x", "1"}}), &registry.counter("a", "", {{"x", "2"}}));
}

}  // namespace
}  // namespace stele
