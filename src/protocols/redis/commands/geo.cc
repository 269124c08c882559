// The geo commands: places as members of a sorted set.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/geo_cells.h"
#include "protocols/redis/commands/geo_search.h"
#include "protocols/redis/commands/scored_replies.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::ScoreCondition;

void geoadd(Call& call) {
  ScoreCondition condition;
  bool counts_changed = false;
  std::size_t first = 2;
  for (; first < call.size(); ++first) {
    if (call.is(first, "NX")) {
      condition.only_new = true;
    } else if (call.is(first, "XX")) {
      condition.only_present = true;
    } else if (call.is(first, "CH")) {
      counts_changed = true;
    } else {
      break;
    }
  }
  const bool is_whole = (call.size() - first) % 3 == 0 && first < call.size();
  if (!is_whole || (condition.only_new && condition.only_present)) return call.fail_syntax();
  std::vector<keyspace::ScoredRef> members;
  for (std::size_t i = first; i < call.size(); i += 3) {
    STELE_REDIS_TRY(const GeoPoint point, call, point_argument(call[i], call[i + 1]));
    members.push_back({call[i + 2], static_cast<double>(geo_score(point))});
  }
  STELE_REDIS_TRY(const auto reply, call, call.group().sorted_sets().add(call.key(1), members, condition));
  call.reply().integer(static_cast<std::int64_t>(reply.added + (counts_changed ? reply.changed : 0)));
}

void geohash(Call& call) {
  STELE_REDIS_TRY(const auto scores, call, call.group().sorted_sets().scores(call.key(1), call.arguments(2)));
  call.reply().array(scores.size());
  for (const auto& score : scores) {
    score ? call.reply().bulk(geo_letters(geo_point(*score))) : call.reply().null();
  }
}

void geopos(Call& call) {
  STELE_REDIS_TRY(const auto scores, call, call.group().sorted_sets().scores(call.key(1), call.arguments(2)));
  call.reply().array(scores.size());
  for (const auto& score : scores) {
    score ? answer_point(call, geo_point(*score)) : call.reply().null_array();
  }
}

void geodist(Call& call) {
  if (call.size() > 5) return call.fail_syntax();
  double unit = 1;
  if (call.size() == 5) {
    STELE_REDIS_TRY(const double asked, call, unit_argument(call[4]));
    unit = asked;
  }
  STELE_REDIS_TRY(const auto scores, call,
                  call.group().sorted_sets().scores(call.key(1), call.arguments(2).first(2)));
  if (!scores[0] || !scores[1]) return call.reply().null();
  const GeoPoint from = geo_point(*scores[0]);
  const GeoPoint to = geo_point(*scores[1]);
  call.reply().bulk(fmt::format("{:.4f}", geo_distance(from, to) / unit));
}

void georadius(Call& call) {
  search_places(call, {.kind = GeoForm::Kind::kRadius, .may_store = true});
}
void georadius_ro(Call& call) {
  search_places(call, {.kind = GeoForm::Kind::kRadius});
}
void georadiusbymember(Call& call) {
  search_places(call, {.kind = GeoForm::Kind::kRadiusByMember, .may_store = true});
}
void georadiusbymember_ro(Call& call) {
  search_places(call, {.kind = GeoForm::Kind::kRadiusByMember});
}
void geosearch(Call& call) {
  search_places(call, {.kind = GeoForm::Kind::kSearch});
}
void geosearchstore(Call& call) {
  search_places(call, {.kind = GeoForm::Kind::kSearchStore});
}

constexpr std::uint32_t kRead = flag::kReadOnly;
constexpr std::uint32_t kGrow = flag::kWrite | flag::kDenyOom;
constexpr auto kKeys = Reach::kKeys;
constexpr KeyPositions kReadKey = {1, 1, 1, "RO access"};
constexpr KeyPositions kMayStore = {1, 1, 1, "RW access update", 0, true};
constexpr std::string_view kGeo = "geo";
constexpr std::string_view kLog = "O(M*log(N)) where N is the number of members and M of those named";
constexpr std::string_view kNear =
    "O(N+log(M)) where N is the number of members near the place and M of all members";

constexpr std::array kCommands = {
    Command{"geoadd",
            -5,
            kGrow,
            {1, 1, 1, "RW update"},
            kKeys,
            geoadd,
            kGeo,
            "3.2.0",
            kLog,
            "Adds places to a sorted set"},
    Command{"geohash", -2, kRead, kReadKey, kKeys, geohash, kGeo, "3.2.0", kLog,
            "Answers the geohashes of places"},
    Command{"geopos", -2, kRead, kReadKey, kKeys, geopos, kGeo, "3.2.0", kLog,
            "Answers longitudes and latitudes of places"},
    Command{"geodist", -4, kRead, kReadKey, kKeys, geodist, kGeo, "3.2.0", kLog,
            "Answers how far two places are apart"},
    Command{"georadius", -6, kGrow, kMayStore, kKeys, georadius, kGeo, "3.2.0", kNear,
            "Answers or keeps the places around a point"},
    Command{"georadius_ro", -6, kRead, kReadKey, kKeys, georadius_ro, kGeo, "3.2.10", kNear,
            "Answers the places around a point"},
    Command{"georadiusbymember", -5, kGrow, kMayStore, kKeys, georadiusbymember, kGeo, "3.2.0", kNear,
            "Answers or keeps the places around another"},
    Command{"georadiusbymember_ro", -5, kRead, kReadKey, kKeys, georadiusbymember_ro, kGeo, "3.2.10", kNear,
            "Answers the places around another"},
    Command{"geosearch", -7, kRead, kReadKey, kKeys, geosearch, kGeo, "6.2.0", kNear,
            "Answers the places in a circle or box"},
    Command{"geosearchstore",
            -8,
            kGrow,
            {1, 2, 1, "RW access update"},
            kKeys,
            geosearchstore,
            kGeo,
            "6.2.0",
            kNear,
            "Keeps the places in a circle or box"},
};

}  // namespace

std::span<const Command> geo_commands() {
  return kCommands;
}

}  // namespace stele::redis
