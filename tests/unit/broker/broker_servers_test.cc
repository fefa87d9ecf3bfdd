// Several servers. What kombu 5.2.4 makes of each URL was tried with kombu.Connection(url).
#include "collectors/broker/broker_servers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ParseBrokerServers, ReadsOneServer) {
  const auto servers = ParseBrokerServers("redis://:pw@h:1/2");
  ASSERT_TRUE(servers);
  ASSERT_EQ(servers->servers.size(), 1U);
  EXPECT_EQ(servers->servers[0].host, "h");
  EXPECT_FALSE(servers->sentinel);
}

TEST(ParseBrokerServers, ReadsSeveralInTheirOrder) {
  const auto servers =
      ParseBrokerServers("redis://:pw@a:1/2; redis://b;redis+socket:///c.sock;rediss://:x@d/7;");
  ASSERT_TRUE(servers) << servers.error().message;
  ASSERT_EQ(servers->servers.size(), 4U);
  EXPECT_EQ(servers->servers[0].database, 2U);
  EXPECT_EQ(servers->servers[1].host, "b");
  EXPECT_EQ(servers->servers[1].database, 2U) << "kombu keeps the virtual host of before";
  EXPECT_EQ(servers->servers[1].password, std::nullopt) << "but not the password";
  EXPECT_EQ(servers->servers[2].socket_path, "/c.sock");
  EXPECT_EQ(servers->servers[3].database, 7U);
  EXPECT_TRUE(servers->servers[3].tls);
}

TEST(ParseBrokerServers, HandsTheTlsOfTheFirstOn) {
  const auto servers = ParseBrokerServers("redis://a?ssl_ca_certs=/ca.pem;redis://b");
  ASSERT_TRUE(servers);
  ASSERT_TRUE(servers->servers[1].tls);
  EXPECT_EQ(servers->servers[1].tls->authorities_file, "/ca.pem");
  // What the settings say of host names holds for every one of them.
  BrokerServerOptions options;
  options.check_hostname = false;
  const auto unchecked = ParseBrokerServers("rediss://a;rediss://b?ssl_ca_certs=/ca.pem", options);
  ASSERT_TRUE(unchecked && unchecked->servers[1].tls);
  EXPECT_FALSE(unchecked->servers[1].tls->check_hostname);
  // A bare rediss:// has no options to hand on.
  const auto bare = ParseBrokerServers("rediss://a;redis://b");
  ASSERT_TRUE(bare);
  EXPECT_TRUE(bare->servers[0].tls);
  EXPECT_FALSE(bare->servers[1].tls);
}

TEST(ParseBrokerServers, ReadsSentinels) {
  BrokerServerOptions options;
  options.master_name = "mymaster";
  options.sentinel.password = "sentinel-pw";
  const auto servers =
      ParseBrokerServers("sentinel://u:pw@s1:5/3;sentinel://s2;sentinel://s3:7", options);
  ASSERT_TRUE(servers) << servers.error().message;
  ASSERT_EQ(servers->servers.size(), 1U);
  EXPECT_EQ(servers->servers[0].user, "u");
  EXPECT_EQ(servers->servers[0].password, "pw");
  EXPECT_EQ(servers->servers[0].database, 3U);
  ASSERT_TRUE(servers->sentinel);
  EXPECT_EQ(servers->sentinel->master_name, "mymaster");
  ASSERT_EQ(servers->sentinel->sentinels.size(), 3U);
  EXPECT_EQ(servers->sentinel->sentinels[0].port, 5U);
  EXPECT_EQ(servers->sentinel->sentinels[1].host, "s2");
  EXPECT_EQ(servers->sentinel->sentinels[1].port, 26379U);
  // The URL's password is the master's, the sentinels have their own.
  for (const BrokerAddress& sentinel : servers->sentinel->sentinels) {
    EXPECT_EQ(sentinel.password, "sentinel-pw");
    EXPECT_EQ(sentinel.user, std::nullopt);
  }
}

TEST(ParseBrokerServers, RefusesInOneSentenceWithoutSecrets) {
  struct Case {
    std::string url;
    const char* says;
  };
  std::string many = "redis://h";
  for (int index = 0; index < 16; ++index) many += ";redis://h";
  for (const Case& one : {
           Case{"", "scheme"},
           Case{";;", "scheme"},
           Case{many, "more than 16 servers"},
           Case{"redis://:sec;ret@h", "cannot use the Celery broker URL"},
           Case{"redis://a;sentinel://:secret@b", "either all or none"},
           Case{"sentinel://a;:secret@b:1", "either all or none"},
           Case{"redis://a;amqp://u:secret@b", "it is of amqp://"},
       }) {
    const auto servers = ParseBrokerServers(one.url);
    ASSERT_FALSE(servers) << one.url;
    EXPECT_THAT(servers.error().message, HasSubstr(one.says)) << one.url;
    EXPECT_THAT(servers.error().message, Not(HasSubstr("sec"))) << one.url;
  }
}

TEST(ParseSentinelOptions, ReadsWhatConcernsTheConnection) {
  const auto options = ParseSentinelOptions(
      R"({"username": "s", "password": "p w", "socket_timeout": 3, "ssl": true,
          "ssl_ca_certs": "/ca.pem", "ssl_check_hostname": true})");
  ASSERT_TRUE(options);
  EXPECT_EQ(options->user, "s");
  EXPECT_EQ(options->password, "p w");
  ASSERT_TRUE(options->tls);
  EXPECT_TRUE(options->tls->verify_certificate);
  EXPECT_TRUE(options->tls->check_hostname);
  EXPECT_EQ(options->tls->authorities_file, "/ca.pem");
  const auto plain = ParseSentinelOptions(R"({"password": 5, "ssl": "yes", "ssl_ca_certs": "x"})");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->password, std::nullopt) << "no text";
  EXPECT_FALSE(plain->tls) << "redis-py needs ssl=true";
  const char* const silent = R"({"ssl": true})";
  EXPECT_TRUE(ParseSentinelOptions(silent).value().tls->check_hostname) << "with the certificate";
  EXPECT_FALSE(ParseSentinelOptions(silent, false).value().tls->check_hostname);
  const char* const any_name = R"({"ssl": true, "ssl_check_hostname": false})";
  EXPECT_FALSE(ParseSentinelOptions(any_name).value().tls->check_hostname);
  const auto open = ParseSentinelOptions(R"({"ssl": true, "ssl_cert_reqs": "none"})");
  ASSERT_TRUE(open && open->tls);
  EXPECT_FALSE(open->tls->verify_certificate);
}

TEST(ParseSentinelOptions, RefusesWhatIsNoObject) {
  for (const char* text :
       {"", "secret", "[\"secret\"]", "{\"password\": \"secret\"", "null", "{'password': 'secret'}",
        "{\"ssl\":true,\"ssl_cert_reqs\":\"secret\"}"}) {
    const auto options = ParseSentinelOptions(text);
    ASSERT_FALSE(options) << text;
    EXPECT_THAT(options.error().message, Not(HasSubstr("secret"))) << text;
  }
}

}  // namespace
}  // namespace airflow_host
