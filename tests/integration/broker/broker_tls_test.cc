// rediss:// against a real Redis with certificates made for the test.
#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "tests/integration/broker/redis_fixture.h"

namespace airflow_host {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// An authority, a server's certificate for "localhost" (no address) and a client's.
class Certificates {
 public:
  Certificates() {
    OpenSsl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-keyout", File("ca.key"), "-out", File("ca.pem"), "-subj", "/CN=test authority",
             "-days", "2"});
    Issue("server", "subjectAltName=DNS:localhost");
    Issue("client", "extendedKeyUsage=clientAuth");
  }

  std::string File(const std::string& name) const { return folder_.path() + "/" + name; }

  /// What makes redis-server show its certificate; `auth_clients`: "yes" wants one in return.
  std::vector<std::string> Options(const std::string& auth_clients) const {
    return {"--tls-cert-file",    File("server.pem"), "--tls-key-file",     File("server.key"),
            "--tls-ca-cert-file", File("ca.pem"),     "--tls-auth-clients", auth_clients};
  }
  /// A folder that holds the authority as OpenSSL looks for it.
  std::string Directory() const {
    std::string directory = File("authorities");
    std::filesystem::create_directory(directory);
    std::filesystem::copy_file(File("ca.pem"), directory + "/ca.pem");
    OpenSsl({"rehash", directory});
    return directory;
  }
  /// A copy of the key `name` that needs a password.
  std::string Lock(const std::string& name, const std::string& password) const {
    OpenSsl({"pkcs8", "-topk8", "-in", File(name), "-out", File("locked.key"), "-passout",
             "pass:" + password});
    return File("locked.key");
  }

 private:
  void Issue(const std::string& name, const std::string& extension) {
    std::ofstream(File("extensions")) << extension << "\n";
    OpenSsl({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
             File(name + ".key"), "-out", File(name + ".csr"), "-subj", "/CN=" + name});
    OpenSsl({"x509", "-req", "-in", File(name + ".csr"), "-CA", File("ca.pem"), "-CAkey",
             File("ca.key"), "-CAcreateserial", "-out", File(name + ".pem"), "-days", "2",
             "-extfile", File("extensions")});
  }
  void OpenSsl(const std::vector<std::string>& arguments) const {
    std::vector<std::string> command = {"openssl"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    ASSERT_EQ(ChildProcess(command, File("openssl.log")).Wait(), 0);
  }

  TemporaryFolder folder_;
};

class BrokerTlsTest : public BrokerIntegrationTest {
 protected:
  void SetUp() override {
    BrokerIntegrationTest::SetUp();
    if (IsSkipped()) return;
    if (!Installed("openssl")) GTEST_SKIP() << "openssl is not installed";
    certificates_.emplace();
  }
  static std::string Url(const RedisServer& redis, const std::string& host,
                         const std::string& options) {
    return "rediss://" + host + ":" + std::to_string(redis.port()) + "/0" + options;
  }
  /// One that says nothing of TLS.
  static std::string PlainUrl(const RedisServer& redis, const std::string& host) {
    return "redis://" + host + ":" + std::to_string(redis.port()) + "/0";
  }
  std::string Trusting() const { return "?ssl_ca_certs=" + certificates_->File("ca.pem"); }

  std::optional<Certificates> certificates_;
};

TEST_F(BrokerTlsTest, ReadsOverTls) {
  RedisServer redis(certificates_->Options("no"), true);
  redis.Cli({"LPUSH", "default", "m"});
  for (const std::string& options : {std::string(), std::string("?ssl_cert_reqs=none"), Trusting(),
                                     Trusting() + "&ssl_cert_reqs=required"}) {
    BrokerSettings settings;
    settings.url = Url(redis, "localhost", options);
    settings.queues = {"default"};
    const auto collector = Make(settings);
    for (int round = 0; round < 3; ++round) {
      const auto observed = Observe(*collector);
      ASSERT_TRUE(observed) << options << ": " << observed.error().message;
      EXPECT_EQ(Messages(**observed, "default"), 1U);
    }
  }
}

