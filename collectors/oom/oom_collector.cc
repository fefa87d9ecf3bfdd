// Reads all that is new in the kernel's log once a second and remembers the kills in it.
#include "collectors/oom/oom_collector.h"

#include <optional>
#include <utility>

#include "collectors/oom/kmsg_record.h"
#include "collectors/oom/log_rights.h"
#include "collectors/oom/oom_history.h"
#include "collectors/oom/oom_observation.h"
#include "collectors/oom/oom_pairing.h"
#include "collectors/support/file_reader.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

/// A log that cannot be read is tried again this often: a right may be given while we run.
constexpr std::chrono::seconds kTryAgainAfter{60};
/// No more records are read in one observation; the rest waits for the next. A log of 1 MiB, which
/// is large, holds about this many.
constexpr std::size_t kMostRecords = 20'000;
/// No more kills are taken in at once, so that whoever reads every observation misses none.
constexpr std::size_t kMostKillsAtOnce = OomObservation::kMostKills / 2;
/// The deadline is looked at this often.
constexpr std::size_t kRecordsBetweenLooks = 256;

class OomCollector final : public Collector {
 public:
  OomCollector(OomSettings settings, const Clock& clock, OpenLog open)
      : settings_(std::move(settings)), clock_(clock), open_(std::move(open)), started_(LogNow()) {}

  Expected<std::shared_ptr<const Observation>> Observe(Deadline deadline) override {
    auto observation = std::make_shared<OomObservation>();
    observation->observed_at = clock_.SystemNow();
    if (log_ == nullptr) Open();
    if (log_ != nullptr) Drain(deadline);
    observation->log_readable = log_ != nullptr;
    observation->log_problem = problem_;
    observation->kills = history_.kills();
    observation->new_kills = history_.new_kills();
    observation->records_lost = records_lost_;
    observation->last_sequence = last_sequence_;
    return observation;
  }

 private:
  /// CLOCK_MONOTONIC, which the log's clock is taken for.
  std::chrono::microseconds LogNow() const {
    return std::chrono::floor<std::chrono::microseconds>(clock_.SteadyNow().time_since_epoch());
  }

  void Open() {
    const SteadyTime now = clock_.SteadyNow();
    if (tried_ && now - *tried_ < kTryAgainAfter) return;
    tried_ = now;
    auto opened = open_(settings_.kmsg);
    if (!opened) {
      SetProblem(opened.error());
      return;
    }
    log_ = std::move(*opened);
    problem_.clear();
    if (!history_end_) started_ = LogNow();
  }

  void SetProblem(const Error& error) {
    log_.reset();
    std::string buffer;
    std::optional<bool> restricted;
    const auto text = ReadFile(settings_.procfs + "/sys/kernel/dmesg_restrict", buffer);
    if (text && !Trim(*text).empty()) restricted = Trim(*text) != "0";
    problem_ = MissingLogRight(error, restricted);
  }

  /// Reads until the end, within bounds.
  void Drain(Deadline deadline) {
    bool at_end = false;
    for (std::size_t count = 0; count < kMostRecords && !at_end && log_ != nullptr; ++count) {
      at_end = !ReadOne();
      if (caught_up_at_ && pairing_.ready() >= kMostKillsAtOnce) break;
      if (count % kRecordsBetweenLooks == kRecordsBetweenLooks - 1 &&
          deadline.Expired(clock_.SteadyNow())) {
        break;
      }
    }
    if (at_end && !history_end_) {
      history_end_ = last_sequence_ ? *last_sequence_ + 1 : 0;
      history_at_once_ = !drained_;
    }
    drained_ = true;
    const LogTime time{clock_.SystemNow(), LogNow(), caught_up_at_};
    for (const PairedKill& kill : pairing_.Take(time.log_now)) {
      history_.Enter(ToOomKill(kill, time, WasBeforeStart(kill)));
    }
    if (at_end) caught_up_at_ = time.wall_now;
  }

  /// What the log held when it was opened is history. The sequence tells it for sure, unless that
  /// was more than one observation reads: the rest is mixed with what came since, and the clocks
  /// have to tell.
  bool WasBeforeStart(const PairedKill& kill) const {
    if (history_end_ && kill.sequence >= *history_end_) return false;
    return history_at_once_ || kill.logged <= started_;
  }

  /// False at the log's end.
  bool ReadOne() {
    std::string_view text;
    const auto reading = log_->Next(text);
    if (!reading) {
      SetProblem(reading.error());
      return false;
    }
    if (*reading == LogReading::kEnd) return false;
    // An overrun is told by the gap before the next record, where there is one to measure from.
    if (*reading == LogReading::kSkipped || (*reading == LogReading::kOverrun && !last_sequence_)) {
      ++records_lost_;
    }
    overrun_ = overrun_ || *reading == LogReading::kOverrun;
    if (*reading != LogReading::kRecord) return true;
    if (const auto record = ParseKmsgRecord(text)) Take(*record);
    return true;
  }

  void Take(const KmsgRecord& record) {
    // A log that was opened again begins with what has been read before.
    if (last_sequence_ && record.sequence <= *last_sequence_) return;
    if (overrun_ && last_sequence_) {
      records_lost_ += record.sequence - *last_sequence_ - 1;
    }
    overrun_ = false;
    last_sequence_ = record.sequence;
    pairing_.Add(record);
  }

  const OomSettings settings_;
  const Clock& clock_;
  const OpenLog open_;
  std::chrono::microseconds started_;  // When the log was first opened, on its own clock.
  // Sequences below it were read before the log's end was first reached.
  std::optional<std::uint64_t> history_end_;
  bool history_at_once_ = false;  // By one observation, so that all of them were there before.
  bool drained_ = false;
  std::unique_ptr<KernelLog> log_;
  std::optional<SteadyTime> tried_;
  std::string problem_;
  std::optional<SystemTime> caught_up_at_;  // When the log's end was last reached.
  bool overrun_ = false;
  std::uint64_t records_lost_ = 0;
  std::optional<std::uint64_t> last_sequence_;
  OomPairing pairing_;
  OomHistory history_;
};

}  // namespace

Expected<std::unique_ptr<Collector>> MakeOomCollector(OomSettings settings, const Clock& clock,
                                                      OpenLog open) {
  return std::make_unique<OomCollector>(std::move(settings), clock, std::move(open));
}

}  // namespace airflow_host
