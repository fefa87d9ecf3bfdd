// Where the two URLs come from, and that their passwords reach nothing that a person sees.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/settings/settings_fixture.h"

namespace airflow_host {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SecretsTest : public SettingsTest {
 protected:
  /// Everything that the settings give for a person to read.
  std::string AllText() {
    input_.arguments.emplace_back("--check-config");
    const auto loaded = LoadSettings(input_);
    input_.arguments.pop_back();
    if (!loaded) return loaded.error().message;
    std::string text = *loaded->text;
    for (const std::string& note : loaded->settings.notes) text += note;
    return text + loaded->settings.metadata_absence + loaded->settings.broker_absence;
  }
};

TEST_F(SecretsTest, AUrlComesFromItsFile) {
  Write("/run/url", " postgresql://u:secret@h/d \n\n");
  Write("/run/broker", "redis://:secret@h/0");
  input_.arguments = {"--metadata.url-file=/run/url", "--broker.url-file=/run/broker"};
  const Settings settings = Load();
  EXPECT_EQ(settings.collector.database_url, "postgresql://u:secret@h/d");
  EXPECT_EQ(settings.collector.broker_url, "redis://:secret@h/0");
  EXPECT_EQ(Origin(settings, "metadata.url").value, "postgresql://u:***@h/d");
  EXPECT_EQ(Origin(settings, "metadata.url").origin, "file /run/url");
  EXPECT_EQ(Origin(settings, "metadata.url-file").value, "/run/url");
  EXPECT_EQ(Origin(settings, "metadata.url-file").origin, "flag --metadata.url-file");
}

TEST_F(SecretsTest, TheStrongerSourceCounts) {
  Write("/run/url", "postgresql://file/d");
  Write("/x.yml", "metadata: {url: \"postgresql://yaml/d\"}\n");
  input_.environment = {{"AIRFLOW_HOST_EXPORTER_METADATA_URL", "postgresql://variable/d"}};
  input_.arguments = {"--metadata.url-file=/run/url", "--config.file=/x.yml"};
  EXPECT_EQ(Load().collector.database_url, "postgresql://file/d");
  input_.arguments = {"--config.file=/x.yml"};
  EXPECT_EQ(Load().collector.database_url, "postgresql://variable/d");
  input_.environment = {{"AIRFLOW_HOST_EXPORTER_METADATA_URL_FILE", "/run/url"}};
  EXPECT_EQ(Load().collector.database_url, "postgresql://file/d");
  input_.environment = {};
  EXPECT_EQ(Load().collector.database_url, "postgresql://yaml/d");
}

TEST_F(SecretsTest, BothFromOneSourceExcludeEachOther) {
  Write("/run/url", "postgresql://file/d");
  input_.arguments = {"--metadata.url-file=/run/url", "--metadata.url=postgresql://h/d"};
  EXPECT_THAT(Failure().message, HasSubstr("exclude each other"));
  EXPECT_EQ(Failure().ExitCode(), 2);
}

TEST_F(SecretsTest, APasswordInAFlagIsRefused) {
  for (const char* flag :
       {"--metadata.url=postgresql://u:secret@h/d",
        "--metadata.url=postgresql://h/d?password=secret", "--broker.url=redis://:secret@h/0",
        "--broker.url=rediss://u:secret@h/0"}) {
    input_.arguments = {flag};
    const SettingsError error = Failure();
    EXPECT_EQ(error.ExitCode(), 2);
    EXPECT_THAT(error.message, AllOf(HasSubstr("holds a password"), HasSubstr("url-file"),
                                     HasSubstr("AIRFLOW_HOST_EXPORTER_"), HasSubstr("YAML"),
                                     Not(HasSubstr("secret"))));
  }
  input_.arguments = {"--metadata.url=postgresql://u@h/d", "--broker.url=redis://h/0"};
  EXPECT_EQ(Load().collector.broker_url, "redis://h/0");
}

TEST_F(SecretsTest, SeveralUrlsHideEveryPassword) {
  input_.environment = {
      {"AIRFLOW_HOST_EXPORTER_BROKER_URL",
       "redis://:secret@a:1/0;redis://u:secret@b;rediss://c?ssl_password=secret"}};
  const Settings settings = Load();
  EXPECT_THAT(Origin(settings, "broker.url").value, Not(HasSubstr("secret")));
  EXPECT_THAT(settings.collector.broker_url.value_or(""), HasSubstr("u:secret@b"));
}

TEST_F(SecretsTest, TheSentinelsPasswordIsNeverShown) {
  const char* const options = R"({"password": "secret"})";
  input_.environment = {{"AIRFLOW_HOST_EXPORTER_BROKER_SENTINEL_OPTIONS", options}};
  Settings settings = Load();
  EXPECT_EQ(settings.collector.broker_sentinel_options, options);
  EXPECT_EQ(Origin(settings, "broker.sentinel-options").value, "***");
  input_.environment = {{"AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__SENTINEL_KWARGS", options}};
  settings = Load();
  EXPECT_EQ(settings.collector.broker_sentinel_options, options);
  EXPECT_EQ(Origin(settings, "broker.sentinel-options").value, "***");
  input_.environment = {
      {"AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__SENTINEL_KWARGS", "{'password': 'secret'}"}};
  settings = Load();
  EXPECT_EQ(settings.collector.broker_sentinel_options, "");
  ASSERT_EQ(settings.notes.size(), 1U);
  EXPECT_THAT(settings.notes.front(), AllOf(HasSubstr("JSON object"), Not(HasSubstr("secret"))));
  input_.environment = {};
  input_.arguments = {std::string("--broker.sentinel-options=") + options};
  EXPECT_EQ(Failure().ExitCode(), 2);
  EXPECT_THAT(Failure().message, AllOf(HasSubstr("would show a secret"), Not(HasSubstr("word"))));
}

/// As the provider marks the option: a command may print it, a secrets backend may hold it.
TEST_F(SecretsTest, TheSentinelsPasswordMayComeFromACommand) {
  const std::string name = "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__SENTINEL_KWARGS";
  for (const char* suffix : {"_CMD", "_SECRET"}) {
    input_.environment = {{name + suffix, R"(printf '{"password":"secret"}')"}};
    const Settings settings = Load();
    EXPECT_EQ(settings.collector.broker_sentinel_options, "");
    ASSERT_EQ(settings.notes.size(), 1U) << suffix << " is not passed over in silence";
    EXPECT_THAT(settings.notes.front(), AllOf(HasSubstr(suffix), Not(HasSubstr("password"))));
  }
  input_.environment = {{name + "_CMD", R"(printf '{"password":"secret"}')"}};
  input_.environment["PATH"] = "/usr/bin:/bin";
  input_.arguments = {"--airflow.allow-commands"};
  const Settings settings = Load();
  EXPECT_EQ(settings.collector.broker_sentinel_options, R"({"password":"secret"})");
  EXPECT_EQ(Origin(settings, "broker.sentinel-options").value, "***");
}

TEST_F(SecretsTest, ABadUrlFileIsAUsageError) {
  Write("/empty", " \n");
  Write("/two", "postgresql://u:secret@h/d\nredis://h");
  Write("/long", "postgresql://" + std::string(20000, 'h'));
  Write("/words", "secret");
  const std::pair<const char*, const char*> kCases[] = {
      {"/none", "No such file or directory"},
      {"/empty", "must hold one URL and nothing else"},
      {"/two", "must hold one URL and nothing else"},
      {"/long", "must hold one URL and nothing else"},
      {"/words", "file /words is of no use: "},
      {"/", "Is a directory"},
  };
  for (const auto& [path, message] : kCases) {
    input_.arguments = {std::string("--metadata.url-file=") + path};
    const SettingsError error = Failure();
    EXPECT_EQ(error.ExitCode(), 2) << path;
    EXPECT_THAT(error.message, AllOf(HasSubstr(message), Not(HasSubstr("secret"))));
  }
}

TEST_F(SecretsTest, ReachNoText) {
  Write("/a.cfg", "[celery]\nbroker_url = redis://:secret@h/0\n[core]\nx = 1\n");
  Write("/percent.cfg", "[database]\nsql_alchemy_conn = postgresql://u:%secret@h/d\n");
  Write("/x.yml", "metadata:\n  url: postgresql://u:secret@h/d\n");
  Write("/bad.yml", "postgresql://u:secret@h/d: [x\n");
  Write("/key.yml", "\"postgresql://u:secret@h/d\": x\n");
  struct Case {
    std::vector<std::string> arguments;
    Environment environment;
  };
  const Case kCases[] = {
      {{}, {{"AIRFLOW_HOST_EXPORTER_METADATA_URL", "postgresql://u:secret@h/d"}}},
      {{}, {{"AIRFLOW_HOST_EXPORTER_METADATA_URL", "u:secret@h/d"}}},
      {{}, {{"AIRFLOW_HOST_EXPORTER_METADATA_URL", "mysql://u:secret@h/d"}}},
      {{}, {{"AIRFLOW_HOST_EXPORTER_BROKER_URL", "sentinel://u:secret@h;sentinel://u:secret@i"}}},
      {{}, {{"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://u:se%zzcret:secret@h/d"}}},
      {{}, {{"AIRFLOW__CELERY__BROKER_URL", "redis://u:secret@h/x?password=secret"}}},
      {{"--airflow.allow-commands"},
       {{"AIRFLOW__CELERY__BROKER_URL_CMD", "/none/secret --password secret"}}},
      {{"--airflow.config=/a.cfg"}, {}},
      {{"--airflow.config=/percent.cfg"}, {}},
      {{"--config.file=/x.yml"}, {}},
      {{"--config.file=/bad.yml"}, {}},
      {{"--config.file=/key.yml"}, {}},
      {{"--metadata.url-file=postgresql://u:secret@h/d"}, {}},
      {{"--config.file=postgresql://u:secret@h/d"}, {}},
      {{"--web.listen-address=redis://:secret@h"}, {}},
      {{"--metadata.schema=postgresql://u:secret@h/d"}, {}},
  };
  for (const auto& [arguments, environment] : kCases) {
    input_.arguments = arguments;
    input_.environment = environment;
    const std::string text = AllText();
    EXPECT_FALSE(text.empty());
    EXPECT_THAT(text, Not(HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace airflow_host
