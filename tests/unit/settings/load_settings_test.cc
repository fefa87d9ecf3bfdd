#include "exporter/settings/load_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporter/settings/setting_table.h"
#include "tests/unit/settings/settings_fixture.h"

namespace airflow_host {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class LoadSettingsTest : public SettingsTest {};

TEST_F(LoadSettingsTest, DefaultsSuffice) {
  const Settings settings = Load();
  EXPECT_THAT(settings.listen_addresses, ElementsAre(ListenAddress{"0.0.0.0", 10132}));
  EXPECT_EQ(settings.telemetry_path, "/metrics");
  EXPECT_EQ(settings.max_requests, 4U);
  EXPECT_EQ(settings.log_level, LogLevel::kInfo);
  EXPECT_EQ(settings.log_format, LogFormat::kLogfmt);
  EXPECT_TRUE(settings.lock_memory);
  EXPECT_FALSE(settings.allow_airflow_commands);
  EXPECT_THAT(settings.trend_windows, ElementsAre(std::chrono::hours(1), std::chrono::hours(6)));
  EXPECT_EQ(settings.collector.paths.procfs, "/proc");
  EXPECT_EQ(settings.collector.paths.sysfs, "/sys");
  EXPECT_EQ(settings.collector.paths.rootfs, "");
  EXPECT_EQ(settings.collector.docker_socket, "/var/run/docker.sock");
  EXPECT_EQ(settings.collector.podman_socket, "/run/podman/podman.sock");
  ASSERT_EQ(settings.collectors.size(), 3U);
  EXPECT_EQ(settings.collectors[0].name, "host");
  EXPECT_TRUE(settings.collectors[0].enabled);
  EXPECT_EQ(settings.collectors[0].cadence, std::chrono::seconds(1));
  EXPECT_FALSE(settings.collectors[2].enabled);
  for (const SettingOrigin& origin : settings.origins) EXPECT_EQ(origin.origin, "default");
}

TEST_F(LoadSettingsTest, FlagBeatsEnvironmentBeatsFileBeatsDefault) {
  Write("/x.yml", "web:\n  max-requests: 3\n");
  const char* const name = "web.max-requests";
  EXPECT_EQ(Load().max_requests, 4U);
  input_.arguments = {"--config.file=/x.yml"};
  EXPECT_EQ(Load().max_requests, 3U);
  EXPECT_EQ(Origin(Load(), name).origin, "/x.yml line 2");
  input_.environment = {{"AIRFLOW_HOST_EXPORTER_WEB_MAX_REQUESTS", "2"}};
  EXPECT_EQ(Load().max_requests, 2U);
  EXPECT_EQ(Origin(Load(), name).origin,
            "environment variable AIRFLOW_HOST_EXPORTER_WEB_MAX_REQUESTS");
  input_.arguments.emplace_back("--web.max-requests=1");
  EXPECT_EQ(Load().max_requests, 1U);
  EXPECT_EQ(Origin(Load(), name).origin, "flag --web.max-requests");
}

TEST_F(LoadSettingsTest, KeepsHistoryInTheDirectoryOfTheService) {
  EXPECT_EQ(Load().storage_path, "");
  input_.environment = {{"STATE_DIRECTORY", "/var/lib/exporter:/var/lib/other"}};
  EXPECT_EQ(Load().storage_path, "/var/lib/exporter");
  EXPECT_EQ(Origin(Load(), "storage.path").origin, "environment variable STATE_DIRECTORY");
  input_.arguments = {"--storage.path=/srv/state"};
  EXPECT_EQ(Load().storage_path, "/srv/state");
  input_.arguments = {"--storage.path="};
  EXPECT_EQ(Load().storage_path, "");
  input_.arguments = {};
  input_.environment = {{"STATE_DIRECTORY", "relative"}};
  EXPECT_EQ(Load().storage_path, "");
}

TEST_F(LoadSettingsTest, EverySettingCanComeFromEverySource) {
  struct Case {
    const char* name;
    const char* text;
  };
  const Case kCases[] = {
      {"web.listen-address", ":1"},
      {"web.telemetry-path", "/m"},
      {"web.max-requests", "7"},
      {"log.level", "debug"},
      {"log.format", "json"},
      {"memory.lock", "false"},
      {"path.procfs", "/p"},
      {"path.sysfs", "/s"},
      {"path.rootfs", "/r"},
      {"host.mountpoints", "/m1,/m2"},
      {"container.docker-socket", "/d.sock"},
      {"trend.windows", "2h"},
      {"metadata.url", "postgresql://h/d"},
      {"metadata.schema", "s"},
      {"metadata.task-queued-timeout", "10m"},
      {"metadata.task-heartbeat-timeout", "90s"},
      {"broker.url", "redis://h/0"},
      {"broker.key-prefix", "k"},
      {"broker.visibility-timeout", "5m"},
      {"broker.queues", "q"},
      {"broker.separator", ":"},
      {"broker.priority-steps", "0,5"},
      {"broker.master-name", "mymaster"},
      {"broker.tls", "true"},
      {"broker.tls-check-hostname", "false"},
      {"broker.tls-ca-file", "/ca.pem"},
      {"broker.tls-cert-file", "/cert.pem"},
      {"broker.tls-key-file", "/key.pem"},
      {"airflow.home", "/a"},
      {"airflow.allow-commands", "true"},
      {"collector.disable-defaults", "true"},
      {"collector.host", "false"},
      {"collector.oom.cadence", "2s"},
  };
  for (const auto& [name, text] : kCases) {
    input_.arguments = {std::string("--") + name + "=" + text};
    input_.environment = {};
    EXPECT_EQ(Origin(Load(), name).value, text);
    EXPECT_THAT(Origin(Load(), name).origin, StartsWith("flag --"));
    input_.arguments = {};
    input_.environment = {{EnvironmentName(name), text}};
    EXPECT_EQ(Origin(Load(), name).value, text);
    EXPECT_THAT(Origin(Load(), name).origin, StartsWith("environment variable "));
    Write("/x.yml", std::string(name) + ": \"" + text + "\"\n");
    input_.environment = {{"AIRFLOW_HOST_EXPORTER_CONFIG_FILE", "/x.yml"}};
    EXPECT_EQ(Origin(Load(), name).value, text);
    EXPECT_EQ(Origin(Load(), name).origin, "/x.yml line 1");
  }
}

TEST_F(LoadSettingsTest, ListsComeFromCommasRepetitionsAndSequences) {
  input_.arguments = {"--web.listen-address=:1, :2", "--web.listen-address=[::1]:3"};
  EXPECT_EQ(Load().listen_addresses.size(), 3U);
  Write("/x.yml", "host:\n  mountpoints: [/data, \"~/x\", \"/a,/b\"]\n");
  input_.arguments = {"--config.file=/x.yml"};
  EXPECT_THAT(Load().collector.mountpoints, ElementsAre("/data", "/home/airflow/x", "/a", "/b"));
}

TEST_F(LoadSettingsTest, WindowsAreSorted) {
  input_.arguments = {"--trend.windows=6h,1h"};
  EXPECT_THAT(Load().trend_windows, ElementsAre(std::chrono::hours(1), std::chrono::hours(6)));
}

TEST_F(LoadSettingsTest, AnEmptyVariableIsNotSetAndAnEmptyFlagIs) {
  input_.environment = {{"AIRFLOW_HOST_EXPORTER_CONTAINER_DOCKER_SOCKET", ""},
                        {"AIRFLOW_HOST_EXPORTER_METADATA_URL", ""}};
  EXPECT_EQ(Load().collector.docker_socket, "/var/run/docker.sock");
  input_.arguments = {"--container.docker-socket=", "--metadata.url="};
  EXPECT_EQ(Load().collector.docker_socket, "");
}

TEST_F(LoadSettingsTest, CollectorsCanBeChosen) {
  input_.arguments = {"--collector.disable-defaults", "--collector.oom",
                      "--collector.oom.cadence=10s"};
  const Settings settings = Load();
  EXPECT_FALSE(settings.collectors[0].enabled);
  EXPECT_FALSE(settings.collectors[1].enabled);
  EXPECT_TRUE(settings.collectors[2].enabled);
  EXPECT_EQ(settings.collectors[2].cadence, std::chrono::seconds(10));
  EXPECT_EQ(Origin(settings, "collector.host").value, "false");
  EXPECT_EQ(Origin(settings, "collector.host").origin, "flag --collector.disable-defaults");
  input_.arguments = {"--no-collector.host"};
  EXPECT_FALSE(Load().collectors[0].enabled);
  EXPECT_EQ(Origin(Load(), "collector.host").origin, "flag --no-collector.host");
}

TEST_F(LoadSettingsTest, WrongValuesNameTheirOrigin) {
  Write("/x.yml", "log:\n  level: loud\n");
  Write("/unknown.yml", "web:\n  max-request: 3\n");
  Write("/list.yml", "log:\n  level: [info]\n");
  Write("/itself.yml", "config.file: /x.yml\n");
  Write("/broken.yml", "a: [\n");
  struct Case {
    std::vector<std::string> arguments;
    Environment environment;
    const char* message;
    int exit_code = 2;
  };
  const Case kCases[] = {
      {{"--log.level=loud"}, {}, "flag --log.level wants debug, info, warn or error, not \"loud\""},
      {{},
       {{"AIRFLOW_HOST_EXPORTER_LOG_LEVEL", "loud"}},
       "environment variable AIRFLOW_HOST_EXPORTER_LOG_LEVEL wants debug, info, warn or error"},
      {{"--config.file=/x.yml"}, {}, "/x.yml line 2: log.level wants debug, info, warn or error"},
      {{"--config.file=/unknown.yml"},
       {},
       "/unknown.yml line 2: unknown key \"web.max-request\"; did you mean web.max-requests?"},
      {{"--config.file=/list.yml"}, {}, "/list.yml line 2: log.level wants one value, not a list"},
      {{"--config.file=/itself.yml"}, {}, "/itself.yml line 1: unknown key \"config.file\""},
      {{"--config.file=/broken.yml"}, {}, "/broken.yml line 2: this is not YAML"},
      {{"--config.file=/none.yml"}, {}, "/none.yml: No such file or directory", 1},
      {{"--web.max-requests=0"}, {}, "flag --web.max-requests wants a whole number from 1 to 64"},
      {{"--web.listen-address=:1,:1"}, {}, "flag --web.listen-address holds \":1\" twice"},
      {{"--web.listen-address="}, {}, "flag --web.listen-address wants at least one address"},
      {{"--trend.windows="}, {}, "flag --trend.windows wants one to four durations"},
      {{"--trend.windows=1h,2h,3h,4h,5h"}, {}, "flag --trend.windows wants one to four durations"},
      {{"--trend.windows=119s"},
       {},
       "trend.windows (flag --trend.windows) holds 119s, but with "
       "collector.component.cadence 5s (default) a window must be at "
       "least 2m"},
      {{"--collector.component.cadence=1h"}, {}, "a window must be at least 1d"},
      {{"--collector.host.cadence=99ms"},
       {},
       "flag --collector.host.cadence wants a duration from 100ms to 1h, not \"99ms\""},
      {{"--collector.host.cadence=3601s"}, {}, "wants a duration from 100ms to 1h"},
      {{"--broker.visibility-timeout=1ms"}, {}, "wants a duration of whole seconds"},
      {{"--broker.queues=a,,b"}, {}, "flag --broker.queues wants names of queues"},
      {{"--host.mountpoints=data"}, {}, "flag --host.mountpoints wants an absolute path"},
      {{"--path.procfs=proc"}, {}, "flag --path.procfs wants an absolute path"},
      {{"--airflow.home=airflow"}, {}, "flag --airflow.home wants an absolute path"},
      {{"--web.telemetry-path=/healthz"}, {}, "flag --web.telemetry-path wants a path that is not"},
      {{"--metadata.url=mysql://h/d"}, {}, "flag --metadata.url is of no use: "},
      {{"--broker.url=amqp://h"}, {}, "flag --broker.url is of no use: "},
      {{"--foo"}, {}, "unknown flag --foo; see --help"},
  };
  for (const auto& [arguments, environment, message, exit_code] : kCases) {
    input_.arguments = arguments;
    input_.environment = environment;
    const SettingsError error = Failure();
    EXPECT_THAT(error.message, HasSubstr(message));
    EXPECT_EQ(error.ExitCode(), exit_code) << message;
    EXPECT_THAT(error.message, testing::Not(HasSubstr("\n")));
  }
}

TEST_F(LoadSettingsTest, AWindowMayBeShortWithoutTheComponentCollector) {
  input_.arguments = {"--trend.windows=10s", "--no-collector.component"};
  EXPECT_THAT(Load().trend_windows, ElementsAre(std::chrono::seconds(10)));
}

TEST_F(LoadSettingsTest, UnknownVariablesAreNotedAndKubernetesOnesAreNot) {
  input_.environment = {{"AIRFLOW_HOST_EXPORTER_WEB_MAX_REQUEST", "1"},
                        {"AIRFLOW_HOST_EXPORTER_SERVICE_HOST", "10.0.0.1"},
                        {"AIRFLOW_HOST_EXPORTER_PORT", "tcp://10.0.0.1:10132"},
                        {"AIRFLOW_HOST_EXPORTER_PORT_10132_TCP_ADDR", "10.0.0.1"}};
  EXPECT_THAT(
      Load().notes,
      ElementsAre(HasSubstr("variable AIRFLOW_HOST_EXPORTER_WEB_MAX_REQUEST is no setting")));
}

TEST_F(LoadSettingsTest, AnswersRequestsWithText) {
  input_.arguments = {"--help"};
  EXPECT_THAT(*LoadSettings(input_)->text, HasSubstr("--web.listen-address=ADDRESS"));
  input_.arguments = {"-h"};
  EXPECT_TRUE(LoadSettings(input_)->text.has_value());
  input_.arguments = {"--version"};
  EXPECT_EQ(LoadSettings(input_)->text, "airflow-host-exporter 1.2.3\n");
  input_.arguments = {"--check-config", "--log.level=warn"};
  EXPECT_THAT(
      *LoadSettings(input_)->text,
      AllOf(
          HasSubstr("log.level                        warn                     flag --log.level\n"),
          HasSubstr("metadata.schema                  -                        default\n"),
          HasSubstr("\nNot available:\n  no metadata database")));
  input_.arguments = {"--check-config", "--log.level=loud"};
  EXPECT_EQ(Failure().ExitCode(), 2);
  input_.arguments = {};
  EXPECT_EQ(LoadSettings(input_)->text, std::nullopt);
}

TEST_F(LoadSettingsTest, ReloadReadsFilesAnewAndKeepsWhatIsFixed) {
  Write("/x.yml", "log: {level: info}\nweb: {max-requests: 3}\n");
  Write("/url", "postgresql://u:old@h/d\n");
  input_.arguments = {"--config.file=/x.yml", "--metadata.url-file=/url"};
  const Settings before = Load();
  Write("/x.yml",
        "log: {level: debug}\nweb: {max-requests: 5}\ncollector: {oom: {enabled: yes}, host: "
        "{cadence: 2s}}\n");
  Write("/url", "postgresql://u:new@h/d\n");
  const auto after = ReloadSettings(input_, before);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->log_level, LogLevel::kDebug);
  EXPECT_EQ(after->max_requests, 3U);
  EXPECT_EQ(Origin(*after, "web.max-requests").value, "3");
  EXPECT_TRUE(after->collectors[2].enabled);
  EXPECT_EQ(after->collectors[0].cadence, before.collectors[0].cadence);
  EXPECT_EQ(after->collector.database_url, "postgresql://u:new@h/d");
  EXPECT_THAT(
      after->notes,
      ElementsAre("web.max-requests has changed (/x.yml line 2); this counts from the next "
                  "start on",
                  "collector.host.cadence has changed (/x.yml line 3); this counts from the "
                  "next start on"));
  Write("/x.yml", "log: {level: loud}\n");
  EXPECT_EQ(ReloadSettings(input_, before).error().ExitCode(), 2);
}

