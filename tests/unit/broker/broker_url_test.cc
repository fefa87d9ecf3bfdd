// kombu's URLs. What kombu 5.2.3 makes of each was tried with kombu.Connection(url).
#include "collectors/broker/broker_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ParseBrokerUrl, ReadsHostPortAndDatabase) {
  struct Case {
    const char* url;
    const char* host;
    std::uint16_t port;
    std::uint32_t database;
  };
  for (const Case& one : {
           Case{"redis://redis:6379/0", "redis", 6379, 0},
           Case{"redis://redis", "redis", 6379, 0},
           Case{"redis://redis/", "redis", 6379, 0},
           Case{"redis://redis//", "redis", 6379, 0},
           Case{"redis://redis//7", "redis", 6379, 7},
           Case{"redis://", "127.0.0.1", 6379, 0},
           Case{"redis:///3", "127.0.0.1", 6379, 3},
           Case{"redis://:6380/1", "127.0.0.1", 6380, 1},
           Case{"redis://h:/15", "h", 6379, 15},
           Case{"REDIS://Redis.Example.COM:1/0", "redis.example.com", 1, 0},
           Case{"redis://[::1]:6380/2", "::1", 6380, 2},
           Case{"redis://[2001:DB8::1]", "2001:db8::1", 6379, 0},
           Case{"redis://u:p@[::1]/2", "::1", 6379, 2},
       }) {
    const auto address = ParseBrokerUrl(one.url);
    ASSERT_TRUE(address) << one.url << ": " << address.error().message;
    EXPECT_EQ(address->host, one.host) << one.url;
    EXPECT_EQ(address->port, one.port) << one.url;
    EXPECT_EQ(address->database, one.database) << one.url;
    EXPECT_EQ(address->socket_path, "") << one.url;
    EXPECT_FALSE(address->tls) << one.url;
  }
}

TEST(ParseBrokerUrl, ReadsUserAndPassword) {
  struct Case {
    const char* url;
    std::optional<std::string> user;
    std::optional<std::string> password;
  };
  const Case cases[] = {
      {"redis://h", std::nullopt, std::nullopt},
      {"redis://:pw@h", std::nullopt, "pw"},
      {"redis://u:pw@h", "u", "pw"},
      {"redis://u@h", "u", std::nullopt},
      {"redis://:@h", std::nullopt, std::nullopt},
      {"redis://u%40x:p%2Fw%3A%25%20%3B%23@h", "u@x", "p/w:% ;#"},
      {"redis://:a:b@h", std::nullopt, "a:b"},
      {"redis://:a@b@h", std::nullopt, "a@b"},
      {"redis://:%ED%95%9C@h", std::nullopt, "한"},
      {"redis://:50%off@h", std::nullopt, "50%off"},
      {"redis+socket://:pw@/run/r.sock", std::nullopt, "pw"},
      {"redis+socket://u:pw@/run/r.sock", "u", "pw"},
  };
  for (const Case& one : cases) {
    const auto address = ParseBrokerUrl(one.url);
    ASSERT_TRUE(address) << one.url << ": " << address.error().message;
    EXPECT_EQ(address->user, one.user) << one.url;
    EXPECT_EQ(address->password, one.password) << one.url;
    EXPECT_THAT(address->Where(), Not(HasSubstr("pw"))) << one.url;
  }
}

TEST(ParseBrokerUrl, ReadsSockets) {
  const auto plain = ParseBrokerUrl("redis+socket:///run/redis/redis.sock");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->socket_path, "/run/redis/redis.sock");
  EXPECT_EQ(plain->database, 0U);
  EXPECT_EQ(plain->Where(), "Redis at /run/redis/redis.sock");
  const auto numbered = ParseBrokerUrl("redis+socket:///run/a%20b.sock?virtual_host=12");
  ASSERT_TRUE(numbered);
  EXPECT_EQ(numbered->socket_path, "/run/a b.sock");
  EXPECT_EQ(numbered->database, 12U);
  const auto slashed = ParseBrokerUrl("redis+socket:///run/r.sock?virtual_host=/4");
  ASSERT_TRUE(slashed);
  EXPECT_EQ(slashed->database, 4U);
}

TEST(ParseBrokerUrl, ReadsTlsAsKombuAndRedisPyDo) {
  // kombu: "Secure redis scheme specified (rediss) with no ssl options, defaulting to insecure".
  const auto bare = ParseBrokerUrl("rediss://h");
  ASSERT_TRUE(bare && bare->tls);
  EXPECT_FALSE(bare->tls->verify_certificate);
  EXPECT_EQ(bare->Where(), "Redis at h:6379 (TLS)");
  // redis-py: with any option, ssl_cert_reqs is "required" unless it says otherwise.
  const auto authority = ParseBrokerUrl("rediss://h?ssl_ca_certs=/etc/ca.pem");
  ASSERT_TRUE(authority && authority->tls);
  EXPECT_TRUE(authority->tls->verify_certificate);
  EXPECT_TRUE(authority->tls->check_hostname) << "as in redis-py from 6.0 on";
  const auto any_name = ParseBrokerUrl("rediss://h?ssl_ca_certs=a&ssl_check_hostname=False");
  ASSERT_TRUE(any_name && any_name->tls);
  EXPECT_TRUE(any_name->tls->verify_certificate);
  EXPECT_FALSE(any_name->tls->check_hostname);
  EXPECT_EQ(authority->tls->authorities_file, "/etc/ca.pem");
  const auto all = ParseBrokerUrl(
      "rediss://h/1?ssl_cert_reqs=CERT_REQUIRED&ssl_ca_certs=a&ssl_certfile=b&ssl_keyfile=c"
      "&ssl_check_hostname=True");
  ASSERT_TRUE(all && all->tls);
  EXPECT_TRUE(all->tls->check_hostname);
  EXPECT_EQ(all->tls->certificate_file, "b");
  EXPECT_EQ(all->tls->key_file, "c");
  EXPECT_EQ(all->database, 1U);
  for (const char* none : {"none", "CERT_NONE"}) {
    const auto open = ParseBrokerUrl(std::string("rediss://h?ssl_cert_reqs=") + none);
    ASSERT_TRUE(open && open->tls);
    EXPECT_FALSE(open->tls->verify_certificate);
  }
  for (const char* checked : {"optional", "required", "CERT_OPTIONAL"}) {
    const auto tls = ParseBrokerUrl(std::string("rediss://h?ssl_cert_reqs=") + checked);
    ASSERT_TRUE(tls && tls->tls);
    EXPECT_TRUE(tls->tls->verify_certificate);
  }
  // kombu gives redis:// the TLS connection class too once an ssl_ option is there.
  const auto implied = ParseBrokerUrl("redis://h?ssl_cert_reqs=required");
  ASSERT_TRUE(implied);
  EXPECT_TRUE(implied->tls);
}

