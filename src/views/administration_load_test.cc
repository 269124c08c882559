#include <gtest/gtest.h>

#include "net/gate.h"
#include "views/test_views.h"

namespace stele::views {
namespace {

// Each change says on which session it was made.
constexpr std::string_view kWitness = R"sql(
CREATE TABLE sessions (pid int);
CREATE FUNCTION note_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.sessions VALUES (pg_backend_pid());
  RETURN NEW;
END $$;
CREATE TRIGGER note AFTER INSERT ON stele.object FOR EACH ROW EXECUTE FUNCTION note_session();
)sql";
constexpr int kCallers = 30;

net::Task<void> put_one(Views* views, int number, int* done, [[maybe_unused]] net::Gate::Holder inside) {
  std::vector<CatalogObject> objects;
  objects.push_back({"alias", "a" + std::to_string(number), "{}"});
  const TimePoint deadline = net::Reactor::current()->now() + std::chrono::seconds(30);
  auto put = co_await views->administration().put_objects({}, std::move(objects), deadline);
  EXPECT_TRUE(put.has_value()) << put.error().to_string();
  if (put) ++*done;
}

net::Task<void> put_many(Views* views, int* done) {
  net::Gate callers;
  for (int i = 0; i < kCallers; ++i) net::spawn(put_one(views, i, done, callers.hold()));
  co_await callers.close();
}

TEST_F(ViewsTest, ManyWhoChangeTheCatalogShareFewSessions) {
  start();
  sql()(std::string(kWitness));
  int done = 0;
  sql().run(put_many(views_.get(), &done));
  EXPECT_EQ(done, kCallers);
  EXPECT_EQ(sql()("SELECT count(*) FROM sessions"), std::to_string(kCallers));
  EXPECT_LE(std::stoi(sql()("SELECT count(DISTINCT pid) FROM sessions")), 4);
  EXPECT_EQ(views_->catalog().current()->objects("alias").size(), static_cast<std::size_t>(kCallers));
}

}  // namespace
}  // namespace stele::views