TEST_F(BrokerTlsTest, ChecksTheCertificate) {
  RedisServer redis(certificates_->Options("no"), true);
  const auto observed = Observe(*Make(Url(redis, "127.0.0.1", "?ssl_cert_reqs=required")));
  ASSERT_FALSE(observed);
  EXPECT_THAT(observed.error().message, HasSubstr("its certificate is refused"));
}

TEST_F(BrokerTlsTest, TakesADirectoryOfAuthorities) {
  RedisServer redis(certificates_->Options("no"), true);
  const std::string directory = certificates_->Directory();
  for (const char* checked : {"", "&ssl_cert_reqs=required", "&ssl_cert_reqs=optional"}) {
    const auto observed =
        Observe(*Make(Url(redis, "localhost", "?ssl_ca_path=" + directory + checked)));
    EXPECT_TRUE(observed) << checked << observed.error().message;
    const auto refused =
        Observe(*Make(Url(redis, "localhost", "?ssl_ca_path=/proc" + std::string(checked))));
    EXPECT_FALSE(refused) << checked << ": nobody vouches for it";
  }
}

/// What redis-py 6 and later do, and Airflow from 2.11 on with it.
TEST_F(BrokerTlsTest, ChecksTheNameWithTheCertificate) {
  RedisServer redis(certificates_->Options("no"), true);
  for (const char* checked : {"", "&ssl_cert_reqs=required", "&ssl_check_hostname=true"}) {
    const auto named = Observe(*Make(Url(redis, "localhost", Trusting() + checked)));
    EXPECT_TRUE(named) << checked << named.error().message;
    const auto other = Observe(*Make(Url(redis, "127.0.0.1", Trusting() + checked)));
    ASSERT_FALSE(other) << checked;
    EXPECT_THAT(
        other.error().message,
        AllOf(HasSubstr("its certificate is refused: IP address mismatch"),
              HasSubstr("ssl_check_hostname=false"), HasSubstr("--no-broker.tls-check-hostname")));
  }
}

TEST_F(BrokerTlsTest, SendsNoPasswordToAServerOfAnotherName) {
  auto options = certificates_->Options("no");
  options.insert(options.end(), {"--requirepass", "pw"});
  RedisServer redis(options, true);
  const std::string url = "rediss://:pw@127.0.0.1:" + std::to_string(redis.port()) + "/0";
  EXPECT_FALSE(Observe(*Make(url + Trusting())));
  const std::string calls = redis.Cli({"-a", "pw", "INFO", "commandstats"});
  EXPECT_THAT(calls, HasSubstr("cmdstat_auth:calls=1,")) << "of redis-cli itself: " << calls;
}

TEST_F(BrokerTlsTest, LeavesTheNameUncheckedWhereTold) {
  RedisServer redis(certificates_->Options("no"), true);
  BrokerSettings settings;
  for (const char* told : {"&ssl_check_hostname=false", "&ssl_cert_reqs=none"}) {
    settings.url = Url(redis, "127.0.0.1", Trusting() + told);
    const auto observed = Observe(*Make(settings));
    EXPECT_TRUE(observed) << told << observed.error().message;
  }
  settings.url = Url(redis, "127.0.0.1", Trusting());
  settings.server_options.check_hostname = false;
  const auto observed = Observe(*Make(settings));
  EXPECT_TRUE(observed) << observed.error().message;
  settings.url += "&ssl_check_hostname=true";
  EXPECT_FALSE(Observe(*Make(settings))) << "the URL outweighs the setting";
}

TEST_F(BrokerTlsTest, ShowsItsOwnCertificate) {
  RedisServer redis(certificates_->Options("yes"), true);
  const auto without = Observe(*Make(Url(redis, "localhost", Trusting())));
  EXPECT_FALSE(without);
  const auto with =
      Observe(*Make(Url(redis, "localhost",
                        Trusting() + "&ssl_certfile=" + certificates_->File("client.pem") +
                            "&ssl_keyfile=" + certificates_->File("client.key"))));
  EXPECT_TRUE(with) << with.error().message;
}

