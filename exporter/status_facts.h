// The lines at the head of the status page: what a person asks first at three in the morning.
#pragma once

#include <string>
#include <vector>

#include "exporter/board.h"
#include "exporter/insight/reconcile_report.h"
#include "exporter/insight/sizing.h"
#include "exporter/web/status_page.h"

namespace airflow_host {

/// A summary of the fresh observations on `board`, and of `sizing`, which was made of them: memory,
/// swap, components, tasks, queues. A source without an observation gives no lines. Pure; any
/// thread.
std::vector<StatusFact> SummaryOf(const Board& board, const Sizing& sizing);

/// What is wrong with tasks, messages and workers; nothing while all is well or not known. Pure;
/// any thread.
std::vector<StatusFact> TroubleOf(const ReconcileReport& report);

/// What the collectors could not read although they work, and which right is missing: one sentence
/// each. Pure; any thread.
std::vector<std::string> ProblemsOf(const Board& board);

}  // namespace airflow_host
