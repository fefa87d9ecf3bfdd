#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/settings/settings_fixture.h"

namespace airflow_host {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kPostgres = "postgresql+psycopg2://airflow:secret@postgres/airflow";
constexpr const char* kConfig =
    "[core]\n"
    "executor = CeleryExecutor\n"
    "[database]\n"
    "sql_alchemy_conn = postgresql://u:p%%40w@db/airflow\n"
    "sql_alchemy_schema = tenant\n"
    "[celery]\n"
    "broker_url = redis://:pw@redis:6379/0\n"
    "[celery_broker_transport_options]\n"
    "visibility_timeout = 21600\n"
    "global_keyprefix = af.\n"
    "[operators]\n"
    "default_queue = main\n";

class AirflowSettingsTest : public SettingsTest {};

TEST_F(AirflowSettingsTest, NothingConfiguredIsNoError) {
  const Settings settings = Load();
  EXPECT_EQ(settings.collector.database_url, std::nullopt);
  EXPECT_EQ(settings.collector.broker_url, std::nullopt);
  EXPECT_EQ(settings.collector.broker_visibility_timeout, std::nullopt);
  EXPECT_THAT(settings.collector.broker_queues, ElementsAre("default"));
  EXPECT_EQ(settings.collector.airflow_home, "");
  EXPECT_THAT(settings.metadata_absence, HasSubstr("no metadata database is configured"));
  EXPECT_THAT(settings.broker_absence, HasSubstr("no Celery broker is configured"));
  EXPECT_THAT(settings.notes, IsEmpty());
}

TEST_F(AirflowSettingsTest, TakesAirflowsVariables) {
  input_.environment = {{"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", kPostgres},
                        {"AIRFLOW__DATABASE__SQL_ALCHEMY_SCHEMA", "s"},
                        {"AIRFLOW__CELERY__BROKER_URL", "redis://redis:6379/0"},
                        {"AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT", "90"},
                        {"AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__GLOBAL_KEYPREFIX", "x"},
                        {"AIRFLOW__OPERATORS__DEFAULT_QUEUE", "q"},
                        {"AIRFLOW__LOGGING__BASE_LOG_FOLDER", "/var/log/airflow"},
                        {"AIRFLOW_HOME", "/opt/airflow"}};
  const Settings settings = Load();
  EXPECT_EQ(settings.collector.airflow_logs, "/var/log/airflow");
  EXPECT_EQ(settings.collector.database_url, kPostgres);
  EXPECT_EQ(settings.collector.database_schema, "s");
  EXPECT_EQ(settings.collector.broker_url, "redis://redis:6379/0");
  EXPECT_EQ(settings.collector.broker_visibility_timeout, std::chrono::seconds(90));
  EXPECT_EQ(settings.collector.broker_key_prefix, "x");
  EXPECT_THAT(settings.collector.broker_queues, ElementsAre("q"));
  EXPECT_EQ(settings.collector.airflow_home, "/opt/airflow");
  EXPECT_EQ(settings.metadata_absence, "");
  EXPECT_EQ(settings.broker_absence, "");
  EXPECT_EQ(Origin(settings, "metadata.url").value,
            "postgresql+psycopg2://airflow:***@postgres/airflow");
  EXPECT_EQ(Origin(settings, "metadata.url").origin,
            "environment variable AIRFLOW__DATABASE__SQL_ALCHEMY_CONN");
  EXPECT_EQ(Origin(settings, "airflow.home").origin, "environment variable AIRFLOW_HOME");
}

TEST_F(AirflowSettingsTest, TakesAirflowCfgFromWhereverItIsNamed) {
  struct Case {
    const char* path;
    Environment environment;
    std::vector<std::string> arguments;
  };
  const Case kCases[] = {
      {"/home/airflow/airflow/airflow.cfg", {}, {}},
      {"/root/airflow/airflow.cfg", {{"HOME", "/root"}}, {}},
      {"/opt/airflow/airflow.cfg", {{"AIRFLOW_HOME", "/opt/airflow/"}}, {}},
      {"/opt/a/airflow.cfg", {{"AIRFLOW_HOME", "${BASE}/a"}, {"BASE", "/opt"}}, {}},
      {"/home/airflow/a/airflow.cfg", {{"AIRFLOW_HOME", "~/a"}}, {}},
      {"/etc/x.cfg", {{"AIRFLOW_HOME", "/opt/airflow"}, {"AIRFLOW_CONFIG", "/etc/x.cfg"}}, {}},
      {"/etc/y.cfg", {{"AIRFLOW_CONFIG", "/etc/x.cfg"}}, {"--airflow.config=/etc/y.cfg"}},
      {"/srv/airflow.cfg", {{"AIRFLOW_HOME", "/opt/airflow"}}, {"--airflow.home=/srv"}},
      {"/host/opt/airflow/airflow.cfg",
       {{"AIRFLOW_HOME", "/opt/airflow"}},
       {"--path.rootfs=/host/"}},
  };
  for (const auto& [path, environment, arguments] : kCases) {
    Write(path, kConfig);
    input_.environment = environment;
    input_.arguments = arguments;
    const Settings settings = Load();
    EXPECT_EQ(settings.collector.database_url, "postgresql://u:p%40w@db/airflow") << path;
    EXPECT_EQ(Origin(settings, "broker.url").origin, root_ + path + " [celery] broker_url");
    EXPECT_EQ(Origin(settings, "broker.url").value, "redis://:***@redis:6379/0");
    EXPECT_EQ(settings.collector.broker_visibility_timeout, std::chrono::hours(6));
    EXPECT_EQ(settings.collector.broker_key_prefix, "af.");
    EXPECT_EQ(settings.collector.database_schema, "tenant");
    EXPECT_THAT(settings.collector.broker_queues, ElementsAre("main"));
    EXPECT_THAT(settings.notes, IsEmpty());
    std::filesystem::remove(root_ + path);
  }
}

TEST_F(AirflowSettingsTest, TakesEverythingThatConcernsTheBroker) {
  Write("/opt/airflow/airflow.cfg",
        "[celery]\nbroker_url = sentinel://s1;sentinel://s2\nssl_active = True\n"
        "ssl_key = /etc/key.pem\nssl_cert = /etc/cert.pem\nssl_cacert = /etc/ca.pem\n"
        "[celery_broker_transport_options]\nsep = :\npriority_steps = [0, 5]\n"
        "master_name = mymaster\nsentinel_kwargs = {\"password\": \"pw\"}\n");
  input_.environment = {{"AIRFLOW_HOME", "/opt/airflow"}};
  CollectorSettings collector = Load().collector;
  EXPECT_THAT(Load().notes, IsEmpty());
  EXPECT_EQ(collector.broker_url, "sentinel://s1;sentinel://s2");
  EXPECT_TRUE(collector.broker_tls);
  EXPECT_EQ(collector.broker_tls_authorities_file, "/etc/ca.pem");
  EXPECT_EQ(collector.broker_tls_certificate_file, "/etc/cert.pem");
  EXPECT_EQ(collector.broker_tls_key_file, "/etc/key.pem");
  EXPECT_EQ(collector.broker_separator, ":");
  EXPECT_THAT(collector.broker_priority_steps, ElementsAre(0, 5));
  EXPECT_EQ(collector.broker_master_name, "mymaster");
  EXPECT_EQ(collector.broker_sentinel_options, "{\"password\": \"pw\"}");
  input_.environment["AIRFLOW__CELERY__SSL_ACTIVE"] = "False";
  input_.environment["AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__MASTER_NAME"] = "other";
  collector = Load().collector;
  EXPECT_FALSE(collector.broker_tls);
  EXPECT_EQ(collector.broker_master_name, "other");
}

TEST_F(AirflowSettingsTest, OurOwnSettingsBeatAirflows) {
  Write("/opt/airflow/airflow.cfg", kConfig);
  input_.environment = {{"AIRFLOW_HOME", "/opt/airflow"},
                        {"AIRFLOW_HOST_EXPORTER_METADATA_URL", kPostgres},
                        {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://other/db"}};
  input_.arguments = {"--broker.queues=a,b", "--broker.visibility-timeout=1h",
                      "--metadata.schema=m"};
  const Settings settings = Load();
  EXPECT_EQ(settings.collector.database_url, kPostgres);
  EXPECT_EQ(settings.collector.database_schema, "m");
  EXPECT_THAT(settings.collector.broker_queues, ElementsAre("a", "b"));
  EXPECT_EQ(settings.collector.broker_visibility_timeout, std::chrono::hours(1));
}

TEST_F(AirflowSettingsTest, ABrokenFileThatIsNamedIsAFailure) {
  Write("/opt/airflow/airflow.cfg", "[core]\nsecret words\n");
  input_.environment = {{"AIRFLOW_HOME", "/opt/airflow"}};
  const SettingsError error = Failure();
  EXPECT_EQ(error.ExitCode(), 1);
  EXPECT_THAT(error.message, AllOf(HasSubstr("/opt/airflow/airflow.cfg line 2: "),
                                   testing::Not(HasSubstr("secret"))));
}

TEST_F(AirflowSettingsTest, AFileOfOursMustExistAndAirflowsNeedNot) {
  input_.arguments = {"--airflow.config=/none.cfg"};
  EXPECT_EQ(Failure().ExitCode(), 1);
  EXPECT_THAT(Failure().message, HasSubstr("/none.cfg: No such file or directory"));
  input_.arguments = {};
  input_.environment = {{"AIRFLOW_CONFIG", "/none.cfg"}};
  EXPECT_THAT(Load().notes, ElementsAre(HasSubstr("/none.cfg: No such file or directory")));
  input_.environment = {{"AIRFLOW_HOME", "/none"}};
  EXPECT_THAT(Load().notes, IsEmpty());
  input_.environment = {{"AIRFLOW_HOME", "relative"}, {"AIRFLOW_CONFIG", "too"}};
  EXPECT_THAT(Load().notes, ElementsAre(HasSubstr("AIRFLOW_HOME is not an absolute path"),
                                        HasSubstr("AIRFLOW_CONFIG is not an absolute path")));
}

TEST_F(AirflowSettingsTest, ABrokenFileThatWasMerelyFoundIsNoted) {
  Write("/home/airflow/airflow/airflow.cfg", "words\n");
  const Settings settings = Load();
  EXPECT_THAT(settings.notes, ElementsAre(HasSubstr("airflow.cfg line 1: ")));
  EXPECT_EQ(settings.collector.airflow_home, "/home/airflow/airflow");
  EXPECT_THAT(settings.metadata_absence, HasSubstr("no metadata database"));
}

TEST_F(AirflowSettingsTest, AnUnreadableFileSaysSo) {
  // A directory in the file's place cannot be read by anybody, root included.
  std::filesystem::create_directories(root_ + "/opt/airflow/airflow.cfg");
  std::filesystem::create_directories(root_ + "/home/airflow/airflow/airflow.cfg");
  EXPECT_THAT(Load().notes, ElementsAre(HasSubstr("airflow.cfg: Is a directory")));
  input_.environment = {{"AIRFLOW_HOME", "/opt/airflow"}};
  EXPECT_EQ(Failure().ExitCode(), 1);
  EXPECT_THAT(Failure().message, HasSubstr("/opt/airflow/airflow.cfg: Is a directory"));
}

TEST_F(AirflowSettingsTest, DatabasesOfOtherKindsAreAbsent) {
  const std::pair<const char*, const char*> kCases[] = {
      {"sqlite:////opt/airflow/airflow.db", "Airflow uses SQLite (environment variable AIRFLOW__"},
      {"mysql://u:secret@h/d", "SQL_ALCHEMY_CONN is of no use: "},
      {"", "SQL_ALCHEMY_CONN is empty; no metadata database is configured"},
      {"secret", "SQL_ALCHEMY_CONN is of no use: "},
  };
  for (const auto& [url, message] : kCases) {
    input_.environment = {{"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", url}};
    const Settings settings = Load();
    EXPECT_EQ(settings.collector.database_url, std::nullopt);
    EXPECT_THAT(settings.metadata_absence, HasSubstr(message));
    EXPECT_THAT(settings.metadata_absence, testing::Not(HasSubstr("secret")));
    EXPECT_EQ(Origin(settings, "metadata.url").value, "");
  }
}

TEST_F(AirflowSettingsTest, TheBrokerCountsWithCeleryOnly) {
  const std::pair<const char*, bool> kCases[] = {
      {"CeleryExecutor", true},
      {"CeleryKubernetesExecutor", true},
      {"LocalExecutor,CeleryExecutor", true},
      {"airflow.providers.celery.executors.celery_executor.CeleryExecutor", true},
      {"LocalExecutor", false},
      {"SequentialExecutor", false},
      {"KubernetesExecutor", false},
  };
  for (const auto& [executor, counts] : kCases) {
    input_.environment = {{"AIRFLOW__CORE__EXECUTOR", executor},
                          {"AIRFLOW__CELERY__BROKER_URL", "redis://redis:6379/0"}};
    const Settings settings = Load();
    EXPECT_EQ(settings.collector.broker_url.has_value(), counts) << executor;
    EXPECT_EQ(settings.broker_absence.empty(), counts) << executor;
  }
  EXPECT_THAT(Load().broker_absence, HasSubstr("Airflow's executor is KubernetesExecutor"));
  input_.arguments = {"--broker.url=redis://mine/0"};
  EXPECT_EQ(Load().collector.broker_url, "redis://mine/0");
}

TEST_F(AirflowSettingsTest, TakesHowAirflowExecutesTasks) {
  Write("/opt/airflow/airflow.cfg",
        "[core]\nexecutor = CeleryKubernetesExecutor\n[celery]\nworker_concurrency = 8  # few\n"
        "[celery_kubernetes_executor]\nkubernetes_queue = pods\n");
  input_.environment = {{"AIRFLOW_HOME", "/opt/airflow"}};
  const ExecutionSettings execution = Load().execution;
  EXPECT_EQ(execution.executor, "CeleryKubernetesExecutor");
  EXPECT_EQ(execution.kubernetes_queue, "pods");
  EXPECT_EQ(execution.worker_concurrency, 8U);
  EXPECT_FALSE(execution.worker_concurrency_told);
  EXPECT_EQ(Origin(Load(), "celery.worker-concurrency").origin,
            root_ + "/opt/airflow/airflow.cfg [celery] worker_concurrency");
  input_.environment["AIRFLOW__CORE__EXECUTOR"] = "CeleryExecutor,KubernetesExecutor";
  input_.environment["AIRFLOW__CELERY__WORKER_AUTOSCALE"] = "12,4";
  EXPECT_EQ(Load().execution.executor, "CeleryExecutor,KubernetesExecutor");
  EXPECT_EQ(Load().execution.worker_concurrency, 12U);
  EXPECT_FALSE(Load().execution.worker_concurrency_is_default);
  input_.arguments = {"--celery.worker-concurrency=3"};
  EXPECT_EQ(Load().execution.worker_concurrency, 3U);
  EXPECT_TRUE(Load().execution.worker_concurrency_told);
}

TEST_F(AirflowSettingsTest, TheDefaultConcurrencyHoldsOnlyWhereAirflowsFileHasNoOther) {
  EXPECT_EQ(Load().execution.worker_concurrency, std::nullopt);
  EXPECT_EQ(Load().execution.executor, "");
  EXPECT_EQ(Load().execution.kubernetes_queue, "kubernetes");
  input_.environment = {{"AIRFLOW__CORE__EXECUTOR", "CeleryExecutor"}};
  EXPECT_EQ(Load().execution.worker_concurrency, std::nullopt) << "the file was not seen";
  Write("/opt/airflow/airflow.cfg", "[core]\nexecutor = CeleryExecutor\n");
  input_.environment["AIRFLOW_HOME"] = "/opt/airflow";
  EXPECT_EQ(Load().execution.worker_concurrency, 16U);
  EXPECT_EQ(Origin(Load(), "celery.worker-concurrency").origin, "Airflow's default");
  EXPECT_FALSE(Load().execution.worker_concurrency_told);
  EXPECT_TRUE(Load().execution.worker_concurrency_is_default);
  input_.environment["AIRFLOW__CELERY__WORKER_AUTOSCALE"] = "";  // As Airflow, it counts for unset.
  EXPECT_EQ(Load().execution.worker_concurrency, 16U);
}

TEST_F(AirflowSettingsTest, AConcurrencyThatIsNoNumberIsNotedAndUnknown) {
  Write("/opt/airflow/airflow.cfg", "[celery]\nworker_concurrency = many\n");
  input_.environment = {{"AIRFLOW_HOME", "/opt/airflow"}};
  for (const char* value : {"many", "0", "-1", "1.5", "100001", "9999999999"}) {
    input_.environment["AIRFLOW__CELERY__WORKER_CONCURRENCY"] = value;
    EXPECT_EQ(Load().execution.worker_concurrency, std::nullopt) << value;
    EXPECT_THAT(Load().notes, ElementsAre(HasSubstr("wants a number of tasks from 1 to 100000")));
  }
  input_.arguments = {"--celery.worker-concurrency=0"};
  EXPECT_EQ(Failure().ExitCode(), 2);
}

TEST_F(AirflowSettingsTest, BrokersOfOtherKindsAreAbsent) {
  input_.environment = {{"AIRFLOW__CELERY__BROKER_URL", "amqp://guest:secret@rabbit//"}};
  EXPECT_THAT(Load().broker_absence,
              HasSubstr("BROKER_URL is of no use: cannot use the Celery broker URL"));
}

TEST_F(AirflowSettingsTest, SmallFaultsAreNoted) {
  input_.environment = {{"AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT", "soon"}};
  const Settings settings = Load();
  EXPECT_EQ(settings.collector.broker_visibility_timeout, std::nullopt);
  EXPECT_THAT(settings.notes, ElementsAre(AllOf(HasSubstr("VISIBILITY_TIMEOUT wants a duration"),
                                                HasSubstr("it is ignored"))));
}

TEST_F(AirflowSettingsTest, CommandsRunOnlyWhenAllowed) {
  input_.environment = {
      {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD", "printf '%s\\n' postgresql://u:secret@h/d"},
      {"PATH", "/usr/bin:/bin"}};
  EXPECT_THAT(Load().metadata_absence,
              HasSubstr("commands of Airflow's configuration are not run"));
  input_.arguments = {"--airflow.allow-commands"};
  const Settings settings = Load();
  EXPECT_EQ(settings.collector.database_url, "postgresql://u:secret@h/d");
  EXPECT_EQ(Origin(settings, "metadata.url").value, "postgresql://u:***@h/d");
}

}  // namespace
}  // namespace airflow_host
