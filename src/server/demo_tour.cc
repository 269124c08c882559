#include "server/demo_tour.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "base/log.h"
#include "engine/collection.h"
#include "views/catalog.h"

namespace stele::server {

namespace {

constexpr Logger kLog("demo");

// The catalogue's rows as points, each with the vector `words`.
std::string qdrant_lines(const Ports& ports, const std::string& psql) {
  if (!ports.qdrant) return {};
  const std::string url = fmt::format("http://127.0.0.1:{}/collections/package", *ports.qdrant);
  std::string text =
      "\n  # the same rows as points: filtered, and those whose words are nearest to a package's:\n";
  text += fmt::format(
      "  curl -s '{}/points/scroll' -H 'content-type: application/json' -d "
      "'{{\"filter\":{{\"must\":[{{\"key\":"
      "\"summary\",\"match\":{{\"text\":\"vector\"}}}}]}},\"limit\":3,\"with_payload\":[\"name\","
      "\"summary\"]}}'\n",
      url);
  if (psql.empty()) return text;
  return text +
         fmt::format(
             "  curl -s '{}/points/query' -H 'content-type: application/json' -d \"{{\\\"query\\\":$({} "
             "-Atc \"SELECT id FROM package WHERE name = 'postgresql'\"),\\\"using\\\":\\\"words\\\","
             "\\\"filter\\\":{{\\\"must\\\":[{{\\\"key\\\":\\\"section\\\",\\\"match\\\":{{"
             "\\\"value\\\":\\\"database\\\"}}}}]}},\\\"limit\\\":3,\\\"with_payload\\\":["
             "\\\"name\\\",\\\"summary\\\"]}}\"\n",
             url, psql);
}

}  // namespace

bool wait_until_demo_is_served(views::Views& views, const StopSignals& signals) {
  using std::chrono::steady_clock;
  const auto end = steady_clock::now() + std::chrono::minutes(1);
  while (steady_clock::now() < end && !signals.pending()) {
    const auto entry = views.catalog().current()->find("package");
    if (entry && entry->state == views::CollectionState::kReady) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  if (signals.pending()) return false;
  kLog.warn("the collection \"package\" is not ready after a minute; see 'stele status'");
  return true;
}

std::string demo_lines(const Ports& ports) {
  std::string text = "\nTry it (another terminal):\n\n";
  const std::string psql =
      ports.sql ? fmt::format("psql -h 127.0.0.1 -p {} -U postgres postgres", *ports.sql) : "";
  if (ports.sql) {
    text += fmt::format(
        "  {} -c \"SELECT section, count(*) FROM package GROUP BY 1 ORDER BY 2 DESC LIMIT 5\"\n", psql);
  }
  if (ports.elastic) {
    const std::string url = fmt::format("http://127.0.0.1:{}", *ports.elastic);
    text += fmt::format("  curl -s '{}/_cat/indices?v'\n", url);
    text += fmt::format(
        "  curl -s '{}/package/_search?pretty' -H 'content-type: application/json' -d '{{\"size\":3,"
        "\"_source\":[\"name\",\"summary\"],\"query\":{{\"bool\":{{\"must\":{{\"match\":{{\"description\":"
        "\"full text search "
        "engine\"}}}},\"filter\":{{\"term\":{{\"section.keyword\":\"database\"}}}}}}}}}}'\n",
        url);
  }
  text += qdrant_lines(ports, psql);
  if (ports.sql && ports.elastic) {
    const std::string url = fmt::format("http://127.0.0.1:{}", *ports.elastic);
    text += "\n  # a row that SQL commits is found at once:\n";
    text += fmt::format(
        "  {} -c \"UPDATE package SET summary = 'a standing stone with one text in three scripts' WHERE name "
        "= "
        "'postgresql'\"\n",
        psql);
    text += fmt::format("  curl -s '{}/package/_search?q=summary:stone&_source=name,summary&pretty'\n", url);
    text += "\n  # and what an Elasticsearch client writes is a row:\n";
    text += fmt::format(
        "  curl -s -X PUT '{}/note/_doc/1' -H 'content-type: application/json' -d '{{\"title\":\"hello\","
        "\"stars\":5}}'\n",
        url);
    text += fmt::format("  {} -c \"SELECT _id, _source->>'title' FROM elastic.note\"\n", psql);
  }
  if (ports.redis) {
    const std::string redis = fmt::format("redis-cli -p {}", *ports.redis);
    text += "\n  # keys are in memory at once and rows of PostgreSQL within a second:\n";
    text += fmt::format("  {} SET session:1 alice EX 3600\n", redis);
    if (ports.sql) text += fmt::format("  {} -c \"SELECT key, value, expires_at FROM redis.string\"\n", psql);
    text += "\n  # and the rows of the catalogue are keys:\n";
    text += fmt::format("  {} HMGET package:postgresql version summary\n", redis);
    text += fmt::format("  {} HSET package:postgresql summary 'one row, and every script reads it'\n", redis);
    if (ports.sql) {
      text += fmt::format("  {} -c \"SELECT name, summary FROM package WHERE name = 'postgresql'\"\n", psql);
    }
  }
  return text + "\nCtrl-C stops it.\n\n";
}

}  // namespace stele::server
