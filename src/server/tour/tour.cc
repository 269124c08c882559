#include "server/tour/tour.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>
#include <vector>

#include "net/reactor.h"

namespace stele::server {

namespace {

constexpr Duration kAnswerMax = std::chrono::seconds(30);
constexpr Duration kPause = std::chrono::milliseconds(20);
constexpr std::size_t kShownMax = 300;

// What was seen of a step: a row of stele.tour.
struct Seen {
  std::size_t item = 0;
  const TourStep* step = nullptr;
  TourAnswer answer;
  std::string problem;  // empty: passed
  Duration took{};
};

std::string shortened(std::string text, std::size_t indent) {
  if (text.size() > kShownMax) {
    text.resize(kShownMax);
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U) text.pop_back();
    if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0x80U) text.pop_back();
    text += "…";
  }
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::string lines;
  for (const char byte : text) {
    lines += byte;
    if (byte == '\n') lines.append(indent, ' ');
  }
  return lines;
}

void print(const Seen& seen) {
  constexpr std::size_t kIndent = 12;
  const double took_ms = std::chrono::duration<double, std::milli>(seen.took).count();
  fmt::print("  {:>8}> {}\n", to_string(seen.step->protocol), shortened(seen.step->request, kIndent));
  if (!seen.step->body.empty()) fmt::print("{:{}}{}\n", "", kIndent, shortened(seen.step->body, kIndent));
  const std::string status = seen.answer.status ? fmt::format("{} ", *seen.answer.status) : "";
  fmt::print("{:>{}}{}{}\n", "= ", kIndent, status, shortened(seen.answer.text, kIndent));
  if (seen.problem.empty()) {
    fmt::print("{:{}}pass, {:.1f} ms\n", "", kIndent, took_ms);
  } else {
    fmt::print("{:{}}FAIL, {:.1f} ms: {}\n", "", kIndent, took_ms, shortened(seen.problem, kIndent));
  }
}

// Once, or until it is as expected or its time is over.
net::Task<Seen> take_step(TourClients* clients, std::size_t item, const TourStep* step) {
  net::Reactor* const reactor = net::Reactor::current();
  const TimePoint begin = reactor->now();
  while (true) {
    Seen seen{.item = item, .step = step};
    const TimePoint sent = system_clock().now();
    seen.answer = co_await clients->ask(step, reactor->now() + kAnswerMax);
    seen.took = system_clock().now() - sent;
    seen.problem = disappointment(seen.answer, step->expected);
    if (seen.problem.empty() || reactor->now() - begin >= step->within) co_return seen;
    co_await reactor->sleep_for(kPause);
  }
}

net::Task<Result<void>> keep(TourClients* clients, const TourLevel* level, std::vector<Seen> all) {
  const TimePoint deadline = net::Reactor::current()->now() + kAnswerMax;
  auto connection = co_await clients->sql(deadline);
  STELE_CO_RETURN_IF_ERROR(connection);
  auto run = co_await (*connection)->query("SELECT pg_catalog.gen_random_uuid()", deadline);
  STELE_CO_RETURN_IF_ERROR(run);
  const std::string id(run->back().value().value_or(""));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Seen& seen = all[i];
    postgres::Statement insert;
    insert.sql =
        "INSERT INTO stele.tour (run, level, item, step, protocol, request, body, status, answer, problem, "
        "took_us) VALUES ($1::text::uuid, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    insert.parameters.text(id).int32(level->number).text(level->items[seen.item].name);
    insert.parameters.int32(static_cast<std::int32_t>(i + 1)).text(to_string(seen.step->protocol));
    insert.parameters.text(seen.step->request).text(seen.step->body);
    if (seen.answer.status) {
      insert.parameters.int32(*seen.answer.status);
    } else {
      insert.parameters.null();
    }
    insert.parameters.text(seen.answer.text);
    insert.parameters.optional(seen.problem.empty() ? postgres::wire::Cell() : seen.problem);
    insert.parameters.int64(std::chrono::duration_cast<std::chrono::microseconds>(seen.took).count());
    auto kept = co_await (*connection)->execute(std::move(insert), deadline);
    STELE_CO_RETURN_IF_ERROR(kept);
  }
  fmt::print("\nkept: SELECT * FROM stele.tour WHERE run = '{}'\n", id);
  co_return Result<void>();
}

}  // namespace

net::Task<Result<void>> take_tour(TourServers servers, TourLevel level) {
  TourClients clients(std::move(servers));
  std::vector<Seen> all;
  std::size_t passed = 0;
  fmt::print("Level {}: {}\n", level.number, level.title);
  for (std::size_t i = 0; i < level.items.size(); ++i) {
    const TourItem& item = level.items[i];
    fmt::print("\n{}. {}\n   {}\n", i + 1, item.name, item.teaches);
    bool good = true;
    for (const TourStep& step : item.steps) {
      auto seen = co_await take_step(&clients, i, &step);
      print(seen);
      good &= seen.problem.empty();
      all.push_back(std::move(seen));
    }
    passed += good ? 1 : 0;
  }
  auto kept = co_await keep(&clients, &level, std::move(all));
  if (!kept)
    co_return make_error(kept.error().code,
                         fmt::format("stele.tour was not written: {}", kept.error().message));
  const std::string result = fmt::format("{} of {} items passed", passed, level.items.size());
  if (passed < level.items.size()) co_return make_error(ErrorCode::kFailedPrecondition, result);
  fmt::print("{}\n", result);
  co_return Result<void>();
}

}  // namespace stele::server
