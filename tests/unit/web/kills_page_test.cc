#include "exporter/web/kills_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/web/sample_kills.h"

namespace airflow_host {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const SystemTime kNow = FromSecondsSinceEpoch(1'700'000'000);

nlohmann::json Parsed(const KillReport& report) {
  return nlohmann::json::parse(RenderKillsJson(report));
}

std::string SectionOf(const KillReport& report) {
  std::string page;
  AppendKills(report, kNow, page);
  return page;
}

TEST(KillsJson, HasEveryFieldOfAKill) {
  const nlohmann::json page = Parsed(*SampleKills(kNow));
  EXPECT_EQ(page["log_readable"], true);
  EXPECT_EQ(page["log_problem"], nullptr);
  EXPECT_EQ(page["log_records_lost"], 0);
  ASSERT_EQ(page["kills"].size(), 3U);
  EXPECT_EQ(page["kills"][0], nlohmann::json::parse(R"({
    "time": "2023-11-14T22:12:07.500Z", "timestamp_seconds": 1699999927.5, "before_start": false,
    "scope": "cgroup", "component": "task", "container": "etl-airflow-worker-1",
    "dag_id": "nightly_etl", "task_id": "load_orders",
    "run_id": "scheduled__2026-11-21T00:00:00+00:00", "map_index": 3, "try_number": 1,
    "task_instance_id": null, "pid": 21915, "comm": "airflow task ru", "uid": 50000,
    "oom_score_adj": 0, "cgroup": "/docker/7e29cfc63f60",
    "limited_cgroup": "/docker/7e29cfc63f60", "rss_bytes": 1645000000,
    "anon_rss_bytes": 1640000000, "file_rss_bytes": 5000000, "shmem_rss_bytes": 0,
    "total_vm_bytes": null, "page_table_bytes": null, "log_sequence": 419})"));
}

TEST(KillsJson, IsNullWhereSomethingIsNotKnown) {
  const nlohmann::json kill = Parsed(*SampleKills(kNow))["kills"][2];
  for (const char* field : {"scope", "container", "dag_id", "task_id", "run_id", "map_index", "uid",
                            "cgroup", "rss_bytes", "anon_rss_bytes", "oom_score_adj"}) {
    EXPECT_EQ(kill.at(field), nullptr) << field;
  }
  EXPECT_EQ(kill["component"], "unknown");
  EXPECT_EQ(kill["before_start"], true);
  EXPECT_EQ(kill["comm"], "<b>?");  // Any bytes become text.
}

TEST(KillsJson, SaysWhyThereAreNone) {
  KillReport report;
  EXPECT_EQ(Parsed(report)["log_readable"], nullptr);
  report.known = true;
  report.log_problem = "CAP_SYSLOG is missing";
  EXPECT_EQ(Parsed(report)["log_readable"], false);
  EXPECT_EQ(Parsed(report)["log_problem"], "CAP_SYSLOG is missing");
  EXPECT_TRUE(Parsed(report)["kills"].empty());
}

TEST(KillsSection, TellsWhoWhenAndWhere) {
  const std::string page = SectionOf(*SampleKills(kNow));
  for (const char* part :
       {"Killed for want of memory", "72 s ago", "etl-airflow-worker-1", "nightly_etl",
        "load_orders[3]", "scheduled__2026-11-21T00:00:00+00:00", "1.5 GiB", "its limit",
        "the host", "names not known yet", "before the exporter started", "not logged",
        "href=\"/api/v1/oom-kills\"", "The last 3 of 3 kills"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
  EXPECT_THAT(page, HasSubstr("&lt;b&gt;?"));
  EXPECT_THAT(page, Not(HasSubstr("<b>")));
}

TEST(KillsSection, EscapesEverything) {
  const std::string attack = "<script>\"'&";
  auto report = SampleKills(kNow);
  report->kills.resize(1);
  AttributedKill& kill = report->kills[0];
  kill.component = kill.container = kill.kill.comm = attack;
  kill.task = TaskIdentity{attack, attack, attack, attack, {}, {}};
  report->kills.push_back(kill);
  report->kills[1].task->dag_id.clear();
  EXPECT_THAT(SectionOf(*report), Not(HasSubstr("<script")));
  report->log_readable = false;
  report->log_problem = attack;
  EXPECT_THAT(SectionOf(*report), Not(HasSubstr("<script")));
}

TEST(KillsSection, ShowsTenAndSaysThatThereAreMore) {
  auto report = SampleKills(kNow);
  report->kills.resize(100, report->kills[0]);
  EXPECT_THAT(SectionOf(*report), HasSubstr("The last 10 of 100 kills"));
}

TEST(KillsSection, SaysWhichRightIsMissingOrThatAllIsWell) {
  KillReport report;
  EXPECT_THAT(SectionOf(report), IsEmpty());
  report.known = report.log_readable = true;
  EXPECT_THAT(SectionOf(report), HasSubstr("tells of no kill"));
  report.log_readable = false;
  report.log_problem = "CAP_SYSLOG is missing";
  EXPECT_THAT(SectionOf(report), HasSubstr("CAP_SYSLOG is missing"));
  EXPECT_THAT(SectionOf(report), Not(HasSubstr("<table>")));
}

}  // namespace
}  // namespace airflow_host
