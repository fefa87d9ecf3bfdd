// Reads what is costly to read of a process: each in its turn, and no more than a budget allows.
#pragma once

#include <cstdint>
#include <vector>

#include "collectors/component/cpu_budget.h"
#include "collectors/component/process_details.h"
#include "collectors/component/process_reader.h"
#include "collectors/support/deadline.h"

namespace airflow_host {

/// Refreshes the CostlyFacts: shares of PSS and private memory (smaps_rollup), and file descriptors
/// (fd, limits). Whom it read least recently comes first; of those that it read equally long ago,
/// Airflow's before the neighbours', and the large before the small. A process that it has not read
/// yet passes before those of the last kHeadStart rounds, but not before older ones, so that many
/// short-lived processes do not starve the rest. Used by one thread.
class CostlyReader {
 public:
  static constexpr std::int32_t kHeadStart = 12;

  CostlyReader(ProcessReader& reader, const Clock& clock, CpuBudget budget)
      : reader_(reader), clock_(clock), budget_(std::move(budget)) {}

  /// Adds a process whose turn it may be in the coming round.
  void Offer(const KnownProcess& process, ProcessDetails& details);

  /// Reads those that were offered until the budget is spent or `deadline` passes, and forgets the
  /// rest. What Offer was given must still be there.
  void Spend(Deadline deadline);

 private:
  struct Candidate {
    std::int32_t round = 0;
    bool neighbour = false;
    std::uint64_t rss = 0;
    int pid = 0;
    ProcessDetails* details = nullptr;
  };

  static bool ComesLater(const Candidate& one, const Candidate& other);
  void Read(int pid, CostlyFacts& facts);
  void ReadShares(int pid, CostlyFacts& facts);

  ProcessReader& reader_;
  const Clock& clock_;
  CpuBudget budget_;
  std::int32_t round_ = 1;
  std::vector<Candidate> candidates_;
};

}  // namespace airflow_host
