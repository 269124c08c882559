// SORT and SORT_RO.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "keyspace/errors.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::KeyRef;
using keyspace::ValueType;

struct Question {
  std::optional<std::string_view> by;
  std::vector<std::string_view> gets;
  std::optional<KeyRef> store;
  std::int64_t offset = 0;
  std::int64_t count = -1;
  bool is_descending = false;
  bool by_letters = false;

  // BY a name without a star: as they come.
  bool is_unsorted() const { return by && !by->contains('*'); }
};

struct Element {
  std::string bytes;
  std::optional<std::string> weight;  // what BY says
  double number = 0;
};

bool read_limit(Call& call, std::size_t at, Question& question) {
  const auto offset = integer_argument(call[at]);
  const auto count = integer_argument(call[at + 1]);
  if (!offset || !count) {
    call.fail(offset ? count.error() : offset.error());
    return false;
  }
  question.offset = *offset;
  question.count = *count;
  return true;
}

// BY and GET may name any key, so who asks must be allowed to read all; else it is answered.
bool may_look_up(Call& call, std::string_view option) {
  const User* const user = call.client().user.get();
  if (user == nullptr || user->is_unrestricted() ||
      user->rules()->may_read_all(call.command(), call.arguments())) {
    return true;
  }
  call.fail(fmt::format("{} option of SORT denied due to insufficient ACL permissions.", option));
  return false;
}

bool read_question(Call& call, bool may_store, Question& question) {
  for (std::size_t i = 2; i < call.size(); ++i) {
    const std::size_t behind = call.size() - i - 1;
    if (call.is(i, "ASC") || call.is(i, "DESC")) {
      question.is_descending = call.is(i, "DESC");
    } else if (call.is(i, "ALPHA")) {
      question.by_letters = true;
    } else if (call.is(i, "LIMIT") && behind >= 2) {
      if (!read_limit(call, i + 1, question)) return false;
      i += 2;
    } else if (may_store && call.is(i, "STORE") && behind >= 1) {
      question.store = call.key(++i);
    } else if (call.is(i, "BY") && behind >= 1) {
      question.by = call[++i];
      if (question.by->find('*') != std::string_view::npos && !may_look_up(call, "BY")) return false;
    } else if (call.is(i, "GET") && behind >= 1) {
      question.gets.push_back(call[++i]);
      if (!may_look_up(call, "GET")) return false;
    } else {
      call.fail_syntax();
      return false;
    }
  }
  return true;
}

Result<std::vector<Element>> read_elements(Call& call, const Question& question) {
  const KeyRef key = call.key(1);
  auto& group = call.group();
  STELE_TRY(const ValueType type, group.keys().type(key));
  std::vector<Element> elements;
  const auto add = [&](std::string_view bytes) { elements.push_back({std::string(bytes), {}, 0}); };
  if (type == ValueType::kList) {
    STELE_TRY(const auto values, group.lists().range(key, 0, -1));
    for (const std::string_view value : values) add(value);
  } else if (type == ValueType::kSet) {
    STELE_TRY(const auto members, group.sets().members(key));
    for (const std::string_view member : members) add(member);
  } else if (type == ValueType::kSortedSet) {
    const keyspace::RangeOrder order{.is_reversed = question.is_unsorted() && question.is_descending};
    STELE_TRY(const auto members, group.sorted_sets().range(key, keyspace::RankRange{}, order));
    for (const auto& member : members) add(member.member);
  } else if (type != ValueType::kNone) {
    return keyspace::wrong_type();
  }
  return elements;
}

// The value of the key that the pattern makes of an element: "weight_*", "data_*->field", "#".
std::optional<std::string> look_up(Call& call, std::string_view pattern, const std::string& element) {
  if (pattern == "#") return element;
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return std::nullopt;
  std::string_view field;
  const std::size_t arrow = pattern.find("->", star + 1);
  if (arrow != std::string_view::npos && arrow + 2 < pattern.size()) {
    field = pattern.substr(arrow + 2);
    pattern = pattern.substr(0, arrow);
  }
  std::string name(pattern.substr(0, star));
  name += element;
  name += pattern.substr(star + 1);
  const KeyRef key{call.client().db, name};
  const auto value = field.empty() ? call.group().strings().get(key) : call.group().hashes().get(key, field);
  if (!value || !*value) return std::nullopt;
  return std::string(**value);
}

