#include "postgres/login.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <thread>

#include "crypto/certificate.h"
#include "postgres/server/cluster.h"
#include "postgres/shared_test_server.h"
#include "postgres/wire/sqlstate.h"

namespace stele::postgres {
namespace {

namespace fs = std::filesystem;

int free_port() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  STELE_CHECK(bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0);
  STELE_CHECK(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  close(fd);
  return ntohs(address.sin_port);
}

// A server on loopback with TLS, whose roles are let in each in another way.
class LoopbackServer {
 public:
  LoopbackServer() {
    auto run_as = RunAs::unprivileged();
    auto binaries = ServerBinaries::find();
    auto opened = Cluster::open(directory_ / "postgres", *run_as);
    STELE_CHECK(opened.has_value());
    cluster_.emplace(*std::move(opened));
    STELE_CHECK(cluster_->prepare(*binaries).has_value());
    STELE_CHECK(cluster_->write_settings({}).has_value());
    port_ = free_port();
    write_hba();
    make_certificate();
    ChildOptions postmaster = cluster_->postmaster(*binaries);
    for (const std::string& setting :
         {std::string("listen_addresses=127.0.0.1"), fmt::format("port={}", port_), std::string("ssl=on"),
          "ssl_cert_file=" + certificate_, "ssl_key_file=" + key_, "hba_file=" + (directory_ / "hba.conf")}) {
      postmaster.arguments.insert(postmaster.arguments.end(), {"-c", setting});
    }
    postmaster.parent_death_signal = SIGQUIT;
    auto pid = start_child(postmaster);
    STELE_CHECK(pid.has_value());
    pid_ = *pid;
    while (!cluster_->is_ready(pid_)) {
      STELE_CHECK(waitpid(pid_, nullptr, WNOHANG) == 0);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  ~LoopbackServer() {
    kill(pid_, SIGQUIT);
    waitpid(pid_, nullptr, 0);
  }
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  Result<ConnectOptions> options(std::string_view user, std::string_view more) const {
    return ConnectOptions::parse(fmt::format("postgres://{}@localhost:{}/postgres?{}", user, port_, more),
                                 [](std::string_view) { return std::optional<std::string>(); });
  }
  ConnectOptions superuser() const {
    ConnectOptions options;
    options.addresses = {{fmt::format("{}/.s.PGSQL.{}", cluster_->socket_directory(), port_), 0}};
    options.user = options.database = "postgres";
    return options;
  }
  const std::string& certificate() const { return certificate_; }
  int port() const { return port_; }

 private:
  void write_hba() const {
    std::ofstream(directory_ / "hba.conf") << "local all all trust\n"
                                              "host all scram 127.0.0.1/32 scram-sha-256\n"
                                              "host all md5 127.0.0.1/32 md5\n"
                                              "host all clear 127.0.0.1/32 password\n"
                                              "hostssl all tls 127.0.0.1/32 scram-sha-256\n"
                                              "hostnossl all plain 127.0.0.1/32 trust\n";
  }
  void make_certificate() {
    crypto::CertificateRequest request;
    request.dns_names = {"localhost"};
    auto files = crypto::self_signed_certificate(request);
    STELE_CHECK_MESSAGE(files.has_value(), files ? std::string() : files.error().to_string());
    certificate_ = directory_ / "server.crt";
    key_ = directory_ / "server.key";
    std::ofstream(certificate_) << files->certificate_pem;
    std::ofstream(key_) << files->key_pem;
    const RunAs& user = cluster_->run_as();
    if (!user.is_self()) STELE_CHECK(chown(key_.c_str(), user.uid, user.gid) == 0);
    fs::permissions(key_, fs::perms(0600));
    fs::permissions(certificate_, fs::perms(0644));
  }

  TestDirectory directory_;
  std::optional<Cluster> cluster_;
  int port_ = 0;
  pid_t pid_ = 0;
  std::string certificate_, key_;
};

class LoginTest : public PostgresTest {
 protected:
  static void SetUpTestSuite() { server_ = new LoopbackServer; }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

  static net::Task<void> make_roles() {
    auto connection = co_await Connection::connect(server_->superuser(), in_seconds(10));
    CO_ASSERT(connection.has_value());
    auto made =
        co_await (*connection)
            ->query(
                "drop role if exists scram, md5, clear, tls, plain;"
                "set password_encryption = 'md5'; create role md5 login password 'secret';"
                "set password_encryption = 'scram-sha-256'; create role scram login password 'secret';"
                "create role clear login password 'secret'; create role tls login password 'secret'; create "
                "role plain login",
                in_seconds(10));
    EXPECT_TRUE(made.has_value());
  }
  // "ok ssl" or "ok plain", or the error's code and SQLSTATE.
  static net::Task<std::string> attempt(std::string user, std::string more) {
    auto options = server_->options(user, more);
    if (!options) co_return options.error().to_string();
    auto connection = co_await Connection::connect(*options, in_seconds(20));
    if (!connection) {
      co_return fmt::format("{} {}", to_string(connection.error().code),
                            connection.error().detail("sqlstate"));
    }
    auto rows = co_await (*connection)
                    ->query(
                        "select case when ssl then 'ok ssl' else 'ok plain' end from pg_stat_ssl "
                        "where pid = pg_backend_pid()",
                        in_seconds(10));
    co_return rows ? std::string(*rows->front().value()) : rows.error().to_string();
  }

  static inline LoopbackServer* server_ = nullptr;
};

TEST_F(LoginTest, AuthenticatesByPassword) {
  static constexpr auto test = []() -> net::Task<void> {
    co_await make_roles();
    for (const char* user : {"scram", "md5", "clear"}) {
      for (const char* mode : {"sslmode=disable", "sslmode=require"}) {
        const std::string expected = mode == std::string("sslmode=disable") ? "ok plain" : "ok ssl";
        const std::string with = std::string("password=secret&") + mode;
        EXPECT_EQ(co_await attempt(user, with), expected) << user << mode;
        const std::string wrong = std::string("password=wrong&") + mode;
        EXPECT_EQ(co_await attempt(user, wrong), "database error 28P01") << user << mode;
        EXPECT_EQ(co_await attempt(user, mode), "unauthenticated ") << user << mode;
      }
    }
  };
  run(test());
}

TEST_F(LoginTest, SpeaksTlsAsTheModeSays) {
  static constexpr auto test = []() -> net::Task<void> {
    co_await make_roles();
    const std::string root = "&sslrootcert=" + server_->certificate();
    EXPECT_EQ(co_await attempt("tls", "password=secret&sslmode=disable"), "database error 28000");
    EXPECT_EQ(co_await attempt("tls", "password=secret&sslmode=allow"), "ok ssl");
    EXPECT_EQ(co_await attempt("tls", "password=secret&sslmode=prefer"), "ok ssl");
    EXPECT_EQ(co_await attempt("tls", "password=secret&sslmode=require"), "ok ssl");
    EXPECT_EQ(co_await attempt("tls", "password=secret&sslmode=verify-ca" + root), "ok ssl");
    EXPECT_EQ(co_await attempt("tls", "password=secret&sslmode=verify-full" + root), "ok ssl");
    // Not known to the system's authorities.
    EXPECT_EQ(co_await attempt("tls", "password=secret&sslmode=verify-ca"), "unauthenticated ");
    EXPECT_EQ(co_await attempt("plain", "sslmode=prefer"),
              "ok plain");  // pg_hba refuses it TLS: tried without
    EXPECT_EQ(co_await attempt("plain", "sslmode=require"), "database error 28000");
    // Another name than the certificate's.
    auto other = server_->options("tls", "password=secret&sslmode=verify-full" + root);
    CO_ASSERT(other.has_value());
    other->addresses[0].host = "127.0.0.1";
    auto refused = co_await Connection::connect(*other, in_seconds(10));
    CO_ASSERT(!refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::kUnauthenticated);
  };
  run(test());
}

TEST_F(LoginTest, CancelsOverTls) {
  static constexpr auto test = []() -> net::Task<void> {
    co_await make_roles();
    auto options = server_->options("tls", "password=secret&sslmode=require");
    auto connection = co_await Connection::connect(*options, in_seconds(10));
    CO_ASSERT(connection.has_value());
    const TimePoint soon = net::Reactor::current()->now() + std::chrono::milliseconds(50);
    auto slept = co_await (*connection)->query("select pg_sleep(60)", soon);
    EXPECT_EQ(slept.error().code, ErrorCode::kDeadlineExceeded);
    EXPECT_FALSE((*connection)->is_broken());
  };
  run(test());
}

TEST_F(LoginTest, TriesTheNextAddressWhenNobodyAnswers) {
  static constexpr auto test = []() -> net::Task<void> {
    co_await make_roles();
    auto options = server_->options("scram", "password=secret&sslmode=disable");
    CO_ASSERT(options.has_value());
    options->addresses.insert(options->addresses.begin(), {{"/tmp/no-such-socket", 0}, {"127.0.0.1", 1}});
    auto connection = co_await Connection::connect(*options, in_seconds(10));
    EXPECT_TRUE(connection.has_value());
    options->addresses.pop_back();
    auto nobody = co_await Connection::connect(*options, in_seconds(10));
    CO_ASSERT(!nobody.has_value());
    EXPECT_EQ(nobody.error().code, ErrorCode::kUnavailable);
  };
  run(test());
}

TEST_F(LoginTest, GivesUpOnASilentServer) {
  static constexpr auto test = []() -> net::Task<void> {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    STELE_CHECK(bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(fd, 5) == 0);
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    ConnectOptions options;
    options.addresses = {{"127.0.0.1", ntohs(address.sin_port)}};
    options.user = options.database = "x";
    const TimePoint soon = net::Reactor::current()->now() + std::chrono::milliseconds(50);
    auto silent = co_await Connection::connect(options, soon);
    CO_ASSERT(!silent.has_value());
    EXPECT_EQ(silent.error().code, ErrorCode::kDeadlineExceeded);
    close(fd);
  };
  run(test());
}

}  // namespace
}  // namespace stele::postgres
