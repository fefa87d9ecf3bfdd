// One attempt: observe, refine, publish, keep the book, say it once in the log.
#include "exporter/collector_runner.h"

#include <utility>

namespace airflow_host {
namespace {

/// A failure that lasts is told again this often.
constexpr std::chrono::hours kRemindAfter{1};

}  // namespace

CollectorRunner::CollectorRunner(const CollectorRow& row, std::unique_ptr<Collector> collector,
                                 std::chrono::milliseconds cadence, Refine refine, Board& board,
                                 const Clock& clock, Log& log)
    : row_(row),
      collector_(std::move(collector)),
      cadence_(cadence),
      refine_(std::move(refine)),
      board_(board),
      clock_(clock),
      log_(log) {}

void CollectorRunner::Attempt() {
  const SteadyTime started = clock_.SteadyNow();
  {
    const std::lock_guard lock(mutex_);
    under_way_since_ = started;
  }
  auto result = collector_->Observe(Deadline{started + row_.time_limit});
  if (result) board_.Publish(row_.name, refine_(*result, started));
  Finish(result, started);
  attempted_ = true;
  Tell(result);
}

void CollectorRunner::Finish(const Expected<std::shared_ptr<const Observation>>& result,
                             SteadyTime started) {
  const std::lock_guard lock(mutex_);
  under_way_since_.reset();
  broken_off_.reset();
  status_.configured = result || result.error().kind != ErrorKind::kAbsent;
  status_.succeeded = result.has_value();
  status_.answered = !result && result.error().answered;
  status_.stuck = false;
  status_.last_duration = clock_.SteadyNow() - started;
  status_.connection_failures = collector_->ConnectionFailures();
  status_.message = result ? std::string() : result.error().message;
  if (result) status_.last_success = clock_.SystemNow();
  board_.SetStatus(row_.name, status_);
}

void CollectorRunner::Tell(const Expected<std::shared_ptr<const Observation>>& result) {
  const SteadyTime now = clock_.SteadyNow();
  if (result && failing_) log_.Info("collector works again", {{"collector", row_.name}});
  const bool remind = last_told_ && now - *last_told_ >= kRemindAfter;
  if (!result && (!failing_ || remind)) {
    const bool absent = result.error().kind == ErrorKind::kAbsent;
    const char* const what = absent ? "collector has nothing to watch" : "collector failed";
    log_.Warn(what, {{"collector", row_.name}, {"reason", result.error().message}});
    last_told_ = now;
  }
  failing_ = !result;
}

void CollectorRunner::Watch() {
  bool break_off = false;
  {
    const std::lock_guard lock(mutex_);
    if (!under_way_since_) return;
    const SteadyTime now = clock_.SteadyNow();
    // Half a second of grace: a collector that ends at its deadline by itself is not stuck.
    if (now - *under_way_since_ < row_.time_limit + std::chrono::milliseconds(500)) return;
    if (!status_.stuck) {
      status_.stuck = true;
      status_.message = "no answer for more than " + std::to_string(row_.time_limit.count()) +
                        " ms; still waiting on the same connection";
      board_.SetStatus(row_.name, status_);
      log_.Warn("collector hangs", {{"collector", row_.name}, {"reason", status_.message}});
    }
    const SteadyTime hung_since = broken_off_.value_or(*under_way_since_);
    if (now - hung_since >= kBreakOffAfter) {
      broken_off_ = now;
      break_off = true;
    }
  }
  if (break_off) collector_->Interrupt();
}

}  // namespace airflow_host