TEST_F(BrokerTlsTest, TakesWhatAirflowSetsBesideTheUrl) {
  RedisServer redis(certificates_->Options("yes"), true);
  BrokerSettings settings;
  settings.url = PlainUrl(redis, "localhost");
  TlsSettings tls;
  tls.verify_certificate = true;
  tls.authorities_file = certificates_->File("ca.pem");
  tls.certificate_file = certificates_->File("client.pem");
  tls.key_file = certificates_->File("client.key");
  settings.server_options.tls = tls;
  const auto observed = Observe(*Make(settings));
  ASSERT_TRUE(observed) << observed.error().message;
  EXPECT_THAT((*observed)->server, HasSubstr("(TLS)"));
  EXPECT_TRUE((*observed)->problems.empty()) << "the listener speaks TLS, too";
  settings.url = PlainUrl(redis, "127.0.0.1");
  EXPECT_FALSE(Observe(*Make(settings))) << "its certificate names localhost";
  settings.server_options.tls->check_hostname = false;
  EXPECT_TRUE(Observe(*Make(settings)));
}

TEST_F(BrokerTlsTest, TakesAuthoritiesAsTextAndKeysWithPasswords) {
  RedisServer redis(certificates_->Options("yes"), true);
  const std::string locked = certificates_->Lock("client.key", "p&w");
  std::ifstream file(certificates_->File("ca.pem"));
  const std::string pem{std::istreambuf_iterator<char>(file), {}};
  BrokerSettings settings;
  settings.url = PlainUrl(redis, "localhost");
  TlsSettings tls;
  tls.verify_certificate = true;
  tls.authorities = pem;
  tls.certificate_file = certificates_->File("client.pem");
  tls.key_file = locked;
  tls.key_password = "p&w";
  tls.ciphers = "ECDHE+AESGCM";
  settings.server_options.tls = tls;
  const auto observed = Observe(*Make(settings));
  EXPECT_TRUE(observed) << observed.error().message;
  settings.server_options.tls->key_password = "secret";
  const auto refused = Observe(*Make(settings));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("cannot use ssl_keyfile"));
  settings.server_options.tls = tls;
  settings.server_options.tls->authorities = "no certificate";
  const auto empty = Observe(*Make(settings));
  ASSERT_FALSE(empty);
  EXPECT_THAT(empty.error().message, HasSubstr("ssl_ca_data holds no certificate"));
}

TEST_F(BrokerTlsTest, NamesTheFileThatCannotBeUsed) {
  RedisServer redis(certificates_->Options("no"), true);
  for (const char* option : {"ssl_ca_certs", "ssl_certfile"}) {
    const auto observed =
        Observe(*Make(Url(redis, "127.0.0.1", std::string("?") + option + "=/nonexistent.pem")));
    ASSERT_FALSE(observed);
    EXPECT_THAT(observed.error().message,
                HasSubstr(std::string("cannot use ") + option + " /nonexistent.pem"));
  }
}

TEST_F(BrokerTlsTest, SaysThatTheServerSpeaksNoTls) {
  RedisServer redis;
  // Redis takes the handshake for the beginning of a command and waits for the rest of it.
  const auto collector = Make(Url(redis, "127.0.0.1", ""));
  const auto observed = Observe(*collector, std::chrono::milliseconds(200));
  ASSERT_FALSE(observed);
  EXPECT_THAT(observed.error().message, HasSubstr("or it does not speak TLS"));
}

TEST_F(BrokerTlsTest, ConnectsOnceToAServerThatIsStoppedInTheHandshake) {
  RedisServer redis(certificates_->Options("no"), true);
  redis.process().Signal(SIGSTOP);
  const auto collector = Make(Url(redis, "localhost", Trusting()));
  for (int round = 0; round < 3; ++round) {
    const auto observed = Observe(*collector, std::chrono::milliseconds(200));
    ASSERT_FALSE(observed);
    EXPECT_EQ(observed.error().kind, ErrorKind::kTimedOut);
  }
  redis.process().Signal(SIGCONT);
  const auto observed = Observe(*collector);
  ASSERT_TRUE(observed) << observed.error().message;
  EXPECT_EQ((*observed)->clients, 1U);
}

TEST_F(BrokerTlsTest, SurvivesARestart) {
  RedisServer redis(certificates_->Options("no"), true);
  const auto collector = Make(Url(redis, "localhost", Trusting()));
  ASSERT_TRUE(Observe(*collector));
  redis.Restart();
  const auto observed = Observe(*collector);
  EXPECT_TRUE(observed) << observed.error().message;
}

}  // namespace
}  // namespace airflow_host
