#include "collectors/component/install/dist_info.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace airflow_host {
namespace {

/// "name version", or "" where the name is none of a distribution.
std::string Read(std::string_view name) {
  const auto distribution = ParseDistInfoName(name);
  return distribution ? distribution->name + " " + distribution->version : "";
}

TEST(DistInfoName, IsReadAsPackagesAreRecorded) {
  const std::pair<const char*, const char*> kCases[] = {
      {"apache_airflow-2.10.5.dist-info", "apache_airflow 2.10.5"},
      {"apache_airflow_core-3.1.3.dist-info", "apache_airflow_core 3.1.3"},
      {"apache_airflow_providers_celery-3.16.0.dist-info",
       "apache_airflow_providers_celery 3.16.0"},
      {"apache-airflow-providers-celery-3.16.0.dist-info",
       "apache_airflow_providers_celery 3.16.0"},
      {"Apache.Airflow-2.2.5.dist-info", "apache_airflow 2.2.5"},
      {"apache__airflow-2.2.5.dist-info", "apache_airflow 2.2.5"},
      {"apache_airflow-2.6.3+composer.dist-info", "apache_airflow 2.6.3+composer"},
      {"apache_airflow-3.3.0.dev0+gabcdef.d20260430.dist-info",
       "apache_airflow 3.3.0.dev0+gabcdef.d20260430"},
      {"apache_airflow-3.0.0rc1.post4.dist-info", "apache_airflow 3.0.0rc1.post4"},
      {"epoch-1!2.0.dist-info", "epoch 1!2.0"},
      {"apache_airflow-2.2.5.egg-info", "apache_airflow 2.2.5"},
      {"apache_airflow-2.2.5-py3.8.egg-info", "apache_airflow 2.2.5"},
      {"x-1-py3.8-linux-x86_64.egg-info", "x 1"},
      // What is none.
      {"", ""},
      {"airflow", ""},
      {".dist-info", ""},
      {"-.dist-info", ""},
      {"-1.0.dist-info", ""},
      {"apache_airflow.dist-info", ""},
      {"apache_airflow-.dist-info", ""},
      {"apache_airflow-two.dist-info", ""},
      {"apache_airflow-2.10.5.dist-info.bak", ""},
      {"apache_airflow-2.10.5", ""},
      {"~pache_airflow-2.10.5.dist-info", ""},
      {"apache_airflow-2.10.5 .dist-info", ""},
      {"apache_airflow-2.10\n.dist-info", ""},
      {"apache_airflow-2\"}.dist-info", ""},
      {"apache_airflow-1-2.dist-info", ""},
      {"apa\xC3\xA4-2.dist-info", ""},
  };
  for (const auto& [name, expected] : kCases) EXPECT_EQ(Read(name), expected) << name;
}

TEST(DistInfoName, BearsNulBytesAndLength) {
  EXPECT_EQ(Read(std::string_view("a-1\0.dist-info", 14)), "");
  EXPECT_EQ(Read(std::string_view("a\0b-1.dist-info", 15)), "");
  EXPECT_EQ(Read("a-" + std::string(64, '1') + ".dist-info"), "a " + std::string(64, '1'));
  EXPECT_EQ(Read("a-" + std::string(65, '1') + ".dist-info"), "");
  EXPECT_EQ(Read(std::string(100'000, '-')), "");
}

TEST(ReleaseSeries, IsTheFirstTwoNumbers) {
  EXPECT_EQ(SeriesOf("2.10.5"), (ReleaseSeries{2, 10}));
  EXPECT_EQ(SeriesOf("3.0.0rc1"), (ReleaseSeries{3, 0}));
  EXPECT_EQ(SeriesOf("3.2rc1"), (ReleaseSeries{3, 2}));
  EXPECT_EQ(SeriesOf("2.10"), (ReleaseSeries{2, 10}));
  EXPECT_LT((ReleaseSeries{2, 9}), (ReleaseSeries{2, 10}));
  for (const char* text : {"", "3", "x.1", "3.", "3.x", ".1", "99999999999.1", "-1.2", " 3.1"}) {
    EXPECT_EQ(SeriesOf(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace airflow_host
