// Turns paired lines into kills with wall-clock times, and keeps the last of them.
#include "collectors/oom/oom_history.h"

#include <algorithm>
#include <utility>

namespace airflow_host {

SystemTime LogTime::WallTimeOf(std::chrono::microseconds logged) const {
  const SystemTime at =
      wall_now + std::chrono::duration_cast<SystemTime::duration>(logged - log_now);
  return std::clamp(at, std::min(not_before.value_or(at), wall_now), wall_now);
}

OomKill ToOomKill(const PairedKill& paired, const LogTime& time, bool before_start) {
  OomKill kill;
  kill.sequence = paired.sequence;
  kill.at = time.WallTimeOf(paired.logged);
  kill.before_start = before_start;
  kill.pid = paired.pid();
  if (paired.choice) {
    kill.comm = paired.choice->comm;
    kill.uid = paired.choice->uid;
    kill.scope = paired.choice->scope;
    kill.task_memcg = paired.choice->task_memcg;
    kill.oom_memcg = paired.choice->oom_memcg;
  } else if (paired.limit) {
    kill.task_memcg = paired.limit->task_memcg;
    kill.oom_memcg = paired.limit->oom_memcg;
  }
  if (!kill.scope) kill.scope = paired.intention;
  if (!paired.killed) return kill;
  const KilledProcess& killed = *paired.killed;
  kill.comm = killed.comm;
  if (killed.uid) kill.uid = killed.uid;
  if (killed.scope) kill.scope = killed.scope;
  kill.oom_score_adj = killed.oom_score_adj;
  kill.total_vm_bytes = killed.total_vm_bytes;
  kill.anon_rss_bytes = killed.anon_rss_bytes;
  kill.file_rss_bytes = killed.file_rss_bytes;
  kill.shmem_rss_bytes = killed.shmem_rss_bytes;
  kill.page_table_bytes = killed.page_table_bytes;
  return kill;
}

void OomHistory::Enter(OomKill kill) {
  const auto known = std::find_if(kills_.begin(), kills_.end(), [&](const OomKill& other) {
    return other.sequence == kill.sequence;
  });
  published_.reset();
  if (known != kills_.end()) {
    // When it was and whether it counts is decided once.
    kill.at = known->at;
    kill.before_start = known->before_start;
    *known = std::move(kill);
    return;
  }
  if (!kill.before_start) ++new_kills_;
  const auto later = std::upper_bound(
      kills_.begin(), kills_.end(), kill.sequence,
      [](std::uint64_t sequence, const OomKill& other) { return sequence < other.sequence; });
  kills_.insert(later, std::move(kill));
  if (kills_.size() > OomObservation::kMostKills) kills_.erase(kills_.begin());
}

std::shared_ptr<const std::vector<OomKill>> OomHistory::kills() {
  if (published_ == nullptr) published_ = std::make_shared<const std::vector<OomKill>>(kills_);
  return published_;
}

}  // namespace airflow_host
