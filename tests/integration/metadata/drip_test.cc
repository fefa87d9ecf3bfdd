// The metadata collector behind a network that lets one byte a second through, which a real one
// cannot be asked for: a proxy before a real PostgreSQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/un.h>

#include <array>
#include <atomic>
#include <future>

#include "tests/integration/broker/fake_server.h"
#include "tests/integration/metadata/metadata_fixture.h"

namespace airflow_host {
namespace {

using ::testing::HasSubstr;

/// Passes on what a client and a PostgreSQL on a unix socket say; while it drips, the client gets
/// one byte a second. Serves one connection at a time.
class DrippingProxy {
 public:
  explicit DrippingProxy(std::filesystem::path socket)
      : socket_(std::move(socket)),
        server_([this](int client, const FakeServer& server) { Serve(client, server); }) {}

  std::string port() const {
    const std::string url = server_.Url();
    return url.substr(url.rfind(':') + 1);
  }
  int accepted() const { return server_.accepted(); }
  void Drip(bool drips) { drips_ = drips; }

 private:
  void Serve(int client, const FakeServer& server) {
    const UniqueDescriptor database(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    socket_.string().copy(name.sun_path, sizeof(name.sun_path) - 1);
    if (::connect(database.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name)) != 0) return;
    std::array<pollfd, 2> watched{{{client, POLLIN, 0}, {database.get(), POLLIN, 0}}};
    while (!server.stopping()) {
      if (::poll(watched.data(), watched.size(), 20) <= 0) continue;
      if (watched[0].revents != 0 && !Pass(client, database.get(), false, server)) return;
      if (watched[1].revents != 0 && !Pass(database.get(), client, drips_, server)) return;
    }
  }

  /// Passes on what is there; false when one of the two has gone.
  bool Pass(int from, int to, bool drips, const FakeServer& server) const {
    std::array<char, 65536> bytes{};
    const auto got = ::recv(from, bytes.data(), drips ? 1 : bytes.size(), 0);
    if (got <= 0) return false;
    if (::send(to, bytes.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) != got) return false;
    for (int wait = 0; drips && drips_ && !server.stopping() && wait < 50; ++wait) {
      pollfd gone{to, POLLIN, 0};
      if (::poll(&gone, 1, 20) > 0) break;  // The client closes, for it asks nothing meanwhile.
    }
    return true;
  }

  const std::filesystem::path socket_;
  std::atomic<bool> drips_ = false;
  FakeServer server_;
};

class MetadataDripTest : public MetadataFixture {
 protected:
  std::string UrlBy(const DrippingProxy& proxy) const {
    return std::string("postgresql://") + kRole + ":" + kPasswordInUrl +
           "@127.0.0.1:" + proxy.port() + "/" + database_;
  }
};

TEST_F(MetadataDripTest, AnAnswerByteByByteCostsNoSecondConnection) {
  MakeAirflow("3.1");
  DrippingProxy proxy(server_->directory() / ".s.PGSQL.5432");
  const auto collector = MakeCollector(UrlBy(proxy));
  See(*collector);
  proxy.Drip(true);
  auto slow = std::async(std::launch::async, [&] { return Observe(*collector); });
  EXPECT_EQ(slow.wait_for(std::chrono::seconds(5)), std::future_status::timeout);
  EXPECT_EQ(proxy.accepted(), 1);
  proxy.Drip(false);
  const auto late = slow.get();
  ASSERT_TRUE(late) << late.error().message;

  proxy.Drip(true);
  auto broken_off = std::async(std::launch::async, [&] { return Observe(*collector); });
  EXPECT_EQ(broken_off.wait_for(std::chrono::seconds(2)), std::future_status::timeout);
  collector->Interrupt();
  const auto broken = broken_off.get();
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind, ErrorKind::kTimedOut);
  proxy.Drip(false);
  See(*collector);
  EXPECT_EQ(proxy.accepted(), 2);
  EXPECT_EQ(collector->ConnectionFailures(), 0U);
}

TEST_F(MetadataDripTest, ALoginByteByByteIsGivenUp) {
  MakeAirflow("3.1");
  DrippingProxy proxy(server_->directory() / ".s.PGSQL.5432");
  proxy.Drip(true);
  const auto collector = MakeCollector(UrlBy(proxy));
  const auto refused = Observe(*collector);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("cannot connect to the metadata database"));
  EXPECT_EQ(collector->ConnectionFailures(), 1U);
  EXPECT_EQ(proxy.accepted(), 1);
  proxy.Drip(false);
  See(*collector);
}

}  // namespace
}  // namespace airflow_host
