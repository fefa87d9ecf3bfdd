#include "collectors/support/airflow_config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// The value of [s] k in `text`; "(error)" and "(none)" for the others.
std::string ValueIn(const std::string& text, const char* section = "s", const char* key = "k") {
  const auto file = ParseAirflowConfigFile(text);
  if (!file) return "(" + file.error().message + ")";
  const auto value = file->Get(section, key);
  if (!value) return "(error)";
  return value->value_or("(none)");
}

TEST(AirflowConfigFile, ReadsWhatConfigParserReads) {
  const std::pair<const char*, const char*> kCases[] = {
      {"[s]\nk = v\n", "v"},
      {"[s]\nk=v", "v"},
      {"[s]\nk: v", "v"},
      {"[s]\nk : v = w", "v = w"},
      {"[s]\nk = a:b", "a:b"},
      {"[s]\nK = v", "v"},
      {"[s]\nk =", ""},
      {"[s]\nk = \t v \t", "v"},
      {"\xEF\xBB\xBF[s]\nk = v", "v"},
      {"[s]\r\nk = v\r\n", "v"},
      {"[s]\rk = v\r", "v"},
      {"# c\n; c\n[s]\n  # c\nk = v\n", "v"},
      {"[s]\nk = v # no comment\n", "v # no comment"},
      {"[s]\nk = v ; no comment\n", "v ; no comment"},
      {"[s]\nk = a\n  b\n\tc\n", "a\nb\nc"},
      {"[s]\nk = a\n\n  b\n", "a\n\nb"},
      {"[s]\nk = a\n# c\n  b\n", "a\nb"},
      {"[s]\nk = a\n\n\n", "a"},
      {"[s]\nk =\n  a\n", "\na"},
      {"[s]\n  k = a\n    b\n  l = c\n", "a\nb"},
      {"[s]\n  k = a\n l = c\n", "a"},
      {"[s] trailing\nk = v\n", "v"},
      {"  [s]\nk = v\n", "v"},
      {"[S]\nk = v\n", "(none)"},
      {"[t]\nk = v\n", "(none)"},
      {"[s]\nl = v\n", "(none)"},
      {"[DEFAULT]\nk = d\n[s]\n", "d"},
      {"[DEFAULT]\nk = d\n[s]\nk = v\n", "v"},
      {"[DEFAULT]\nk = d\n[t]\n", "(none)"},
      {"[DEFAULT]\nk = d\n[s]\n[DEFAULT]\nl = e\n", "d"},
      {"[s]\nk = 100%%\n", "100%"},
      {"[s]\nk = %(h)s/x\nh = a%%\n", "a%/x"},
      {"[s]\nk = %(H)s\n[DEFAULT]\nh = d\n", "d"},
      {"[s]\nk = %\n", "(error)"},
      {"[s]\nk = p%40w\n", "(error)"},
      {"[s]\nk = %(h)\n", "(error)"},
      {"[s]\nk = %(h\n", "(error)"},
      {"[s]\nk = %()s\n", "(error)"},
      {"[s]\nk = %(none)s\n", "(error)"},
      {"[s]\nk = %(k)s\n", "(error)"},
      {"[s]\nk = %(l)s\nl = %(k)s\n", "(error)"},
      {"", "(none)"},
  };
  for (const auto& [text, expected] : kCases) EXPECT_EQ(ValueIn(text), expected) << text;
}

TEST(AirflowConfigFile, NamesTheLineOfWhatIsWrong) {
  const std::pair<const char*, const char*> kCases[] = {
      {"k = v\n", "line 1: a key stands before the first [section]"},
      {"\n\n  words\n", "line 3: a key stands before the first [section]"},
      {"[s]\nwords\n", "line 2: this is neither a [section] nor \"key = value\""},
      {"[s]\n[]\n", "line 2: this is neither"},
      {"[s]\n= v\n", "line 2: this is neither"},
      {"[s]\n[t\n", "line 2: this is neither"},
      {"[s]\n[s]\n", "line 2: the section [s] stands twice"},
      {"[s]\nk = 1\nK : 2\n", "line 3: the key k of [s] stands twice"},
      {"[s]\r\nk = 1\r\nk = 2\r\n", "line 3: "},
      {"[DEFAULT]\nk = 1\n[DEFAULT]\nk = 2\n", "line 4: "},
  };
  for (const auto& [text, message] : kCases) {
    const auto file = ParseAirflowConfigFile(text);
    ASSERT_FALSE(file) << text;
    EXPECT_EQ(file.error().kind, ErrorKind::kMalformed);
    EXPECT_THAT(file.error().message, StartsWith(message)) << text;
  }
}

TEST(AirflowConfigFile, NeverRepeatsAValue) {
  for (const char* text : {"secret\n", "[s]\nredis//u:x@secret\n[s\n", "[s]\nk=1\nk=secret\n",
                           "[s]\nk = p%secret\n", "[s]\npostgresql://u:secret@h\n[[\n"}) {
    const auto file = ParseAirflowConfigFile(text);
    if (!file) {
      EXPECT_THAT(file.error().message, Not(HasSubstr("secret")));
      continue;
    }
    const auto value = file->Get("s", "k");
    ASSERT_FALSE(value);
    EXPECT_THAT(value.error().message, HasSubstr("[s] k holds a %"));
    EXPECT_THAT(value.error().message, Not(HasSubstr("secret")));
  }
}

TEST(AirflowConfigFile, ReferencesDoNotMakeItEndless) {
  std::string text = "[s]\nk = %(k0)s\n";
  for (int level = 0; level < 8; ++level) {
    text += "k" + std::to_string(level) + " = ";
    for (int copy = 0; copy < 40; ++copy) text += "%(k" + std::to_string(level + 1) + ")s";
    text += "\n";
  }
  EXPECT_EQ(ValueIn(text + "k8 =\n"), "(error)");
  EXPECT_EQ(ValueIn(text + "k8 = long\n"), "(error)");
}

TEST(AirflowConfigFile, BearsNulBytesAndLongLines) {
  EXPECT_EQ(ValueIn(std::string("[s]\nk = a\0b\n", 12)), std::string("a\0b", 3));
  EXPECT_EQ(ValueIn("[s]\nk = " + std::string(50000, 'x')), std::string(50000, 'x'));
}

}  // namespace
}  // namespace airflow_host
