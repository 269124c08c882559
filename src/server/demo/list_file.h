#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stele::server::demo {

// How apt keeps a list: as it is, or compressed (Acquire::GzipIndexes).
enum class Compression { kNone, kLz4, kGzip, kUnknown };

// By the end of the file's name; kUnknown for .xz, .bz2 and .zst, which nothing here reads.
Compression compression_of(std::string_view file_name);

// The whole text of a list. kIo, kCorruption for a broken or cut file, kTooLarge beyond `max_bytes`.
Result<std::string> read_list(const std::filesystem::path& path, std::size_t max_bytes = 1ull << 30);

}  // namespace stele::server::demo
