#include "protocols/redis/commands/geo_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "keyspace/numbers.h"
#include "protocols/redis/commands/scored_replies.h"

namespace stele::redis {

namespace {

using keyspace::ChangeEvent;
using keyspace::KeyRef;
using keyspace::ScoredRef;
using Kind = GeoForm::Kind;

enum class Order : std::uint8_t { kNone, kNearest, kFarthest };

struct Question {
  KeyRef key;
  bool exists = false;
  std::optional<GeoPoint> center;
  bool has_center = false;       // though its key may not be there
  std::optional<double> radius;  // meters, as the two below
  std::optional<double> width;
  double height = 0;
  double unit = 1;
  Order order = Order::kNone;
  std::size_t count = 0;  // 0 = all
  bool takes_any = false;
  bool with_distance = false;
  bool with_score = false;
  bool with_point = false;
  std::optional<KeyRef> store;
  bool stores_distance = false;

  bool is_plain() const { return !with_distance && !with_score && !with_point; }
};

struct Place {
  std::string member;
  double score;
  GeoPoint point;
  double distance;
};

Result<double> distance_argument(std::string_view text, std::string_view complaint) {
  const auto distance = keyspace::parse_score(text);
  if (!distance) return make_error(ErrorCode::kInvalidArgument, std::string(complaint));
  return *distance;
}

// Reads the words of one command after the other, and answers what is wrong with them.
class Reader {
 public:
  Reader(Call& call, const GeoForm& form) : call_(call), form_(form) {}

  // False after an answer.
  bool read(Question& question);

 private:
  bool is_search() const { return form_.kind == Kind::kSearch || form_.kind == Kind::kSearchStore; }
  bool fail(const Error& error) {
    call_.fail(error);
    return false;
  }
  bool fail(std::string_view text) {
    call_.fail(text);
    return false;
  }
  bool read_center(std::size_t at, Question& question);
  bool read_member(std::size_t at, Question& question);
  bool read_radius(std::size_t at, Question& question);
  bool read_box(std::size_t at, Question& question);
  bool read_count(std::size_t at, Question& question);
  bool read_option(std::size_t& i, Question& question);
  bool read_search_option(std::size_t& i, Question& question);
  bool check(const Question& question);

