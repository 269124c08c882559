#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/clock.h"

namespace stele::postgres {

// What is left of a server whose postmaster was killed? Its backends end when they notice, which one that
// computes does not for as long as it likes, and PostgreSQL does not start while one of them lives. They are
// told by their name and by their current directory, which is `data`. Blocking; reads /proc once a round.
std::vector<pid_t> orphans(const std::string& data);
// Ends them. False when some still live after about `patience`.
bool end_orphans(const std::string& data, Duration patience);

// Whether a process has this number, also one that is dead and not yet taken notice of.
bool is_number_taken(pid_t pid);

}  // namespace stele::postgres
