// What the programs of this bench have in common: a folder of float32 vectors, queries and bit sets, and
// orders on standard input, one a line:
//   build LINKS EFFORT INDEX-FILE     → seconds of processor time (of the build that made the file), bytes a
//   vector search EFFORT FILTER WAY OUT-FILE → seconds of processor time for all queries, one after the
//   other; FILTER a file of bits or "-"
// Ten 32-bit rows a query go to OUT-FILE, -1 where there are fewer.
#pragma once

#include <cstdint>
#include <ctime>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace peer {

constexpr std::size_t kCount = 10;

template <class T>
std::vector<T> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<T> values(static_cast<std::size_t>(file.tellg()) / sizeof(T));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
  return values;
}

inline double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Data {
  explicit Data(const std::string& folder, std::size_t dimension_given)
      : dimension(dimension_given),
        base(read_file<float>(folder + "/base.f32")),
        queries(read_file<float>(folder + "/queries.f32")) {}
  std::size_t rows() const { return base.size() / dimension; }
  std::size_t dimension;
  std::vector<float> base;
  std::vector<float> queries;
};

// Index has use(filter) for what is done once a filter, build(links, effort, file) → bytes a vector,
// load(file) → the same, and search(query, effort, filter, way, ten rows to fill).
template <class Index>
int serve(int argc, char** argv) {
  if (argc != 3) return 2;
  const Data data(argv[1], static_cast<std::size_t>(std::stoul(argv[2])));
  Index index(data);
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream order(line);
    std::string what, file, filter_file, way;
    std::size_t links = 0;
    std::size_t effort = 0;
    order >> what;
    if (what == "build") {
      order >> links >> effort >> file;
      double seconds = 0;
      double bytes = 0;
      if (std::ifstream known(file + ".built"); known >> seconds >> bytes) {
        index.load(file);
      } else {
        const double start = cpu_seconds();
        bytes = index.build(links, effort, file);
        seconds = cpu_seconds() - start;
        std::ofstream(file + ".built") << seconds << ' ' << bytes;
      }
      std::cout << seconds << ' ' << bytes << std::endl;
      continue;
    }
    order >> effort >> filter_file >> way >> file;
    std::vector<std::uint64_t> filter;
    if (filter_file != "-") filter = read_file<std::uint64_t>(filter_file);
    const std::size_t queries = data.queries.size() / data.dimension;
    std::vector<std::int32_t> found(queries * kCount, -1);
    index.use(filter);
    const double start = cpu_seconds();
    for (std::size_t i = 0; i < queries; ++i)
      index.search(&data.queries[i * data.dimension], effort, filter, way, &found[i * kCount]);
    const double took = cpu_seconds() - start;
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(found.data()), static_cast<std::streamsize>(found.size() * 4));
    std::cout << took << std::endl;
  }
  return 0;
}

}  // namespace peer
