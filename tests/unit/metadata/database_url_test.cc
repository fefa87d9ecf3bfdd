#include "collectors/metadata/database_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace airflow_host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Parameters = std::map<std::string, std::string>;

Parameters Parsed(std::string_view url) {
  const auto address = ParseDatabaseUrl(url);
  EXPECT_TRUE(address) << address.error().message;
  if (!address) return {};
  Parameters parameters(address->parameters.begin(), address->parameters.end());
  EXPECT_EQ(parameters.size(), address->parameters.size()) << "each keyword once";
  return parameters;
}

TEST(ParseDatabaseUrl, ReadsWhatSqlAlchemyReads) {
  struct Case {
    const char* url;
    Parameters parameters;
  };
  const Case cases[] = {
      {"postgresql+psycopg2://airflow:airflow@postgres/airflow",
       {{"host", "postgres"}, {"user", "airflow"}, {"password", "airflow"}, {"dbname", "airflow"}}},
      {"postgresql://u@h:5433/db",
       {{"host", "h"}, {"port", "5433"}, {"user", "u"}, {"dbname", "db"}}},
      {"postgres://h", {{"host", "h"}}},
      {"postgresql+psycopg://u:p%40s%2Fs@h/d",
       {{"host", "h"}, {"user", "u"}, {"password", "p@s/s"}, {"dbname", "d"}}},
      {"postgresql+psycopg2://u:50%off@h/d",
       {{"host", "h"}, {"user", "u"}, {"password", "50%off"}, {"dbname", "d"}}},
      {"postgresql://u:p/w?x@h/d",
       {{"host", "h"}, {"user", "u"}, {"password", "p/w?x"}, {"dbname", "d"}}},
      {"postgresql+asyncpg://h/d?ssl=require&prepared_statement_cache_size=0",
       {{"host", "h"}, {"dbname", "d"}, {"sslmode", "require"}}},
      {"postgresql:///d", {{"dbname", "d"}}},
      {"postgresql://u@/d?host=/var/run/postgresql",
       {{"host", "/var/run/postgresql"}, {"user", "u"}, {"dbname", "d"}}},
      {"postgresql://[::1]:5432/d", {{"host", "::1"}, {"port", "5432"}, {"dbname", "d"}}},
      {"postgresql:///d?host=::1", {{"host", "::1"}, {"dbname", "d"}}},
      {"postgresql:///d?host=a:1&host=b:2", {{"host", "a,b"}, {"port", "1,2"}, {"dbname", "d"}}},
      {"postgresql://a:1,b,[::1]:3/d?target_session_attrs=read-write",
       {{"host", "a,b,::1"},
        {"port", "1,,3"},
        {"dbname", "d"},
        {"target_session_attrs", "read-write"}}},
      {"postgresql://h/d?sslmode=verify-full&sslrootcert=/a%20b&options=-csearch_path%3Dx",
       {{"host", "h"},
        {"dbname", "d"},
        {"sslmode", "verify-full"},
        {"sslrootcert", "/a b"},
        {"options", "-csearch_path=x"}}},
      {"postgresql://h/d%41?sslmode=a&sslmode=b",
       {{"host", "h"}, {"dbname", "d%41"}, {"sslmode", "b"}}},
  };
  for (const Case& one : cases) EXPECT_EQ(Parsed(one.url), one.parameters) << one.url;
}

TEST(ParseDatabaseUrl, ShowsWhereWithoutWhoAndSecrets) {
  const auto address = ParseDatabaseUrl("postgresql://me:hunter2@[::1]:5432/airflow");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->shown, "[::1]:5432/airflow");
  EXPECT_EQ(address->secrets, std::vector<std::string>{"hunter2"});
  EXPECT_EQ(ParseDatabaseUrl("postgresql:///d?password=x")->secrets, std::vector<std::string>{"x"});
  EXPECT_EQ(ParseDatabaseUrl("postgresql:///d")->shown, "(local socket)/d");
}

TEST(ParseDatabaseUrl, RefusesWithASentenceAndNoSecret) {
  struct Case {
    std::string url;
    const char* words;
  };
  const Case cases[] = {
      {"sqlite:////home/hunter2/airflow.db", "SQLite"},
      {"sqlite+aiosqlite:///hunter2", "SQLite"},
      {"mysql+mysqldb://u:hunter2@h/d", "MySQL"},
      {"mssql+pyodbc://u:hunter2@h/d", "no PostgreSQL database"},
      {"db+postgresql://u:hunter2@h/d", "no PostgreSQL database"},
      {"hunter2", "does not begin with a scheme"},
      {"", "does not begin with a scheme"},
      {"postgresql://u:hunter2%00@h/d", "NUL"},
      {"postgresql://u:hunter2@h:99999/d", "the port"},
      {"postgresql://u:hunter2@[::1/d", "bracket"},
      {"postgresql://u:hunter2@h/d?hunter2'%20x=1", "a parameter whose name libpq cannot know"},
      {"postgresql://u:hunter2@h/d?=1", "a parameter whose name libpq cannot know"},
  };
  for (const Case& one : cases) {
    const auto address = ParseDatabaseUrl(one.url);
    ASSERT_FALSE(address) << one.url;
    EXPECT_EQ(address.error().kind, ErrorKind::kMalformed);
    EXPECT_THAT(address.error().message, HasSubstr(one.words));
    EXPECT_THAT(address.error().message, Not(HasSubstr("hunter2")));
  }
}

}  // namespace
}  // namespace airflow_host
