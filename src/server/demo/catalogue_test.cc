#include "server/demo/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lz4frame.h>
#include <unistd.h>
#include <zlib.h>

#include <fstream>

#include "server/demo/copy_rows.h"
#include "server/demo/list_file.h"

namespace stele::server::demo {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::string_view kList = R"(Package: stele
Version: 1.0-1
Architecture: amd64
Maintainer: Ann Mason <ann@example.org>
Installed-Size: 12
Size: 3456
Depends: libc6 (>= 2.34) | libc, awk
Pre-Depends: dpkg
Suggests: nothing-known
Section: database
Priority: optional
Essential: yes
Homepage: https://example.org
Description: three scripts on one stone
Description-md5: m1
Tag: role::program, interface::daemon, role::program

Package: libc6
Version: 2.36-9
Architecture: amd64
Maintainer: Glibc Team
Section: libs
Description: C library
 In one list the long text
 .
 stands here.

Package: broken stanza without a version
this line has no colon

Version: 7
)";

class CatalogueTest : public testing::Test {
 protected:
  CatalogueTest() {
    std::string pattern = (fs::temp_directory_path() / "stele_lists_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~CatalogueTest() override { fs::remove_all(folder_); }

  void write(const std::string& name, std::string_view bytes) {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }
  Catalogue read() {
    auto catalogue = Catalogue::read(folder_);
    EXPECT_TRUE(catalogue.has_value()) << catalogue.error().to_string();
    return *std::move(catalogue);
  }
  static std::vector<std::string> rows_of(const Catalogue& catalogue, std::string_view table) {
    std::vector<std::string> rows;
    CopyRows copy(catalogue);
    while (const DemoTable* const each = copy.begin_table()) {
      std::string chunk;
      while (!(chunk = copy.next_chunk()).empty()) {
        if (each->name != table) continue;
        for (std::size_t at = 0; at < chunk.size();) {
          const std::size_t end = chunk.find('\n', at);
          rows.push_back(chunk.substr(at, end - at));
          at = end + 1;
        }
      }
    }
    return rows;
  }

  fs::path folder_;
};

std::string lz4(std::string_view text) {
  std::string packed(LZ4F_compressFrameBound(text.size(), nullptr), '\0');
  packed.resize(LZ4F_compressFrame(packed.data(), packed.size(), text.data(), text.size(), nullptr));
  return packed;
}

std::string gzip(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

TEST_F(CatalogueTest, WithoutListsItSaysHowToGetThem) {
  for (const fs::path& folder : {folder_, folder_ / "missing"}) {
    const auto catalogue = Catalogue::read(folder);
    ASSERT_FALSE(catalogue.has_value());
    EXPECT_EQ(catalogue.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(catalogue.error().message, HasSubstr("apt-get update"));
  }
}

TEST_F(CatalogueTest, ReadsEveryFormOfAList) {
  write("plain_main_binary-amd64_Packages", "Package: a\nVersion: 1\n");
  write("four_main_binary-amd64_Packages.lz4", lz4("Package: b\nVersion: 1\n"));
  write("gz_main_binary-amd64_Packages.gz", gzip("Package: c\nVersion: 1\n"));
  write("xz_main_binary-amd64_Packages.xz", "no matter");
  write("cut_main_binary-amd64_Packages.lz4", lz4(std::string(5000, 'x')).substr(0, 20));
  write("cut_main_binary-amd64_Packages.gz", gzip(std::string(5000, 'x')).substr(0, 20));
  write("junk_main_binary-amd64_Packages.lz4", "this is no lz4");
  write("deb_InRelease", "Package: never\nVersion: 1\n");
  write("x_PackagesIndex", "Package: never\nVersion: 1\n");
  const Catalogue catalogue = read();
  ASSERT_THAT(catalogue.packages(), SizeIs(3));
  EXPECT_EQ(catalogue.packages()[0].name, "a");
  EXPECT_EQ(catalogue.packages()[1].name, "b");
  EXPECT_EQ(catalogue.packages()[2].name, "c");
  EXPECT_THAT(catalogue.report().skipped_files, SizeIs(4));
}

TEST_F(CatalogueTest, AListHasALimit) {
  write("big", gzip(std::string(100000, 'x')));
  fs::rename(folder_ / "big", folder_ / "big.gz");
  EXPECT_EQ(read_list(folder_ / "big.gz", 50000).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(read_list(folder_ / "big.gz", 100000)->size(), 100000u);
  EXPECT_EQ(read_list(folder_ / "none").error().code, ErrorCode::kIo);
}

TEST_F(CatalogueTest, NormalisesAStanza) {
  write("x_Packages", kList);
  const Catalogue catalogue = read();
  EXPECT_THAT(catalogue.sections(), ElementsAre("database", "libs"));
  EXPECT_THAT(catalogue.tags(), ElementsAre("interface::daemon", "role::program"));
  ASSERT_THAT(catalogue.packages(), SizeIs(2));
  const Package& stele = catalogue.packages()[1];
  EXPECT_EQ(catalogue.package_id("stele"), 2u);
  EXPECT_EQ(catalogue.package_id("libc"), 0u);
  EXPECT_EQ(stele.installed_size_kb, 12);
  EXPECT_EQ(stele.size_bytes, 3456);
  EXPECT_TRUE(stele.essential);
  EXPECT_EQ(catalogue.section(stele.section_id), "database");
  EXPECT_EQ(catalogue.report().stanzas, 4u);
  EXPECT_EQ(catalogue.report().broken_stanzas, 2u);
  EXPECT_EQ(catalogue.report().broken_lines, 1u);
}

TEST_F(CatalogueTest, RowsAreCopyText) {
  write("x_Packages", kList);
  const Catalogue catalogue = read();
  EXPECT_THAT(rows_of(catalogue, "section"), ElementsAre("1\tdatabase", "2\tlibs"));
  EXPECT_THAT(rows_of(catalogue, "maintainer"),
              ElementsAre("1\tAnn Mason\tann@example.org", "2\tGlibc Team\t\\N"));
  EXPECT_THAT(rows_of(catalogue, "tag"),
              ElementsAre("1\tinterface::daemon\tinterface", "2\trole::program\trole"));
  EXPECT_THAT(rows_of(catalogue, "package_tag"), ElementsAre("2\t1", "2\t2"));
  EXPECT_THAT(rows_of(catalogue, "dependency"),
              ElementsAre("2\tpre-depends\t1\t1\tdpkg\t\\N\t\\N\t\\N", "2\tdepends\t1\t1\tlibc6\t>=\t2.34\t1",
                          "2\tdepends\t1\t2\tlibc\t\\N\t\\N\t\\N", "2\tdepends\t2\t1\tawk\t\\N\t\\N\t\\N",
                          "2\tsuggests\t1\t1\tnothing-known\t\\N\t\\N\t\\N"));
  const std::vector<std::string> packages = rows_of(catalogue, "package");
  ASSERT_THAT(packages, SizeIs(2));
  EXPECT_THAT(packages[0], HasSubstr("\tC library\tIn one list the long text\\n\\nstands here.\t{}\t0\t{"));
  EXPECT_THAT(
      packages[1],
      HasSubstr("\tdatabase\t1\tAnn Mason <ann@example.org>\t1\toptional\tt\t12\t3456\thttps://example.org\t"
                "stele\tthree scripts on one stone\tthree scripts on one stone\t"
                "{\"interface::daemon\",\"role::program\"}\t3\t{"));
}

TEST_F(CatalogueTest, KeepsTheNewestOfSeveral) {
  write("a_Packages",
        "Package: p\nVersion: 1.9-1\nArchitecture: amd64\n\nPackage: q\nVersion: 1\nArchitecture: i386\n");
  write("b_Packages",
        "Package: p\nVersion: 1.10-1\nArchitecture: amd64\n\nPackage: q\nVersion: 1\nArchitecture: amd64\n");
  write("c_Packages", "Package: p\nVersion: 1.2-1\nArchitecture: amd64\n");
  const Catalogue catalogue = read();
  ASSERT_THAT(catalogue.packages(), SizeIs(2));
  EXPECT_EQ(catalogue.packages()[0].version, "1.10-1");
  EXPECT_EQ(catalogue.packages()[1].architecture, "amd64");
  EXPECT_EQ(catalogue.report().duplicates, 3u);
}

TEST_F(CatalogueTest, TranslationsCompleteAndTranslate) {
  write("x_Packages", kList);
  write("x_i18n_Translation-en",
        "Package: stele\nDescription-md5: m1\nDescription-en: short\n The long\n text.\n");
  write("x_i18n_Translation-de.gz",
        gzip("Package: stele\nDescription-md5: m1\nDescription-de: drei Schriften\n auf einem Stein\n\n"
             "Package: stele\nDescription-md5: of another version\nDescription-de: nicht\n\n"
             "Package: unknown\nDescription-md5: m9\nDescription-de: nichts\n"));
  const Catalogue catalogue = read();
  EXPECT_EQ(catalogue.packages()[1].summary, "three scripts on one stone");
  EXPECT_THAT(rows_of(catalogue, "package")[1], HasSubstr("\tThe long\\ntext.\t"));
  EXPECT_THAT(rows_of(catalogue, "translation"), ElementsAre("2\tde\tdrei Schriften\tauf einem Stein"));
}

TEST_F(CatalogueTest, ChunksAreBoundedAndProgressReachesItsEnd) {
  std::string list;
  for (int i = 0; i < 2000; ++i) {
    list +=
        "Package: p" + std::to_string(i) + "\nVersion: 1\nDescription: number " + std::to_string(i) + "\n\n";
  }
  write("x_Packages", list);
  const Catalogue catalogue = read();
  CopyProgress last;
  CopyRows copy(catalogue, 4096, [&](const CopyProgress& progress) {
    EXPECT_GE(progress.steps_done, last.steps_done);
    last = progress;
  });
  std::size_t chunks = 0;
  while (copy.begin_table()) {
    std::string chunk;
    while (!(chunk = copy.next_chunk()).empty()) {
      EXPECT_LE(chunk.size(), 4096u + 1024u);
      EXPECT_EQ(chunk.back(), '\n');
      ++chunks;
    }
  }
  EXPECT_GT(chunks, 10u);
  EXPECT_EQ(copy.rows(), 2000u);
  EXPECT_EQ(last.steps_done, last.steps_total);
  EXPECT_TRUE(copy.next_chunk().empty());
}

// What this machine's own lists hold is not ours to say, but whatever they hold must be readable. Without
// lists the error is what is tested.
TEST(MachineCatalogueTest, ReadsThisMachinesLists) {
  const auto catalogue = Catalogue::read("/var/lib/apt/lists");
  if (!catalogue.has_value()) {
    std::printf("this machine has no package lists: only the error was tested\n");
    EXPECT_EQ(catalogue.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(catalogue.error().message, HasSubstr("apt-get update"));
    return;
  }
  const Catalogue::Report& report = catalogue->report();
  EXPECT_EQ(report.broken_stanzas, 0u);
  EXPECT_EQ(report.broken_lines, 0u);
  EXPECT_EQ(report.stanzas, catalogue->packages().size() + report.duplicates);
  std::size_t resolved = 0;
  std::size_t unresolved = 0;
  CopyRows copy(*catalogue);
  std::size_t package_rows = 0;
  while (const DemoTable* const table = copy.begin_table()) {
    std::string chunk;
    while (!(chunk = copy.next_chunk()).empty()) {
      const auto lines = static_cast<std::size_t>(std::count(chunk.begin(), chunk.end(), '\n'));
      if (table->name == "package") package_rows += lines;
      if (table->name != "dependency") continue;
      for (std::size_t at = 0; (at = chunk.find('\n', at)) != std::string::npos; ++at) {
        (chunk.compare(at - 2, 2, "\\N") == 0 ? unresolved : resolved)++;
      }
    }
  }
  EXPECT_EQ(package_rows, catalogue->packages().size());
  EXPECT_GT(resolved, unresolved);
}

}  // namespace
}  // namespace stele::server::demo
