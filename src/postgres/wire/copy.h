#pragma once

#include <string>
#include <string_view>

namespace stele::postgres::wire {

// The messages of COPY that both sides send.
struct CopyData {
  std::string_view bytes;
};
struct CopyDone {};

void append(std::string& out, const CopyData& message);
void append(std::string& out, const CopyDone& message);

}  // namespace stele::postgres::wire
