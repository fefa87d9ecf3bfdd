#include "exporter/settings/setting_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "exporter/settings/command_line.h"
#include "tests/unit/settings/settings_fixture.h"

namespace airflow_host {
namespace {

using testing::HasSubstr;

class SettingTableTest : public SettingsTest {
 protected:
  std::vector<SettingRow> rows_ = SettingTable(kRows);
};

TEST_F(SettingTableTest, HasNoNameTwiceInAnySource) {
  std::set<std::string> names;
  std::set<std::string> variables;
  for (const SettingRow& row : rows_) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(variables.insert(EnvironmentName(row.name)).second) << row.name;
  }
}

TEST_F(SettingTableTest, EveryDefaultIsValid) {
  Settings settings;
  settings.collectors.resize(kRows.size());
  for (const SettingRow& row : rows_) {
    if (row.default_text.empty()) continue;
    const auto stored =
        row.store({row.default_text.substr(0, row.default_text.find(','))}, settings);
    EXPECT_TRUE(stored) << row.name << ": " << stored.error().message;
  }
}

TEST_F(SettingTableTest, EveryRowHasItsHelpWithinTheLine) {
  const std::string help = HelpText(rows_);
  for (const SettingRow& row : rows_) {
    EXPECT_FALSE(row.help.empty()) << row.name;
    EXPECT_THAT(help, HasSubstr(row.name));
  }
  EXPECT_THAT(help, HasSubstr("\nWeb:\n"));
  EXPECT_THAT(help, HasSubstr("--[no-]collector.oom"));
  EXPECT_THAT(help, HasSubstr("(default: info)"));
  for (std::size_t at = 0; at < help.size();) {
    const std::size_t end = help.find('\n', at);
    EXPECT_LE(end - at, 100U) << help.substr(at, end - at);
    at = end + 1;
  }
}

TEST_F(SettingTableTest, NamesTheVariable) {
  EXPECT_EQ(EnvironmentName("web.listen-address"), "AIRFLOW_HOST_EXPORTER_WEB_LISTEN_ADDRESS");
  EXPECT_EQ(EnvironmentName("collector.host.cadence"),
            "AIRFLOW_HOST_EXPORTER_COLLECTOR_HOST_CADENCE");
}

TEST_F(SettingTableTest, SuggestsOnlyWhatIsClose) {
  EXPECT_EQ(ClosestName(rows_, "web.listen-adress"), "web.listen-address");
  EXPECT_EQ(ClosestName(rows_, "colector.host"), "collector.host");
  EXPECT_EQ(ClosestName(rows_, "foo"), "");
  EXPECT_EQ(ClosestName(rows_, ""), "");
  EXPECT_EQ(ClosestName(rows_, std::string(100000, 'x')), "");
}

}  // namespace
}  // namespace airflow_host