  Call& call_;
  const GeoForm& form_;
};

bool Reader::read_center(std::size_t at, Question& question) {
  const auto point = point_argument(call_[at], call_[at + 1]);
  if (!point) return fail(point.error());
  question.center = *point;
  question.has_center = true;
  return true;
}

bool Reader::read_member(std::size_t at, Question& question) {
  question.has_center = true;
  if (!question.exists) return true;
  const auto score = call_.group().sorted_sets().score(question.key, call_[at]);
  if (!score) return fail(score.error());
  if (!*score) return fail("could not decode requested zset member");
  question.center = geo_point(**score);
  return true;
}

bool Reader::read_radius(std::size_t at, Question& question) {
  const auto radius = distance_argument(call_[at], "need numeric radius");
  if (!radius) return fail(radius.error());
  if (*radius < 0) return fail("radius cannot be negative");
  const auto unit = unit_argument(call_[at + 1]);
  if (!unit) return fail(unit.error());
  question.unit = *unit;
  question.radius = *radius * *unit;
  return true;
}

bool Reader::read_box(std::size_t at, Question& question) {
  const auto width = distance_argument(call_[at], "need numeric width");
  if (!width) return fail(width.error());
  const auto height = distance_argument(call_[at + 1], "need numeric height");
  if (!height) return fail(height.error());
  if (*width < 0 || *height < 0) return fail("height or width cannot be negative");
  const auto unit = unit_argument(call_[at + 2]);
  if (!unit) return fail(unit.error());
  question.unit = *unit;
  question.width = *width * *unit;
  question.height = *height * *unit;
  return true;
}

bool Reader::read_count(std::size_t at, Question& question) {
  const auto count = integer_argument(call_[at]);
  if (!count) return fail(count.error());
  if (*count <= 0) return fail("COUNT must be > 0");
  question.count = static_cast<std::size_t>(*count);
  return true;
}

// Moves `i` to the option's last word.
bool Reader::read_search_option(std::size_t& i, Question& question) {
  const std::size_t behind = call_.size() - i - 1;
  if (call_.is(i, "FROMMEMBER") && behind >= 1 && !question.has_center) {
    return read_member(++i, question);
  }
  if (call_.is(i, "FROMLONLAT") && behind >= 2 && !question.has_center) {
    i += 2;
    return read_center(i - 1, question);
  }
  if (call_.is(i, "BYRADIUS") && behind >= 2 && !question.width) {
    i += 2;
    return read_radius(i - 1, question);
  }
  if (call_.is(i, "BYBOX") && behind >= 3 && !question.radius) {
    i += 3;
    return read_box(i - 2, question);
  }
  if (call_.is(i, "STOREDIST") && form_.kind == Kind::kSearchStore) {
    question.stores_distance = true;
    return true;
  }
  call_.fail_syntax();
  return false;
}

bool Reader::read_option(std::size_t& i, Question& question) {
  const bool has_value = i + 1 < call_.size();
  if (call_.is(i, "WITHDIST")) {
    question.with_distance = true;
  } else if (call_.is(i, "WITHHASH")) {
    question.with_score = true;
  } else if (call_.is(i, "WITHCOORD")) {
    question.with_point = true;
  } else if (call_.is(i, "ANY")) {
    question.takes_any = true;
  } else if (call_.is(i, "ASC")) {
    question.order = Order::kNearest;
  } else if (call_.is(i, "DESC")) {
    question.order = Order::kFarthest;
  } else if (call_.is(i, "COUNT") && has_value) {
    return read_count(++i, question);
  } else if (form_.may_store && has_value && (call_.is(i, "STORE") || call_.is(i, "STOREDIST"))) {
    question.stores_distance = call_.is(i, "STOREDIST");
    question.store = call_.key(++i);
  } else if (is_search()) {
    return read_search_option(i, question);
  } else {
    call_.fail_syntax();
    return false;
  }
  return true;
}

bool Reader::check(const Question& question) {
  if (question.store && !question.is_plain()) {
    return fail(
        fmt::format("{} is not compatible with WITHDIST, WITHHASH and WITHCOORD options",
                    form_.kind == Kind::kSearchStore ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS"));
  }
  if (!question.has_center) {
    return fail(fmt::format("exactly one of FROMMEMBER or FROMLONLAT can be specified for {}", call_[0]));
  }
  if (!question.radius && !question.width) {
    return fail(fmt::format("exactly one of BYRADIUS and BYBOX can be specified for {}", call_[0]));
  }
  if (question.takes_any && question.count == 0) return fail("the ANY argument requires COUNT argument");
  return true;
}

bool Reader::read(Question& question) {
  const std::size_t key = form_.kind == Kind::kSearchStore ? 2 : 1;
  question.key = call_.key(key);
  if (form_.kind == Kind::kSearchStore) question.store = call_.key(1);
  const auto size = call_.group().sorted_sets().size(question.key);
  if (!size) return fail(size.error());
  question.exists = *size > 0;
  std::size_t i = key + 1;
  if (form_.kind == Kind::kRadius) {
    if (!read_center(2, question) || !read_radius(4, question)) return false;
    i = 6;
  } else if (form_.kind == Kind::kRadiusByMember) {
    if (!read_member(2, question) || !read_radius(3, question)) return false;
    i = 5;
  }
  for (; i < call_.size(); ++i) {
    if (!read_option(i, question)) return false;
  }
  return check(question);
}

// The distance of a place that is asked for.
std::optional<double> distance_in(const Question& question, const GeoPoint& point) {
  const GeoPoint& center = *question.center;
  if (question.width) {
    if (latitude_distance(point.latitude, center.latitude) > question.height / 2) return std::nullopt;
    const GeoPoint beside{center.longitude, point.latitude};
    if (geo_distance(point, beside) > *question.width / 2) return std::nullopt;
  }
  const double distance = geo_distance(center, point);
  if (question.radius && distance > *question.radius) return std::nullopt;
  return distance;
}

Result<std::vector<Place>> find_places(Call& call, const Question& question) {
  const double reach = question.radius ? *question.radius : (*question.width + question.height) / 2;
  const std::size_t enough = question.takes_any ? question.count : 0;
  std::vector<Place> places;
  for (const keyspace::ScoreRange& range : geo_ranges(*question.center, reach)) {
    STELE_TRY(const auto members, call.group().sorted_sets().range(question.key, range, {}));
    for (const ScoredRef& member : members) {
      const GeoPoint point = geo_point(member.score);
      const auto distance = distance_in(question, point);
      if (!distance) continue;
      places.push_back({std::string(member.member), member.score, point, *distance / question.unit});
      if (places.size() == enough) return places;
    }
  }
  return places;
}

void answer_places(Call& call, const Question& question, const std::vector<Place>& places) {
  call.reply().array(places.size());
  for (const Place& place : places) {
    if (!question.is_plain()) {
      call.reply().array(1U + (question.with_distance ? 1 : 0) + (question.with_score ? 1 : 0) +
                         (question.with_point ? 1 : 0));
    }
    call.reply().bulk(place.member);
    if (question.with_distance) call.reply().bulk(fmt::format("{:.4f}", place.distance));
    if (question.with_score) call.reply().integer(static_cast<std::int64_t>(place.score));
    if (question.with_point) answer_point(call, place.point);
  }
}

void store_places(Call& call, const GeoForm& form, const Question& question,
                  const std::vector<Place>& places) {
  std::vector<keyspace::Scored> members;
  members.reserve(places.size());
  for (const Place& place : places) {
    members.push_back({place.member, question.stores_distance ? place.distance : place.score});
  }
  const ChangeEvent event =
      form.kind == Kind::kSearchStore ? ChangeEvent::kGeoSearchStore : ChangeEvent::kGeoRadiusStore;
  STELE_REDIS_TRY(const std::size_t size, call,
                  call.group().sorted_sets().replace(*question.store, members, event));
  call.reply().integer(static_cast<std::int64_t>(size));
}

}  // namespace

void search_places(Call& call, const GeoForm& form) {
  Question question;
  if (!Reader(call, form).read(question)) return;
  std::vector<Place> places;
  if (question.exists) {
    STELE_REDIS_TRY(places, call, find_places(call, question));
  }
  Order order = question.order;
  if (question.count > 0 && order == Order::kNone && !question.takes_any) order = Order::kNearest;
  if (order == Order::kNearest) std::ranges::sort(places, {}, &Place::distance);
  if (order == Order::kFarthest) std::ranges::sort(places, std::ranges::greater{}, &Place::distance);
  if (question.count > 0 && question.count < places.size()) {
    places.erase(places.begin() + static_cast<std::ptrdiff_t>(question.count), places.end());
  }
  question.store ? store_places(call, form, question, places) : answer_places(call, question, places);
}

Result<GeoPoint> point_argument(std::string_view longitude, std::string_view latitude) {
  STELE_TRY(const double x, score_argument(longitude));
  STELE_TRY(const double y, score_argument(latitude));
  const GeoPoint point{x, y};
  if (!is_on_map(point)) {
    return make_error(ErrorCode::kInvalidArgument,
                      fmt::format("invalid longitude,latitude pair {:f},{:f}", x, y));
  }
  return point;
}

Result<double> unit_argument(std::string_view text) {
  struct Unit {
    std::string_view name;
    double meters;
  };
  for (const Unit& unit : {Unit{"M", 1}, Unit{"KM", 1000}, Unit{"FT", 0.3048}, Unit{"MI", 1609.34}}) {
    if (is_word(text, unit.name)) return unit.meters;
  }
  return make_error(ErrorCode::kInvalidArgument, "unsupported unit provided. please use M, KM, FT, MI");
}

void answer_point(Call& call, const GeoPoint& point) {
  call.reply().array(2);
  call.reply().number_text(keyspace::format_float(point.longitude));
  call.reply().number_text(keyspace::format_float(point.latitude));
}

}  // namespace stele::redis
