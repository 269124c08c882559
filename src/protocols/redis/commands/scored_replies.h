#pragma once

#include <string_view>

#include "keyspace/numbers.h"
#include "protocols/redis/commands/call.h"

namespace stele::redis {

inline void answer_score(Call& call, double score) {
  call.reply().number(score);
}

// Members with or without their scores: in RESP2 one after the other, in RESP3 in pairs.
template <class Members>
void answer_scored(Call& call, const Members& members, bool with_scores) {
  const bool in_pairs = with_scores && call.reply().protocol() >= 3;
  call.reply().array(with_scores && !in_pairs ? members.size() * 2 : members.size());
  for (const auto& each : members) {
    if (in_pairs) call.reply().array(2);
    call.reply().bulk(each.member);
    if (with_scores) answer_score(call, each.score);
  }
}

inline Result<double> score_argument(std::string_view text) {
  const auto score = keyspace::parse_score(text);
  if (!score) return float_argument("");  // its error
  return *score;
}

}  // namespace stele::redis
