#include "exporter/web/status_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/web/sample_board.h"

namespace airflow_host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

StatusPageInput InputOf(const SampleBoard& sample) {
  return {"0.1.0", "worker-1", sample.clock.SystemNow(), sample.board.Read(), {}, {}};
}

std::string PageOf(const StatusPageInput& input) { return RenderStatusPage(input, "/metrics"); }

TEST(StatusPage, SaysEachStateInWords) {
  const SampleBoard sample;
  const std::string page = PageOf(InputOf(sample));
  EXPECT_THAT(page, HasSubstr("</span> working</strong>"));
  EXPECT_THAT(page, HasSubstr("</span> failing</strong>"));
  EXPECT_THAT(page, HasSubstr("</span> stuck</strong>"));
  EXPECT_THAT(page, HasSubstr("</span> waiting for its first reading</strong>"));
  EXPECT_THAT(page, HasSubstr("</span> not configured</strong>"));
  EXPECT_THAT(page, HasSubstr("Needs attention: metadata is failing, broker is stuck."));
  EXPECT_THAT(page, HasSubstr("<title>(2) worker-1"));
  EXPECT_THAT(page, HasSubstr("Last success: 42 min ago."));
  EXPECT_THAT(page, HasSubstr("3 s ago"));
  EXPECT_THAT(page, HasSubstr("<dt>oom</dt>\n<dd>/dev/kmsg cannot be read here"));
}

TEST(StatusPage, EscapesEverything) {
  const SampleBoard sample;
  StatusPageInput input = InputOf(sample);
  const std::string attack = "<script>x</script>\"'&";
  input.version = input.hostname = attack;
  input.notes = {attack};
  input.facts = {{attack, attack, attack}};
  const std::string page = RenderStatusPage(input, attack);
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;x&lt;/script&gt;&quot;&#39;&amp;"));
  EXPECT_THAT(page, HasSubstr("Cannot connect to &lt;postgres&gt;"));
}

TEST(StatusPage, IsReadableByMachinesThatReadAloud) {
  const SampleBoard sample;
  const std::string page = PageOf(InputOf(sample));
  for (const char* part : {"<!DOCTYPE html>", "<html lang=\"en\">", "<h1>worker-1</h1>",
                           "<caption>", "<th scope=\"col\">", "<th scope=\"row\">", "<main>",
                           "href=\"/metrics\"", "href=\"/healthz\"", "href=\"/readyz\""}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
  EXPECT_THAT(page, Not(HasSubstr("http-equiv")));
  EXPECT_LT(page.size(), 20'000U);
}

TEST(StatusPage, ReassuresWhereAllIsWell) {
  SampleBoard sample;
  StatusPageInput input = InputOf(sample);
  input.entries.resize(1);
  EXPECT_THAT(PageOf(input), HasSubstr("The one configured collector is working."));
  EXPECT_THAT(PageOf(input), Not(HasSubstr("Not watched")));
  input.entries.push_back(input.entries.front());
  EXPECT_THAT(PageOf(input), HasSubstr("All 2 configured collectors are working."));
  EXPECT_THAT(PageOf(input), HasSubstr("<title>worker-1"));
  input.entries.clear();
  EXPECT_THAT(PageOf(input), HasSubstr("Nothing is watched yet."));
}

TEST(StatusPage, WaitsBeforeItJudges) {
  SampleBoard sample;
  StatusPageInput input = InputOf(sample);
  input.entries = {input.entries[0], input.entries[3]};
  EXPECT_THAT(PageOf(input), HasSubstr("Waiting for 1 of 2 collectors"));
}

TEST(StatusPage, GroupsFactsBySection) {
  const SampleBoard sample;
  StatusPageInput input = InputOf(sample);
  input.facts = {
      {"Memory", "Total", "4 GiB"}, {"Queue", "Waiting", "3"}, {"Memory", "Free", "1 GiB"}};
  const std::string page = PageOf(input);
  EXPECT_THAT(page, HasSubstr("<h2>Memory</h2>\n<dl>\n<dt>Total</dt><dd>4 GiB</dd>\n"
                              "<dt>Free</dt><dd>1 GiB</dd>\n</dl>"));
}

TEST(StateOf, TellsAStaleReadingFromAWorkingOne) {
  SampleBoard sample;
  EXPECT_EQ(StateOf(sample.board.Read()[0]), CollectorState::kWorking);
  sample.clock.Advance(std::chrono::minutes(1));
  EXPECT_EQ(StateOf(sample.board.Read()[0]), CollectorState::kStale);
}

}  // namespace
}  // namespace airflow_host
