// Puts the lines that the kernel writes about one kill together.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "collectors/oom/kmsg_record.h"
#include "collectors/oom/oom_lines.h"

namespace airflow_host {

/// One kill as the log tells it. Either part may be missing, but not both.
struct PairedKill {
  std::uint64_t sequence = 0;           ///< Of the record that told it first.
  std::chrono::microseconds logged{};   ///< On the log's clock.
  std::optional<KilledProcess> killed;  ///< Empty where that line was lost.
  std::optional<OomChoice> choice;  ///< Empty where the kernel left that line out, or it was lost.
  std::optional<OomLimit> limit;    ///< Older kernels' word for what `choice` says.
  std::optional<OomScope> intention;  ///< Older kernels' word for the scope.

  int pid() const { return killed ? killed->pid : choice->pid; }
};

/// Takes records in any order and gives kills. Both lines of a kill name its pid; they come within
/// moments, the choice before the kill, but either may be missing: the kernel leaves out the choice
/// after ten kills in five seconds, and a ring that overflows loses lines. Bounded. Used by one
/// thread.
class OomPairing {
 public:
  /// Lines about one kill lie no further apart, on the log's clock.
  static constexpr std::chrono::microseconds kTogether = std::chrono::seconds(5);

  /// Takes one record; those that the kernel did not write are without effect.
  void Add(const KmsgRecord& record);

  /// The kills that are complete by now, and those that nothing more can be expected of: a choice
  /// alone becomes a kill once `now` (the log's clock) is kTogether after it. A kill that is given
  /// may be given again, with the same sequence and more filled in.
  std::vector<PairedKill> Take(std::chrono::microseconds now);

  /// How many Take would give at least.
  std::size_t ready() const { return ready_.size(); }

 private:
  struct Choice {
    OomChoice choice;
    std::uint64_t sequence;
    std::chrono::microseconds logged;
  };
  struct Fragment {
    std::string text;
    std::uint64_t sequence;
    std::chrono::microseconds logged;
  };

  void AddChoice(OomChoice choice, std::uint64_t sequence, std::chrono::microseconds logged);
  void AddKilled(KilledProcess killed, const KmsgRecord& record);
  void AddContext(const KmsgRecord& record);
  void AddFragment(const KmsgRecord& record);
  void Forget(int pid);

  std::deque<Choice> choices_;    // Not yet met by their kill.
  std::deque<PairedKill> kills_;  // Told lately, to be completed and not to be told twice.
  std::vector<PairedKill> ready_;
  std::optional<Fragment> fragment_;  // The beginning of a choice that was torn apart.
  std::optional<OomLimit> limit_;
  std::optional<OomScope> intention_;
  std::chrono::microseconds context_logged_{};
};

}  // namespace airflow_host
