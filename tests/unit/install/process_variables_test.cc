#include "collectors/component/install/process_variables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace airflow_host {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr std::array<std::string_view, 2> kWanted = {"AIRFLOW_HOME", "HOME"};

/// `text` with "|" for NUL.
std::string Bytes(std::string text) {
  for (char& byte : text) {
    if (byte == '|') byte = '\0';
  }
  return text;
}

auto Take(const std::string& text, bool cut = false) {
  return TakeVariables(Bytes(text), kWanted, cut);
}

TEST(ProcessVariables, TakesTheWantedOnesOnly) {
  const auto found = Take("PATH=/bin|AIRFLOW_HOME=/opt/airflow|SECRET=x|HOME=|AIRFLOW_HOMES=1|");
  ASSERT_TRUE(found);
  EXPECT_THAT(*found, ElementsAre(Pair("AIRFLOW_HOME", "/opt/airflow"), Pair("HOME", "")));
}

TEST(ProcessVariables, AnEnvironmentMayHoldNoneOfThem) {
  const auto found = Take("PATH=/bin|BASH_FUNC_module%%=() {  eval\n}|");
  ASSERT_TRUE(found);
  EXPECT_THAT(*found, IsEmpty());
}

TEST(ProcessVariables, TheFirstOfTwoCountsAsForPython) {
  EXPECT_THAT(*Take("HOME=/a|HOME=/b|"), ElementsAre(Pair("HOME", "/a")));
}

TEST(ProcessVariables, ATitleIsNoEnvironment) {
  for (const char* text : {
           "",                                  // A kernel thread, or `env -i`.
           "||||||||",                          // Overwritten by a short title.
           "(celery worker --x)||||",           // The end of a longer title.
           "HOME=/forged|||",                   // One that looks like a variable.
           "HOME=/forged|",                     // One that fits exactly.
           "HOME=/a",                           // Cut, or no environment at all.
           "PATH=/bin|HOME=/a||",               // Nothing pads an environment.
           "|PATH=/bin|HOME=/a|",               //
           "ive- (worker)|PATH=/bin|HOME=/a|",  // A title over the first variables only.
           "PATH=/bin|=x|",
           "PATH=/bin|A B=x|",
           "PATH=/bin|A\x01=x|",
           "PATH=/bin|\xFF=x|",
       }) {
    EXPECT_EQ(Take(text), std::nullopt) << text;
  }
}

TEST(ProcessVariables, ACutEnvironmentLosesItsLastEntry) {
  EXPECT_THAT(*Take("PATH=/bin|HOME=/a|AIRFLOW_HOME=/op", true), ElementsAre(Pair("HOME", "/a")));
  EXPECT_EQ(Take("PATH=/bin|AIRFLOW_HOME=/op", true), std::nullopt);
}

TEST(ProcessVariables, BearsAHugeEnvironment) {
  std::string text = "PATH=/bin|BIG=" + std::string(4'000'000, 'x') + "|HOME=/a|";
  for (int entry = 0; entry < 100'000; ++entry) text += "V" + std::to_string(entry) + "=1|";
  EXPECT_THAT(*Take(text), ElementsAre(Pair("HOME", "/a")));
}

}  // namespace
}  // namespace airflow_host
