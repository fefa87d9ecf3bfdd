// The page that a person reads, at three in the morning too: what is watched on this host, how that
// fares, and what to do about what is not watched. Plain HTML5: no script, nothing loaded.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/support/clock.h"
#include "exporter/board.h"
#include "exporter/insight/kill_report.h"

namespace airflow_host {

/// One line of a summary, such as {"Host memory", "Available", "512 MiB of 4 GiB"}.
struct StatusFact {
  std::string section;  ///< Heading; facts with the same one stand together.
  std::string name;
  std::string value;
};

/// What the page shows. A plain value; every text is escaped when it is rendered.
struct StatusPageInput {
  std::string version;
  std::string hostname;
  SystemTime now{};                 ///< When `entries` were read; ages count from here.
  std::vector<BoardEntry> entries;  ///< In the board's order.
  std::vector<std::string> notes;   ///< Sentences about the exporter as a whole.
  std::vector<StatusFact> facts;
  /// Null: nothing is shown of them.
  std::shared_ptr<const KillReport> kills{};
};

/// How a collector fares, in one word.
enum class CollectorState {
  kWorking,
  kStale,    ///< The last attempt succeeded, yet no fresh observation is on the board.
  kFailing,  ///< The last attempt failed.
  kStuck,    ///< An attempt is past its deadline.
  kWaiting,  ///< The first attempt has not finished.
  kNotConfigured,
};

/// The state of one entry. Any thread.
CollectorState StateOf(const BoardEntry& entry);

/// The words for a state: "working", "not configured".
std::string_view Words(CollectorState state);

/// The page as HTML; `telemetry_path` is what it links to. Any thread.
std::string RenderStatusPage(const StatusPageInput& input, std::string_view telemetry_path);

}  // namespace airflow_host