TEST(ParseBrokerUrl, ReadsEveryParameterOfVerification) {
  const auto address = ParseBrokerUrl(
      "rediss://h?ssl_cert_reqs=required&ssl_ca_path=/etc/"
      "certs&ssl_ca_data=PEM%0A&ssl_password=p%26w"
      "&ssl_ciphers=ECDHE%2BAESGCM&ssl_validate_ocsp=false");
  ASSERT_TRUE(address && address->tls);
  EXPECT_EQ(address->tls->authorities_directory, "/etc/certs");
  EXPECT_EQ(address->tls->authorities, "PEM\n");
  EXPECT_EQ(address->tls->key_password, "p&w");
  EXPECT_EQ(address->tls->ciphers, "ECDHE+AESGCM");
}

TEST(ParseBrokerUrl, TakesDefaultsWhereTheUrlSaysNothing) {
  TlsSettings airflow;
  airflow.verify_certificate = true;
  airflow.authorities_file = "/ca.pem";
  const BrokerUrlDefaults defaults{.tls = airflow, .database = 4};
  // Airflow's ssl_active concerns redis:// and rediss:// alike.
  for (const char* url : {"redis://h", "rediss://h", "sentinel://h"}) {
    const auto address = ParseBrokerUrl(url, defaults);
    ASSERT_TRUE(address) << url;
    EXPECT_EQ(address->tls, airflow) << url;
    EXPECT_EQ(address->database, 4U) << url;
  }
  const auto unchecked = ParseBrokerUrl(
      "rediss://h?ssl_ca_certs=a", {.tls = std::nullopt, .database = 0, .check_hostname = false});
  ASSERT_TRUE(unchecked && unchecked->tls);
  EXPECT_FALSE(unchecked->tls->check_hostname);
  // kombu puts the URL's own options in their place as a whole.
  const auto own = ParseBrokerUrl("rediss://h/1?ssl_cert_reqs=none", defaults);
  ASSERT_TRUE(own && own->tls);
  EXPECT_EQ(*own->tls, TlsSettings{});
  EXPECT_EQ(own->database, 1U);
  const auto socket = ParseBrokerUrl("redis+socket:///run/r.sock", defaults);
  ASSERT_TRUE(socket);
  EXPECT_FALSE(socket->tls);
}

TEST(ParseBrokerUrl, RefusesInOneSentenceWithoutSecrets) {
  struct Case {
    const char* url;
    const char* says;
  };
  for (const Case& one : {
           Case{"", "scheme"},
           Case{"secret", "scheme"},
           Case{"redis://h/secret", "database is not a number"},
           Case{"redis://h/-1", "database is not a number"},
           Case{"redis://h/1x", "database is not a number"},
           Case{"redis://h/99999999999", "database is not a number"},
           Case{"redis://:secret/word@h:6379/0", "port"},
           Case{"redis://u:12/secret@h:6379/0", "percent-encoded"},
           Case{"redis://h:0/0", "port"},
           Case{"redis://h:secret/0", "port"},
           Case{"redis://[::1", "bracket"},
           Case{"rediss://h?ssl_validate_ocsp=true", "ssl_validate_ocsp is not supported"},
           Case{"amqp://u:secret@h//", "it is of amqp://"},
           Case{"sqs://key:secret@", "it is of sqs://"},
           Case{"sec ret://h", "an unknown scheme"},
           Case{"redis+socket://run/redis.sock", "three slashes"},
           Case{"redis+socket://", "no socket"},
           Case{"redis+socket:///r.sock?virtual_host=x", "database is not a number"},
           Case{"rediss://h?ssl_cert_reqs=maybe", "ssl_cert_reqs"},
           Case{"rediss://h?ssl_check_hostname=maybe&ssl_cert_reqs=required", "neither true"},
           Case{"rediss://h?ssl_check_hostname=true&ssl_cert_reqs=none", "needs ssl_cert_reqs"},
       }) {
    const auto address = ParseBrokerUrl(one.url);
    ASSERT_FALSE(address) << one.url;
    EXPECT_EQ(address.error().kind, ErrorKind::kMalformed);
    EXPECT_THAT(address.error().message, HasSubstr(one.says)) << one.url;
    EXPECT_THAT(address.error().message, Not(HasSubstr("sec"))) << one.url;
  }
  EXPECT_FALSE(ParseBrokerUrl(std::string_view("redis://a\0b", 11)));
}

}  // namespace
}  // namespace airflow_host
