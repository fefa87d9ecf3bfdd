// Nodes of a Redis Cluster that do not serve the broker.
#include <gmock/gmock.h>

#include "tests/integration/broker/redis_fixture.h"

namespace airflow_host {
namespace {

using ::testing::HasSubstr;

class BrokerClusterTest : public BrokerIntegrationTest {};

/// Options of a node of a Redis Cluster; by default the bus has a port that may be too high to be
/// one.
std::vector<std::string> ClusterNode(std::uint16_t bus_port) {
  return {"--cluster-enabled", "yes", "--cluster-port", std::to_string(bus_port)};
}

TEST_F(BrokerClusterTest, SaysThatAClusterServesNobodyAndComesBack) {
  RedisServer redis(ClusterNode(FreePort()));
  const auto collector = Make(redis.TcpUrl());
  const auto observed = Observe(*collector);
  ASSERT_FALSE(observed);
  EXPECT_THAT(observed.error().message, HasSubstr("(CLUSTERDOWN)"));
  ASSERT_THAT(redis.Cli({"CLUSTER", "ADDSLOTSRANGE", "0", "16383"}), HasSubstr("OK"));
  EXPECT_TRUE(Eventually([&] { return Observe(*collector).has_value(); }));
}

TEST_F(BrokerClusterTest, TakesNoNodeOfAClusterWithoutTheBrokersKeysForTheBroker) {
  const std::uint16_t bus_port = FreePort();
  RedisServer master(ClusterNode(bus_port));
  RedisServer other(ClusterNode(FreePort()));
  ASSERT_THAT(master.Cli({"CLUSTER", "ADDSLOTSRANGE", "0", "16383"}), HasSubstr("OK"));
  ASSERT_THAT(other.Cli({"CLUSTER", "MEET", "127.0.0.1", std::to_string(master.port()),
                         std::to_string(bus_port)}),
              HasSubstr("OK"));
  const auto collector = Make(other.TcpUrl());
  EXPECT_TRUE(Eventually([&] {
    const auto observed = Observe(*collector);
    return !observed && observed.error().message.find("(MOVED)") != std::string::npos;
  }));
}

}  // namespace
}  // namespace airflow_host