bool read_number(const std::string& text, double& number) {
  errno = 0;
  char* end = nullptr;
  number = std::strtod(text.c_str(), &end);
  return end == text.c_str() + text.size() && errno != ERANGE && !std::isnan(number);
}

// False where a number is none.
bool weigh(Call& call, const Question& question, std::vector<Element>& elements) {
  for (Element& element : elements) {
    element.weight = question.by ? look_up(call, *question.by, element.bytes) : element.bytes;
    if (question.by_letters || !element.weight) continue;
    if (!read_number(*element.weight, element.number)) return false;
  }
  return true;
}

void sort_elements(const Question& question, std::vector<Element>& elements) {
  const auto is_before = [&](const Element& a, const Element& b) {
    if (question.by_letters) {
      if (a.weight != b.weight) return a.weight < b.weight;  // without one comes first
      return question.by && a.bytes < b.bytes;
    }
    if (a.number != b.number) return a.number < b.number;
    return a.bytes < b.bytes;
  };
  if (question.is_descending) {
    std::ranges::sort(elements, [&](const Element& a, const Element& b) { return is_before(b, a); });
  } else {
    std::ranges::sort(elements, is_before);
  }
}

void cut(const Question& question, std::vector<Element>& elements) {
  const std::size_t size = elements.size();
  const std::size_t first =
      std::min(static_cast<std::size_t>(std::max<std::int64_t>(question.offset, 0)), size);
  const std::size_t count =
      question.count < 0 ? size - first : std::min(static_cast<std::size_t>(question.count), size - first);
  elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(first + count), elements.end());
  elements.erase(elements.begin(), elements.begin() + static_cast<std::ptrdiff_t>(first));
}

void store(Call& call, const Question& question, const std::vector<std::optional<std::string>>& values) {
  const auto removed = call.group().keys().remove(*question.store);
  if (!removed) return call.fail(removed.error());
  std::vector<std::string_view> kept;
  for (const auto& value : values) kept.push_back(value ? std::string_view(*value) : "");
  if (!kept.empty()) {
    const auto pushed = call.group().lists().push(*question.store, keyspace::ListEnd::kRight, kept);
    if (!pushed) return call.fail(pushed.error());
  }
  call.reply().integer(static_cast<std::int64_t>(kept.size()));
}

void answer(Call& call, bool may_store) {
  Question question;
  if (!read_question(call, may_store, question)) return;
  STELE_REDIS_TRY(std::vector<Element> elements, call, read_elements(call, question));
  STELE_REDIS_TRY(const ValueType type, call, call.group().keys().type(call.key(1)));
  bool is_sorted = !question.is_unsorted();
  const bool is_script = call.client().stream_or_null == nullptr;
  if (!is_sorted && type == ValueType::kSet && (question.store || is_script)) {
    // What is kept, or a script sees, is the same each time.
    is_sorted = question.by_letters = true;
    question.by.reset();
  }
  if (is_sorted) {
    if (!weigh(call, question, elements))
      return call.fail("One or more scores can't be converted into double");
    sort_elements(question, elements);
  }
  cut(question, elements);
  std::vector<std::optional<std::string>> values;
  for (const Element& element : elements) {
    if (question.gets.empty()) values.emplace_back(element.bytes);
    for (const std::string_view get : question.gets) values.push_back(look_up(call, get, element.bytes));
  }
  if (question.store) return store(call, question, values);
  call.reply().array(values.size());
  for (const auto& value : values) value ? call.reply().bulk(*value) : call.reply().null();
}

void sort(Call& call) {
  answer(call, true);
}

void sort_ro(Call& call) {
  answer(call, false);
}

constexpr std::string_view kCost =
    "O(N+M*log(M)) where N is the number of elements and M of those that are answered";

// BY and GET may name any key.
constexpr std::array kCommands = {
    Command{"sort",
            -2,
            flag::kWrite | flag::kDenyOom,
            {1, 1, 1, "RW access update", 0, true},
            Reach::kWhole,
            sort,
            "generic",
            "1.0.0",
            kCost,
            "Answers or keeps the elements of a list or set in order"},
    Command{"sort_ro",
            -2,
            flag::kReadOnly,
            {1, 1, 1, "RO access"},
            Reach::kWhole,
            sort_ro,
            "generic",
            "7.0.0",
            kCost,
            "Answers the elements of a list or set in order"},
};

}  // namespace

std::span<const Command> sort_commands() {
  return kCommands;
}

}  // namespace stele::redis
