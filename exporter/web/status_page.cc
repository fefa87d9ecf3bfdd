// Writes the status page, the most urgent first: the verdict, what needs attention, the numbers,
// all collectors, what is not watched.
#include "exporter/web/status_page.h"

#include <algorithm>
#include <array>

#include "exporter/web/html.h"
#include "exporter/web/kills_page.h"
#include "exporter/web/status_style.h"

namespace airflow_host {
namespace {

/// How a state looks: its words, the style's class, and a sign for the eye alone.
struct Look {
  std::string_view words;
  std::string_view style;
  std::string_view sign;
};

Look LookOf(CollectorState state) {
  switch (state) {
    case CollectorState::kWorking:
      return {"working", "good", "✓"};
    case CollectorState::kStale:
      return {"stale", "bad", "!"};
    case CollectorState::kFailing:
      return {"failing", "bad", "✗"};
    case CollectorState::kStuck:
      return {"stuck", "bad", "!"};
    case CollectorState::kWaiting:
      return {"waiting for its first reading", "wait", "…"};
    case CollectorState::kNotConfigured:
      break;
  }
  return {"not configured", "quiet", "–"};
}

bool NeedsAttention(CollectorState state) {
  return state == CollectorState::kStale || state == CollectorState::kFailing ||
         state == CollectorState::kStuck;
}

std::size_t CountOf(const StatusPageInput& input, CollectorState state) {
  return static_cast<std::size_t>(
      std::count_if(input.entries.begin(), input.entries.end(),
                    [&](const BoardEntry& entry) { return StateOf(entry) == state; }));
}

/// What a person is told about an entry besides its state; unescaped.
std::string Explanation(const BoardEntry& entry) {
  const std::string& message = entry.status.message;
  switch (StateOf(entry)) {
    case CollectorState::kStale:
      return "The last reading is too old, so its metrics are left out until there is a new one" +
             (message.empty() ? "." : ": " + message);
    case CollectorState::kStuck:
      return "A reading is past its deadline; the source may hang" +
             (message.empty() ? "." : ": " + message);
    case CollectorState::kFailing:
      return message.empty() ? "It gave no reason." : message;
    case CollectorState::kWorking:
    case CollectorState::kWaiting:
    case CollectorState::kNotConfigured:
      break;
  }
  return message;
}

/// A message as it stands alone: errors begin in lower case, to be joined to others.
std::string Sentence(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  return text;
}

void AppendHead(const StatusPageInput& input, std::string& page) {
  const std::string host = EscapeHtml(input.hostname);
  page +=
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"robots\" content=\"noindex\">\n<title>";
  const auto troubled =
      std::count_if(input.entries.begin(), input.entries.end(),
                    [](const BoardEntry& entry) { return NeedsAttention(StateOf(entry)); });
  // First in the title, so that a row of tabs shows which host is in trouble.
  if (troubled > 0) page += "(" + std::to_string(troubled) + ") ";
  page += host + " – airflow-host-exporter</title>\n<style>";
  page += kStatusStyle;
  page += "</style>\n</head>\n<body>\n<header>\n<h1>" + host + "</h1>\n";
  page += "<p class=\"quiet\">airflow-host-exporter " + EscapeHtml(input.version) + ", as of " +
          TimeElement(input.now) + ". Reload for newer readings.</p>\n";
}

/// One sentence that says whether to worry.
void AppendVerdict(const StatusPageInput& input, std::string& page) {
  std::string troubled;
  for (const BoardEntry& entry : input.entries) {
    const CollectorState state = StateOf(entry);
    if (!NeedsAttention(state)) continue;
    if (!troubled.empty()) troubled += ", ";
    troubled += EscapeHtml(entry.row->name) + " is ";
    troubled += LookOf(state).words;
  }
  const std::size_t configured =
      input.entries.size() - CountOf(input, CollectorState::kNotConfigured);
  const std::size_t waiting = CountOf(input, CollectorState::kWaiting);
  if (!troubled.empty()) {
    page += "<p class=\"verdict bad\">Needs attention: " + troubled + ".</p>\n";
  } else if (configured == 0) {
    page += "<p class=\"verdict wait\">Nothing is watched yet.</p>\n";
  } else if (waiting > 0) {
    page += "<p class=\"verdict wait\">Waiting for " + std::to_string(waiting) + " of " +
            std::to_string(configured) + " collectors to finish their first reading.</p>\n";
  } else if (configured == 1) {
    page += "<p class=\"verdict\">The one configured collector is working.</p>\n";
  } else {
    page += "<p class=\"verdict\">All " + std::to_string(configured) +
            " configured collectors are working.</p>\n";
  }
}

void AppendLinks(std::string_view telemetry_path, std::string& page) {
  const std::string path = EscapeHtml(telemetry_path);
  page +=
      "<nav aria-label=\"Other pages\">\n<ul>\n<li><a href=\"" + path +
      "\">Metrics</a> <span class=\"quiet\">for Prometheus</span></li>\n"
      "<li><a href=\"/healthz\">Health</a> <span class=\"quiet\">the process lives</span></li>\n"
      "<li><a href=\"/readyz\">Readiness</a> <span class=\"quiet\">all first readings are "
      "done</span></li>\n</ul>\n</nav>\n</header>\n<main>\n";
}

void AppendProblems(const StatusPageInput& input, std::string& page) {
  bool first = true;
  for (const BoardEntry& entry : input.entries) {
    const CollectorState state = StateOf(entry);
    if (!NeedsAttention(state)) continue;
    if (first) {
      page +=
          "<section aria-labelledby=\"attention\">\n<h2 id=\"attention\">Needs attention</h2>\n";
    }
    first = false;
    page += "<div class=\"problem\">\n<h3>" + EscapeHtml(entry.row->name) + " is ";
    page += LookOf(state).words;
    page += "</h3>\n<p>" + EscapeHtml(Sentence(Explanation(entry))) +
            "</p>\n<p class=\"quiet\">Last success: " + Ago(entry.status.last_success, input.now) +
            ".</p>\n</div>\n";
  }
  if (!first) page += "</section>\n";
}

void AppendFacts(const StatusPageInput& input, std::string& page) {
  if (input.facts.empty()) return;
  std::vector<std::string_view> sections;
  for (const StatusFact& fact : input.facts) {
    if (std::find(sections.begin(), sections.end(), fact.section) == sections.end()) {
      sections.push_back(fact.section);
    }
  }
  page += "<div class=\"facts\">\n";
  for (const std::string_view section : sections) {
    page += "<section>\n<h2>" + EscapeHtml(section) + "</h2>\n<dl>\n";
    for (const StatusFact& fact : input.facts) {
      if (fact.section != section) continue;
      page += "<dt>" + EscapeHtml(fact.name) + "</dt><dd>" + EscapeHtml(fact.value) + "</dd>\n";
    }
    page += "</dl>\n</section>\n";
  }
  page += "</div>\n";
}

void AppendRow(const BoardEntry& entry, SystemTime now, std::string& page) {
  const CollectorStatus& status = entry.status;
  const Look look = LookOf(StateOf(entry));
  page += "<tr>\n<th scope=\"row\"><span class=\"name\">" + EscapeHtml(entry.row->name) +
          "</span><span class=\"quiet\">" + EscapeHtml(entry.row->help) + "</span></th>\n";
  page.append("<td class=\"state\"><strong class=\"").append(look.style);
  page.append("\"><span aria-hidden=\"true\">").append(look.sign).append("</span> ");
  page.append(look.words).append("</strong>");
  if (!status.configured) {
    page +=
        "<a class=\"quiet\" href=\"#missing\">how to change that</a></td>\n"
        "<td>never</td>\n<td class=\"number\">not read</td>\n"
        "<td class=\"number\">not read</td>\n</tr>\n";
    return;
  }
  page += "<span class=\"quiet\">" + EscapeHtml(Sentence(Explanation(entry))) + "</span></td>\n";
  page += "<td class=\"number\">" + Ago(status.last_success, now);
  if (status.last_success) {
    page += "<br><span class=\"quiet\">" + TimeElement(*status.last_success) + "</span>";
  }
  page += "</td>\n<td class=\"number\">" +
          (status.last_duration ? DurationInWords(*status.last_duration) : "not yet") +
          "</td>\n<td class=\"number\">" + DurationInWords(entry.cadence) + "</td>\n</tr>\n";
}

void AppendTable(const StatusPageInput& input, std::string& page) {
  page +=
      "<section aria-labelledby=\"watched\">\n<h2 id=\"watched\">What is watched</h2>\n"
      "<div class=\"wide\" role=\"region\" aria-labelledby=\"watched\" tabindex=\"0\">\n<table>\n"
      "<caption>One row per collector: how its last reading went, how long that took, and how "
      "often it reads.</caption>\n<thead>\n<tr><th scope=\"col\">Collector</th>"
      "<th scope=\"col\">State</th><th scope=\"col\">Last success</th>"
      "<th scope=\"col\">Took</th><th scope=\"col\">Every</th></tr>\n</thead>\n<tbody>\n";
  for (const BoardEntry& entry : input.entries) AppendRow(entry, input.now, page);
  page += "</tbody>\n</table>\n</div>\n</section>\n";
}

void AppendNotWatched(const StatusPageInput& input, std::string& page) {
  if (CountOf(input, CollectorState::kNotConfigured) == 0) return;
  page +=
      "<section aria-labelledby=\"missing\">\n<h2 id=\"missing\">Not watched, and how to change "
      "that</h2>\n<dl class=\"missing\">\n";
  for (const BoardEntry& entry : input.entries) {
    if (entry.status.configured) continue;
    page += "<dt>" + EscapeHtml(entry.row->name) + "</dt>\n<dd>" +
            EscapeHtml(Sentence(entry.status.message)) + "</dd>\n";
  }
  page += "</dl>\n</section>\n";
}

void AppendNotes(const StatusPageInput& input, std::string& page) {
  if (!input.notes.empty()) {
    page += "<section>\n<h2>Notes</h2>\n<ul>\n";
    for (const std::string& note : input.notes) page += "<li>" + EscapeHtml(note) + "</li>\n";
    page += "</ul>\n</section>\n";
  }
  page +=
      "<section>\n<h2>Where to read more</h2>\n<p>Most HELP lines name the file or "
      "table that the metric is read from. <code>airflow-host-exporter --help</code> lists every "
      "setting; the "
      "README tells how to begin and what to do about failures.</p>\n"
      "</section>\n</main>\n</body>\n</html>\n";
}

}  // namespace

CollectorState StateOf(const BoardEntry& entry) {
  const CollectorStatus& status = entry.status;
  if (!status.configured) return CollectorState::kNotConfigured;
  if (status.stuck) return CollectorState::kStuck;
  if (!status.succeeded) return CollectorState::kWaiting;
  if (!*status.succeeded) return CollectorState::kFailing;
  return entry.observation == nullptr ? CollectorState::kStale : CollectorState::kWorking;
}

std::string_view Words(CollectorState state) { return LookOf(state).words; }

std::string RenderStatusPage(const StatusPageInput& input, std::string_view telemetry_path) {
  std::string page;
  AppendHead(input, page);
  AppendVerdict(input, page);
  AppendLinks(telemetry_path, page);
  AppendProblems(input, page);
  AppendFacts(input, page);
  if (input.kills != nullptr) AppendKills(*input.kills, input.now, page);
  AppendTable(input, page);
  AppendNotWatched(input, page);
  AppendNotes(input, page);
  return page;
}

}  // namespace airflow_host
