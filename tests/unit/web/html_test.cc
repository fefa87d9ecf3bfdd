#include "exporter/web/html.h"

#include <gtest/gtest.h>

namespace airflow_host {
namespace {

TEST(EscapeHtml, DisarmsMarkupAndControls) {
  EXPECT_EQ(EscapeHtml("<script>alert(\"1\" & '2')</script>"),
            "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;");
  EXPECT_EQ(EscapeHtml(std::string_view("a\0b\n\xff", 5)), "a?b??");
  EXPECT_EQ(EscapeHtml("스케줄러"), "스케줄러");
  EXPECT_LE(EscapeHtml(std::string(100'000, 'x')).size(), 1000U);
}

TEST(DurationInWords, TakesTheFittingUnit) {
  using namespace std::chrono_literals;
  EXPECT_EQ(DurationInWords(850us), "850 µs");
  EXPECT_EQ(DurationInWords(1234us), "1.2 ms");
  EXPECT_EQ(DurationInWords(2s), "2 s");
  EXPECT_EQ(DurationInWords(1500ms), "1.5 s");
  EXPECT_EQ(DurationInWords(90s), "90 s");
  EXPECT_EQ(DurationInWords(42min), "42 min");
  EXPECT_EQ(DurationInWords(5h), "5 h");
  EXPECT_EQ(DurationInWords(72h), "3 days");
  EXPECT_EQ(DurationInWords(0s), "0 µs");
}

TEST(TimeElement, SaysTheTimeToMachinesAndPeople) {
  EXPECT_EQ(TimeElement(FromSecondsSinceEpoch(1'700'000'000)),
            "<time datetime=\"2023-11-14T22:13:20Z\">2023-11-14 22:13:20 UTC</time>");
}

}  // namespace
}  // namespace airflow_host
