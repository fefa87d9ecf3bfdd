// How the metadata collector logs in: TLS by the URL's own parameters, and a password that does not
// stand in the URL.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/integration/broker/fake_server.h"
#include "tests/integration/metadata/metadata_fixture.h"

namespace airflow_host {
namespace {

/// A port that is free just now.
std::string FreePort() {
  const FakeServer server([](int, const FakeServer&) {});
  const std::string url = server.Url();
  return url.substr(url.rfind(':') + 1);
}

class MetadataLoginTest : public MetadataFixture {
 protected:
  void TearDown() override {
    ::unsetenv("PGPASSWORD");
    if (!tls_) return;
    EXPECT_TRUE(server_->Stop());
    EXPECT_TRUE(server_->StartAgain());
  }

  /// Makes a certificate for "localhost" that is its own authority.
  bool MakeCertificate(const std::string& name) {
    return RunAsPostgres(
        {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", name + ".key", "-out", name + ".pem", "-subj", "/CN=" + name,
         "-addext", "subjectAltName=DNS:localhost", "-days", "2"},
        server_->directory());
  }

  std::string File(const std::string& name) const { return server_->directory() / name; }

  /// Starts the server anew so that it takes TLS on loopback, and nothing but TLS.
  void StartWithTls(const std::string& port) {
    ASSERT_TRUE(MakeCertificate("server"));
    ASSERT_TRUE(MakeCertificate("stranger"));
    std::ofstream(server_->data() / "pg_hba.conf", std::ios::app)
        << "hostssl all all 127.0.0.1/32 scram-sha-256\nhostssl all all ::1/128 scram-sha-256\n";
    ASSERT_TRUE(server_->Stop());
    ASSERT_TRUE(server_->StartAgain("-c ssl=on -c ssl_cert_file=" + File("server.pem") +
                                    " -c ssl_key_file=" + File("server.key") +
                                    " -c listen_addresses=localhost -c port=" + port));
    tls_ = true;
    admin_ = Client(server_->Url("postgres", database_) + "&port=" + port);
  }

  bool tls_ = false;
};

TEST_F(MetadataLoginTest, TlsIsAsTheUrlSays) {
  if (!std::filesystem::exists("/usr/bin/openssl")) GTEST_SKIP() << "openssl is not installed";
  MakeAirflow("3.1");
  const std::string port = FreePort();
  StartWithTls(port);
  if (HasFatalFailure()) return;
  const auto url = [&](const std::string& host, const std::string& parameters) {
    return std::string("postgresql+psycopg2://") + kRole + ":" + kPasswordInUrl + "@" + host + ":" +
           port + "/" + database_ + parameters;
  };
  const std::string trusting = "&sslrootcert=" + File("server.pem");
  for (const std::string& parameters :
       {std::string(), std::string("?sslmode=require"), "?sslmode=verify-ca" + trusting,
        "?sslmode=verify-full" + trusting}) {
    const auto collector = MakeCollector(url("localhost", parameters));
    EXPECT_EQ(See(*collector).airflow_version, "3.1.0-3.1.7") << parameters;
    EXPECT_EQ(Value("SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE"
                    " usename = '" +
                    std::string(kRole) + "'"),
              "t")
        << parameters;
  }
  struct Case {
    std::string url;
    ErrorKind kind;
    const char* words;
  };
  const Case cases[] = {
      {url("127.0.0.1", "?sslmode=verify-full" + trusting), ErrorKind::kFailed, "does not match"},
      {url("localhost", "?sslmode=verify-ca&sslrootcert=" + File("stranger.pem")),
       ErrorKind::kFailed, "certificate verify failed"},
      {url("localhost", "?sslmode=verify-full&sslrootcert=" + File("none.pem")), ErrorKind::kFailed,
       "none.pem"},
      {url("localhost", "?sslmode=disable"), ErrorKind::kDenied, "no encryption"},
  };
  for (const Case& wrong : cases) {
    SeeRefused(*MakeCollector(wrong.url), wrong.kind, wrong.words);
  }
}

TEST_F(MetadataLoginTest, ThePasswordMayComeFromAFileOrTheEnvironment) {
  MakeAirflow("3.1");
  const std::string url = server_->Url(kRole, database_);
  const std::string file = File("passwords");
  std::ofstream(file) << "*:*:*:" << kRole << ":p@s/s'w\\\\d\n";
  ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
  const auto by_file = MakeCollector(url + "&passfile=" + file);
  EXPECT_EQ(See(*by_file).airflow_version, "3.1.0-3.1.7");
  ASSERT_EQ(::setenv("PGPASSWORD", kPassword, 1), 0);
  const auto by_environment = MakeCollector(url);
  EXPECT_EQ(See(*by_environment).airflow_version, "3.1.0-3.1.7");
}

}  // namespace
}  // namespace airflow_host
