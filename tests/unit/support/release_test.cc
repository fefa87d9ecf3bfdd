// The numbers of releases, whatever stands there.
#include "collectors/support/release.h"

#include <gtest/gtest.h>

#include <string>

namespace airflow_host {
namespace {

TEST(ParseRelease, ReadsTheFirstOneThatIsNamed) {
  EXPECT_EQ(ParseRelease("2.10.3-2.11.x"), (Release{2, 10, 3}));
  EXPECT_EQ(ParseRelease("3.2.0-3.2.x"), (Release{3, 2, 0}));
  EXPECT_EQ(ParseRelease(">=3.2.0"), (Release{3, 2, 0}));
  EXPECT_EQ(ParseRelease("3.12.3"), (Release{3, 12, 3}));
  EXPECT_EQ(ParseRelease("3.8.0rc1"), (Release{3, 8, 0}));
  EXPECT_EQ(ParseRelease("3.1"), (Release{3, 1, 0}));
  EXPECT_EQ(ParseRelease("3.1."), (Release{3, 1, 0}));
  EXPECT_EQ(ParseRelease("3.1.x"), (Release{3, 1, 0}));
}

TEST(ParseRelease, RefusesWhatDoesNotBeginWithTwoNumbers) {
  for (const char* text : {"", ">=", "3", "3.", "x.y", ".1", "-3.1", "3.-1", "99999999999.1"}) {
    EXPECT_EQ(ParseRelease(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseRelease(std::string("3\0.1", 4)), std::nullopt);
  EXPECT_EQ(ParseRelease("3.1.99999999999"), (Release{3, 1, 0})) << "no patch is that high";
}

TEST(ParseRelease, ComparesAsTheyCame) {
  EXPECT_LT(*ParseRelease("2.9.3"), *ParseRelease("2.10.0"));
  EXPECT_LT(*ParseRelease("3.3"), *ParseRelease("3.3.2"));
}

}  // namespace
}  // namespace airflow_host
