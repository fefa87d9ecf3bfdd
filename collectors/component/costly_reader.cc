// Takes turns within a budget of CPU time.
#include "collectors/component/costly_reader.h"

#include <time.h>

#include <algorithm>
#include <limits>
#include <tuple>

#include "collectors/component/process_limits.h"
#include "collectors/component/smaps_rollup.h"

namespace airflow_host {

std::chrono::nanoseconds ThreadCpuTime() {
  timespec time{};
  if (::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) != 0) return std::chrono::nanoseconds(0);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

void CostlyReader::Offer(const KnownProcess& process, ProcessDetails& details) {
  CostlyFacts& facts = details.costly;
  if (!facts.read && facts.read_round == 0) facts.read_round = round_ - kHeadStart;
  candidates_.push_back({facts.read_round, !IsAirflow(*process.classification.component),
                         details.memory.rss.value_or(0), process.pid, &details});
}

bool CostlyReader::ComesLater(const Candidate& one, const Candidate& other) {
  // Of equals the smaller pid first, so that nothing depends on the order of a heap.
  return std::tuple(one.round, one.neighbour, other.rss, one.pid) >
         std::tuple(other.round, other.neighbour, one.rss, other.pid);
}

void CostlyReader::Spend(Deadline deadline) {
  budget_.Begin(clock_.SteadyNow());
  std::make_heap(candidates_.begin(), candidates_.end(), ComesLater);
  while (!candidates_.empty() && budget_.Left() && !deadline.Expired(clock_.SteadyNow())) {
    const Candidate next = candidates_.front();
    std::pop_heap(candidates_.begin(), candidates_.end(), ComesLater);
    candidates_.pop_back();
    Read(next.pid, next.details->costly);
  }
  candidates_.clear();
  ++round_;
}

void CostlyReader::Read(int pid, CostlyFacts& facts) {
  facts.read = true;
  facts.read_round = round_;
  facts.open_fds = reader_.CountDescriptors(pid);
  facts.max_fds.reset();
  if (const auto limits = reader_.Read(pid, "limits")) {
    const auto most = ParseOpenFilesLimit(*limits);
    if (most && *most <= std::numeric_limits<std::uint32_t>::max()) {
      facts.max_fds = static_cast<std::uint32_t>(*most);
    }
  }
  ReadShares(pid, facts);
}

void CostlyReader::ReadShares(int pid, CostlyFacts& facts) {
  const auto text = reader_.Read(pid, "smaps_rollup");
  facts.denied = !text && text.error() == ErrorKind::kDenied;
  if (!text) {
    // What was true before it was forbidden to look is no longer known to be.
    facts.pss_share = facts.private_share = std::numeric_limits<float>::quiet_NaN();
    return;
  }
  const SharedMemoryUse use = ParseSmapsRollup(*text);
  // Swapped out as a whole: its shares stay what they were.
  if (!use.rss || *use.rss == 0) return;
  const auto share = [&use](std::optional<std::uint64_t> part) {
    if (!part) return std::numeric_limits<float>::quiet_NaN();
    return static_cast<float>(static_cast<double>(*part) / static_cast<double>(*use.rss));
  };
  facts.pss_share = share(use.pss);
  facts.private_share = share(use.PrivateBytes());
}

}  // namespace airflow_host
