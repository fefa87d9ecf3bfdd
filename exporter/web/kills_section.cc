// Writes the last kills as a table for a person.
#include <algorithm>

#include "exporter/web/html.h"
#include "exporter/web/kills_page.h"

namespace airflow_host {
namespace {

std::string Quiet(std::string_view text) {
  return "<span class=\"quiet\">" + EscapeHtml(text) + "</span>";
}

void AppendWhen(const OomKill& kill, SystemTime now, std::string& page) {
  page += "<tr>\n<th scope=\"row\">" + TimeElement(kill.at) + "<br>";
  page += Quiet(Ago(kill.at, now) + (kill.before_start ? ", before the exporter started" : ""));
  page += "</th>\n";
}

void AppendTask(const std::optional<TaskIdentity>& task, std::string& page) {
  page += "<td>";
  if (!task) {
    page += Quiet("none known");
  } else if (!task->Named()) {
    page += Quiet("task instance " + task->task_instance_id + ", names not known yet");
  } else {
    page +=
        "<span class=\"name\">" + EscapeHtml(task->dag_id) + "</span>" + EscapeHtml(task->task_id);
    if (task->map_index) page += EscapeHtml("[" + std::to_string(*task->map_index) + "]");
    if (!task->run_id.empty()) page += "<br>" + Quiet(task->run_id);
  }
  page += "</td>\n";
}

void AppendRow(const AttributedKill& attributed, SystemTime now, std::string& page) {
  const OomKill& kill = attributed.kill;
  AppendWhen(kill, now, page);
  page += "<td><span class=\"name\">" + EscapeHtml(attributed.component) + "</span>" +
          Quiet(kill.comm + ", process " + std::to_string(kill.pid)) + "</td>\n<td>" +
          (attributed.container.empty() ? Quiet("none") : EscapeHtml(attributed.container)) +
          "</td>\n";
  AppendTask(attributed.task, page);
  page += "<td class=\"number\">";
  const auto resident = kill.ResidentBytes();
  page += resident ? BytesInWords(*resident) : std::string("not logged");
  page += "</td>\n<td>";
  if (kill.scope) {
    page += *kill.scope == OomScope::kCgroup ? "its limit" : "the host";
  } else {
    page += "not logged";
  }
  page += "</td>\n</tr>\n";
}

void AppendTable(const KillReport& report, SystemTime now, std::string& page) {
  const std::size_t shown = std::min(report.kills.size(), kKillsShown);
  page +=
      "<div class=\"wide\" role=\"region\" aria-labelledby=\"kills\" tabindex=\"0\">\n<table>\n"
      "<caption>The last " +
      std::to_string(shown) + " of " + std::to_string(report.kills.size()) +
      " kills that the kernel's log tells of, the newest first. All of them, with more about each: "
      "<a href=\"";
  page += kKillsPath;
  page += "\">";
  page += kKillsPath;
  page +=
      "</a>.</caption>\n<thead>\n<tr><th scope=\"col\">When</th><th scope=\"col\">Component</th>"
      "<th scope=\"col\">Container</th><th scope=\"col\">Dag, task and run</th>"
      "<th scope=\"col\">Resident memory</th><th scope=\"col\">What ran out</th></tr>\n</thead>\n"
      "<tbody>\n";
  for (std::size_t at = 0; at < shown; ++at) AppendRow(report.kills[at], now, page);
  page += "</tbody>\n</table>\n</div>\n";
}

}  // namespace

void AppendKills(const KillReport& report, SystemTime now, std::string& page) {
  if (!report.known) return;
  page += "<section aria-labelledby=\"kills\">\n<h2 id=\"kills\">Killed for want of memory</h2>\n";
  if (!report.log_readable) page += "<p>" + EscapeHtml(report.log_problem) + "</p>\n";
  if (!report.kills.empty()) {
    AppendTable(report, now, page);
  } else if (report.log_readable) {
    page += "<p>The kernel's log tells of no kill.</p>\n";
  }
  page += "</section>\n";
}

}  // namespace airflow_host