TEST_F(LoadSettingsTest, InputOfProcessLeavesOutTheName) {
  const char* const arguments[] = {"program", "--log.level=debug", "x"};
  const SettingsInput input = InputOfProcess(3, arguments, kRows, "v");
  EXPECT_THAT(input.arguments, ElementsAre("--log.level=debug", "x"));
  EXPECT_EQ(input.root, "");
  EXPECT_TRUE(input.environment.contains("PATH"));
}

TEST_F(LoadSettingsTest, NamesNeighboursInTheFile) {
  Write("/x.yml",
        "component:\n  neighbours:\n    mysql: \"mysqld*\"\n    dbt: [\"*dbt run*\", dbt]\n"
        "  pss-budget: 0.5\n");
  input_.arguments = {"--config.file=/x.yml"};
  const Settings settings = Load();
  EXPECT_THAT(settings.collector.neighbours,
              ElementsAre(NeighbourGroup{"mysql", {"mysqld*"}},
                          NeighbourGroup{"dbt", {"*dbt run*", "dbt"}}));
  EXPECT_EQ(settings.collector.pss_budget_percent, 0.5);
  EXPECT_EQ(Origin(settings, "component.neighbours").origin, "/x.yml line 3");
}

TEST_F(LoadSettingsTest, SaysWhatIsWrongWithComponents) {
  Write("/x.yml", "component:\n  neighbours:\n    scheduler: \"x\"\n");
  input_.arguments = {"--config.file=/x.yml"};
  EXPECT_THAT(Failure().message,
              HasSubstr("/x.yml line 3: component.neighbours names a group \"scheduler\", which is "
                        "a component already"));
  input_.arguments = {"--component.neighbours=mysql"};
  EXPECT_THAT(Failure().message, HasSubstr("flag --component.neighbours wants a pattern"));
  for (const char* budget : {"-1", "101", "nan", "much"}) {
    input_.arguments = {std::string("--component.pss-budget=") + budget};
    EXPECT_THAT(Failure().message,
                HasSubstr("flag --component.pss-budget wants a number from 0 to 100"));
  }
}

}  // namespace
}  // namespace airflow_host
