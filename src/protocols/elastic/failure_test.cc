#include "protocols/elastic/failure.h"

#include <gtest/gtest.h>

namespace stele::elastic {
namespace {

TEST(Failure, IsToldInElasticsearchsForm) {
  EXPECT_EQ(
      error_body(index_not_found("films")),
      R"({"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [films]",)"
      R"("resource.type":"index_or_alias","resource.id":"films","index_uuid":"_na_","index":"films"}],)"
      R"("type":"index_not_found_exception","reason":"no such index [films]","resource.type":"index_or_alias",)"
      R"("resource.id":"films","index_uuid":"_na_","index":"films"},"status":404})");
}

TEST(Failure, TellsPlaceAndCause) {
  const Failure failure = parsing_failure("unknown query [x]", {1, 12}).because(illegal_argument("because"));
  EXPECT_EQ(
      error_body(failure),
      R"({"error":{"root_cause":[{"type":"parsing_exception","reason":"unknown query [x]","line":1,"col":12}],)"
      R"("type":"parsing_exception","reason":"unknown query [x]","line":1,"col":12,)"
      R"("caused_by":{"type":"illegal_argument_exception","reason":"because"}},"status":400})");
}

TEST(Failure, TooMuchInFlightIsToldInItsBreakersWords) {
  EXPECT_EQ(
      error_body(circuit_breaking(1288490189, 1073741824)),
      R"({"error":{"root_cause":[{"type":"circuit_breaking_exception","reason":"[inflight_requests] Data too large, )"
      R"(data for [<http_request>] would be [1288490189/1.2gb], which is larger than the limit of )"
      R"([1073741824/1gb]","bytes_wanted":1288490189,"bytes_limit":1073741824,"durability":"TRANSIENT"}],)"
      R"("type":"circuit_breaking_exception","reason":"[inflight_requests] Data too large, data for )"
      R"([<http_request>] would be [1288490189/1.2gb], which is larger than the limit of [1073741824/1gb]",)"
      R"("bytes_wanted":1288490189,"bytes_limit":1073741824,"durability":"TRANSIENT"},"status":429})");
}

TEST(Failure, OfASearchIsToldByItsShards) {
  const Failure failure = illegal_argument("too large").while_searching("films");
  EXPECT_EQ(
      error_body(failure),
      R"({"error":{"root_cause":[{"type":"illegal_argument_exception","reason":"too large"}],)"
      R"("type":"search_phase_execution_exception","reason":"all shards failed","phase":"query","grouped":true,)"
      R"("failed_shards":[{"shard":0,"index":"films","reason":{"type":"illegal_argument_exception",)"
      R"("reason":"too large"}}],"caused_by":{"type":"illegal_argument_exception","reason":"too large"}},)"
      R"("status":400})");
}

TEST(Failure, ComesFromEveryErrorCode) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    const Failure failure = Failure::from(make_error(static_cast<ErrorCode>(code), "x"));
    EXPECT_GE(failure.status, 400);
    EXPECT_FALSE(failure.type.empty());
  }
  EXPECT_EQ(Failure::from(make_error(ErrorCode::kUnknownOutcome, "x")).status, 503);
}

TEST(Failure, ComesFromSqlStates) {
  const auto status = [](std::string state) {
    return Failure::from(make_error(ErrorCode::kDatabase, "x").with("sqlstate", std::move(state))).status;
  };
  EXPECT_EQ(status("23505"), 400);
  EXPECT_EQ(status("22P02"), 400);
  EXPECT_EQ(status("42501"), 403);
  EXPECT_EQ(status("42P01"), 404);
  EXPECT_EQ(status("40P01"), 409);
  EXPECT_EQ(status("53300"), 429);
  EXPECT_EQ(status("57P01"), 503);
  EXPECT_EQ(status("XX000"), 500);
  EXPECT_EQ(status(""), 500);
}

TEST(Failure, ValidationNumbersItsReasons) {
  EXPECT_EQ(validation_failure({"index is missing", "id is missing"}).reason,
            "Validation Failed: 1: index is missing;2: id is missing;");
}

TEST(NearNames, AreThoseOfLucenesLevenshtein) {
  EXPECT_EQ(did_you_mean("matc", {"match", "term"}), " did you mean [match]?");
  EXPECT_EQ(did_you_mean("xyz", {"match", "term"}), "");
  EXPECT_EQ(did_you_mean("terms_", {"terms", "term"}), " did you mean any of [terms, term]?");
}

}  // namespace
}  // namespace stele::elastic
