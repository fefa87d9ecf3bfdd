// Which visibility timeout holds where none is set. The defaults of the providers 3.10.0, 3.12.2,
// 3.14.1, 3.17.1 and 3.24.0 were read in what Airflow 2.10.5, 3.0.6, 2.11.2, 3.1.8 and 3.3.2
// install.
#include "exporter/insight/visibility_timeout.h"

#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using std::chrono::seconds;

InstallSample Provider(const std::string& version) {
  InstallSample install;
  install.celery_provider = version;
  return install;
}

MetadataObservation Releases(const std::string& range) {
  MetadataObservation metadata;
  metadata.airflow_version = range;
  return metadata;
}

std::optional<seconds> Filled(const VisibilityTimeoutDefault& visibility_timeout) {
  return visibility_timeout.Fill(std::make_shared<BrokerObservation>())->visibility_timeout;
}

TEST(VisibilityTimeoutOfProvider, IsThatOfItsRelease) {
  for (const char* version : {"2.1.0", "3.3.1", "3.7.2"}) {
    EXPECT_EQ(VisibilityTimeoutOfProvider(version), seconds(21'600)) << version;
  }
  for (const char* version : {"3.7.3", "3.8.0rc1", "3.10.0", "3.12.2"}) {
    EXPECT_EQ(VisibilityTimeoutOfProvider(version), seconds(84'600)) << version;
  }
  for (const char* version : {"3.12.3", "3.14.1", "3.17.1", "3.24.0", "4.0"}) {
    EXPECT_EQ(VisibilityTimeoutOfProvider(version), seconds(86'400)) << version;
  }
  for (const char* version : {"", "3", "x.y", "99999999999.1"}) {
    EXPECT_EQ(VisibilityTimeoutOfProvider(version), std::nullopt) << version;
  }
}

TEST(VisibilityTimeoutOfAirflow, IsThatOfTheProviderItCameWith) {
  for (const char* releases : {"2.2.0-2.2.2", "2.7.0-2.7.3", "2.9.2-2.9.3", ">=2.7.0"}) {
    EXPECT_EQ(VisibilityTimeoutOfAirflow(releases), seconds(21'600)) << releases;
  }
  for (const char* releases : {"2.10.0-2.10.2", "2.10.3-2.11.x", "3.0.3-3.0.6", ">=2.10.0"}) {
    EXPECT_EQ(VisibilityTimeoutOfAirflow(releases), seconds(84'600)) << releases;
  }
  for (const char* releases : {"3.1.0-3.1.7", "3.2.0-3.2.x", ">=3.2.0"}) {
    EXPECT_EQ(VisibilityTimeoutOfAirflow(releases), seconds(86'400)) << releases;
  }
}

TEST(VisibilityTimeoutDefault, LeavesWhatIsSet) {
  VisibilityTimeoutDefault visibility_timeout;
  visibility_timeout.Learn(Releases("2.9.2-2.9.3"));
  auto broker = std::make_shared<BrokerObservation>();
  broker->visibility_timeout = seconds(7);
  EXPECT_EQ(visibility_timeout.Fill(broker), broker);
}

TEST(VisibilityTimeoutDefault, PrefersWhatIsInstalledToTheDatabase) {
  VisibilityTimeoutDefault visibility_timeout;
  EXPECT_EQ(Filled(visibility_timeout), VisibilityTimeoutDefault::kNewest) << "nothing is known";
  visibility_timeout.Learn(Releases("2.10.3-2.11.x"));
  EXPECT_EQ(Filled(visibility_timeout), seconds(84'600));
  visibility_timeout.Learn(MetadataObservation());
  visibility_timeout.Learn(std::vector{Provider("")});
  EXPECT_EQ(Filled(visibility_timeout), seconds(84'600)) << "nothing new";
  visibility_timeout.Learn(std::vector{Provider("3.14.1")});
  EXPECT_EQ(Filled(visibility_timeout), seconds(86'400)) << "2.11.2";
  visibility_timeout.Learn(std::vector{Provider("3.14.1"), Provider("3.7.2"), Provider("")});
  EXPECT_EQ(Filled(visibility_timeout), seconds(21'600)) << "the shortest comes first";
  visibility_timeout.Learn(std::vector<InstallSample>());
  EXPECT_EQ(Filled(visibility_timeout), seconds(21'600)) << "they are not to be seen just now";
}

}  // namespace
}  // namespace airflow_host
