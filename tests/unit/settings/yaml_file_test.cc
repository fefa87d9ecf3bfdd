#include "exporter/settings/yaml_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ParseYamlSettings, JoinsNestedKeys) {
  const auto settings = ParseYamlSettings(
      "# comment\n"
      "web:\n"
      "  listen-address: [\":1\", ':2']\n"
      "  config: {file: /x}\n"
      "log.level: debug\n",
      "/x.yml");
  ASSERT_TRUE(settings) << settings.error().message;
  ASSERT_EQ(settings->size(), 3U);
  EXPECT_EQ((*settings)[0].name, "web.listen-address");
  EXPECT_THAT((*settings)[0].values, ElementsAre(":1", ":2"));
  EXPECT_TRUE((*settings)[0].sequence);
  EXPECT_EQ((*settings)[0].line, 3U);
  EXPECT_EQ((*settings)[1].name, "web.config.file");
  EXPECT_EQ((*settings)[2].name, "log.level");
  EXPECT_THAT((*settings)[2].values, ElementsAre("debug"));
  EXPECT_EQ((*settings)[2].line, 5U);
}

TEST(ParseYamlSettings, AnEmptyFileHasNoSettings) {
  for (const char* text : {"", "\n", "# only a comment\n", "---\n", "{}", "null"}) {
    const auto settings = ParseYamlSettings(text, "/x.yml");
    ASSERT_TRUE(settings) << text << settings.error().message;
    EXPECT_THAT(*settings, IsEmpty());
  }
}

TEST(ParseYamlSettings, EnabledStandsForTheCollector) {
  const auto settings = ParseYamlSettings("collector:\n  host: {enabled: no, cadence: 2s}\n", "/x");
  ASSERT_TRUE(settings);
  EXPECT_EQ((*settings)[0].name, "collector.host");
  EXPECT_EQ((*settings)[1].name, "collector.host.cadence");
}

TEST(ParseYamlSettings, TheUsersNeighboursAreItemsOfOneList) {
  const auto settings = ParseYamlSettings(
      "component:\n"
      "  neighbours:\n"
      "    mysql: \"mysqld*\"\n"
      "    dbt: [\"*dbt run*\", \"*dbt build*\"]\n"
      "  pss-budget: 2\n",
      "/x.yml");
  ASSERT_TRUE(settings) << settings.error().message;
  ASSERT_EQ(settings->size(), 2U);
  EXPECT_EQ((*settings)[0].name, "component.neighbours");
  EXPECT_TRUE((*settings)[0].sequence);
  EXPECT_EQ((*settings)[0].line, 3U);
  EXPECT_THAT((*settings)[0].values,
              ElementsAre("mysql=mysqld*", "dbt=*dbt run*", "dbt=*dbt build*"));
  EXPECT_EQ((*settings)[1].name, "component.pss-budget");
}

TEST(ParseYamlSettings, NamesFileAndLineOfWhatIsWrong) {
  const std::pair<const char*, const char*> kCases[] = {
      {"a: b\n  c: d\n", "/x.yml line 2: this is not YAML: "},
      {"a: [1\n", "/x.yml line 2: this is not YAML: "},
      {"just words\n", "/x.yml line 1: the file must hold keys"},
      {"- a\n", "/x.yml line 1: the file must hold keys"},
      {"a: 1\nb: 2\na: 3\n", "/x.yml line 3: the key \"a\" stands already in line 1"},
      {"a.b: 1\na:\n  b: 2\n", "/x.yml line 3: the key \"a.b\" stands already in line 1"},
      {"collector: {host: yes, host.enabled: no}", "stands already in line 1"},
      {"web:\n", "/x.yml line 1: the key \"web\" has no value"},
      {"a: [[1]]\n", "/x.yml line 1: the key \"a\" wants a list of words"},
      {"a: [{b: 1}]\n", "wants a list of words"},
      {"[1, 2]: x\n", "/x.yml line 1: a key must be a plain word"},
      {"a: 1\n---\nb: 2\n", "/x.yml holds more than one YAML document"},
      {"component: {neighbours: {a: x, a: y}}\n", "stands already in the file"},
      {"component: {neighbours: {a: \"x,y\"}}\n", "the pattern for \"a\" holds a comma"},
      {"component: {neighbours: {a: }}\n", "has no value"},
      {"component:\n  neighbours: [a=x]\ncomponent.neighbours.b: y\n",
       "/x.yml line 3: the key \"component.neighbours\" stands already in line 2"},
      {"a: *nothing\n", "/x.yml line 1: this is not YAML: "},
      {"a: {a: {a: {a: {a: {a: {a: {a: {a: {a: 1}}}}}}}}}\n", "nested too deeply"},
  };
  for (const auto& [text, message] : kCases) {
    const auto settings = ParseYamlSettings(text, "/x.yml");
    ASSERT_FALSE(settings) << text;
    EXPECT_THAT(settings.error().message, HasSubstr(message)) << text;
    EXPECT_EQ(settings.error().kind, ErrorKind::kMalformed);
  }
}

TEST(ParseYamlSettings, AliasesDoNotMakeItEndless) {
  std::string text = "a0: &a0 {x0: 1, x1: 1, x2: 1, x3: 1, x4: 1, x5: 1, x6: 1, x7: 1}\n";
  for (int level = 1; level < 7; ++level) {
    const std::string below = "*a" + std::to_string(level - 1);
    text += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " {y0: " + below;
    for (int key = 1; key < 8; ++key) text += ", y" + std::to_string(key) + ": " + below;
    text += "}\n";
  }
  EXPECT_FALSE(ParseYamlSettings(text, "/x.yml"));
  EXPECT_FALSE(ParseYamlSettings("a: &a {b: *a}\n", "/x.yml"));
}

TEST(ParseYamlSettings, EndsOnTextsThatAreEndlessForYamlCpp) {
  for (const char* text : {",", ",,", "a: 1\n---\n,", "? ,"}) {
    EXPECT_FALSE(ParseYamlSettings(text, "/x.yml")) << text;
  }
}

TEST(ParseYamlSettings, BearsAnyBytes) {
  for (const std::string& text :
       {std::string("\0\0\0", 3), std::string("a: \0b", 5), std::string("\xFF\xFE"),
        std::string("\xEF\xBB\xBFlog.level: info\n"), std::string(5000, '['),
        std::string(5000, '{')}) {
    static_cast<void>(ParseYamlSettings(text, "/x.yml"));
  }
}

}  // namespace
}  // namespace airflow_host
