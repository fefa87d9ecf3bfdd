#include "collectors/metadata/conninfo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Conninfo, QuotesValues) {
  DatabaseAddress address;
  address.parameters = {{"host", "h"}, {"password", "it's \\ 'x"}, {"dbname", ""}};
  EXPECT_THAT(Conninfo(address),
              StartsWith("host='h' password='it\\'s \\\\ \\'x' dbname='' application_name="));
}

TEST(Conninfo, PutsOurLimitsAboveTheUrls) {
  DatabaseAddress address;
  address.parameters = {
      {"connect_timeout", "600"}, {"application_name", "airflow"}, {"gssencmode", "require"}};
  const std::string conninfo = Conninfo(address);
  EXPECT_THAT(conninfo, HasSubstr("connect_timeout='3'"));
  EXPECT_THAT(conninfo, Not(HasSubstr("600")));
  EXPECT_THAT(conninfo, HasSubstr("application_name='airflow_host_exporter'"));
  EXPECT_THAT(conninfo, HasSubstr("gssencmode='require'"));
  EXPECT_THAT(conninfo, Not(HasSubstr("gssencmode='disable'")));
  EXPECT_THAT(conninfo, HasSubstr("target_session_attrs='any'"));
  EXPECT_THAT(conninfo, Not(HasSubstr("options="))) << "PgBouncer refuses it";
}

TEST(ScrubbedMessage, HidesSecretsAndJoinsLines) {
  DatabaseAddress address;
  address.secrets = {"pw", ""};
  EXPECT_EQ(ScrubbedMessage(" FATAL:  pw is wrong: pwpw\n\tIs it?\n", address),
            "FATAL: *** is wrong: ****** Is it?");
  EXPECT_EQ(ScrubbedMessage(std::string(10'000, 'x'), address).size(), 400U);
  address.secrets = {"*"};
  EXPECT_EQ(ScrubbedMessage("a*b", address), "a***b");
}

}  // namespace
}  // namespace airflow_host
