// Walks /proc, reading as little as it can: see the cost in ProcessTable's comment.
#include "collectors/component/process_table.h"

#include <algorithm>
#include <string>
#include <utility>

namespace airflow_host {
namespace {

std::uint32_t SecondsOf(SteadyTime now) {
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
}

/// No real chain of parents is longer; a broken tree may hold a circle.
constexpr int kDeepestTree = 64;

/// In how many walks a process that is none of ours is looked at again.
std::uint32_t RestFor(const KnownProcess& process, std::uint32_t walk) {
  const auto resting = ProcessTable::kRestingWalks;
  if (process.kernel_thread || !process.born_watched) {
    // The first walk finds hundreds at once; their pids spread the next looks.
    if (process.looks > 1) return resting;
    return 1 + (static_cast<std::uint32_t>(process.pid) + walk) % resting;
  }
  // Young: likely a shell or an entry point that is about to become something else.
  if (process.looks < 3) return 1;
  return std::min(resting, std::uint32_t{1} << std::min(process.looks - 2, 8));
}

}  // namespace

Expected<void> ProcessTable::Walk(Deadline deadline) {
  if (auto listed = reader_.List(pids_); !listed) return listed;
  ++walk_;
  if (auto gathered = Gather(Depth::kWalk, deadline); !gathered) {
    --walk_;
    return gathered;
  }
  std::swap(processes_, next_);
  others_hidden_ = pids_.empty() || pids_.front() != 1;
  MarkApiServers();
  ResolveAll();
  return {};
}

Expected<bool> ProcessTable::Glance(Deadline deadline) {
  if (auto listed = reader_.List(pids_); !listed) return tl::unexpected(listed.error());
  now_ = SecondsOf(clock_.SteadyNow());
  if (!HasYoung()) return false;
  const std::size_t denied = denied_;
  auto gathered = Gather(Depth::kGlance, deadline);
  denied_ = denied;
  if (!gathered) return tl::unexpected(gathered.error());
  std::swap(processes_, next_);
  ResolveAll();
  return true;
}

bool ProcessTable::HasYoung() const {
  auto known = processes_.cbegin();
  for (const int pid : pids_) {
    while (known != processes_.cend() && known->pid < pid) ++known;
    if (known == processes_.cend() || known->pid != pid) return true;
    if (IsDue(*known, Depth::kGlance)) return true;
  }
  return false;
}

bool ProcessTable::IsDue(const KnownProcess& process, Depth depth) const {
  if (depth == Depth::kWalk) return walk_ >= process.next_look;
  return process.born_watched && !process.kernel_thread &&
         now_ - process.found_at < static_cast<std::uint32_t>(kYoung.count());
}

Expected<void> ProcessTable::Gather(Depth depth, Deadline deadline) {
  constexpr std::size_t kPerClock = 32;
  ++tick_;
  now_ = SecondsOf(clock_.SteadyNow());
  next_.clear();
  denied_ = 0;
  auto known = processes_.cbegin();
  for (std::size_t at = 0; at < pids_.size(); ++at) {
    if (at % kPerClock == 0 && deadline.Expired(clock_.SteadyNow())) {
      return Fail(ErrorKind::kTimedOut, "read " + std::to_string(at) + " of " +
                                            std::to_string(pids_.size()) +
                                            " processes under /proc before the time was up");
    }
    while (known != processes_.cend() && known->pid < pids_[at]) ++known;
    const bool is_known = known != processes_.cend() && known->pid == pids_[at];
    if (is_known && !IsDue(*known, depth)) {
      next_.push_back(*known);
    } else {
      Look(pids_[at], is_known ? &*known : nullptr, depth);
    }
  }
  return {};
}

void ProcessTable::Look(int pid, const KnownProcess* known, Depth depth) {
  const auto text = reader_.Read(pid, "stat");
  if (!text) {
    if (text.error() == ErrorKind::kDenied) ++denied_;
    if (known != nullptr && MayStillRun(*known, text.error())) next_.push_back(*known);
    return;
  }
  const auto stat = ParseProcessStat(*text);
  // A zombie holds no memory and does no work: for us it has gone.
  if (!stat || stat->state == 'Z' || stat->state == 'X') return;
  const bool same = known != nullptr && known->start_ticks == stat->start_ticks;
  Take(pid, *stat, same ? known : nullptr, depth);
}

bool ProcessTable::MayStillRun(const KnownProcess& known, ErrorKind failure) const {
  if (failure == ErrorKind::kAbsent) return false;
  // Who goes on denying it is another's process that has got the pid (hidepid=1).
  return failure != ErrorKind::kDenied || walk_ < known.next_look + kRestingWalks;
}

void ProcessTable::Take(int pid, const ProcessStat& stat, const KnownProcess* known, Depth depth) {
  KnownProcess& process = known != nullptr ? next_.emplace_back(*known) : next_.emplace_back();
  if (known == nullptr) {
    process.pid = pid;
    process.start_ticks = stat.start_ticks;
    process.found_at = now_;
    process.born_watched = tick_ > 1;
    if (!process.born_watched) {
      process.counted_user_ticks = stat.user_ticks;
      process.counted_system_ticks = stat.system_ticks;
    }
  }
  process.parent_pid = stat.parent_pid;
  process.user_ticks = stat.user_ticks;
  process.system_ticks = stat.system_ticks;
  process.threads = static_cast<std::uint32_t>(std::min<std::uint64_t>(stat.threads, UINT32_MAX));
  process.kernel_thread = stat.kernel_thread;
  // How soon it may rest is a matter of walks.
  if (depth == Depth::kWalk) {
    process.looks = static_cast<std::uint8_t>(std::min(process.looks + 1, 255));
  }
  process.looked_at = tick_;
  if (stat.kernel_thread) return;
  const std::string comm(stat.comm);  // 15 bytes; the next Read overwrites what it views.
  if (const auto cmdline = reader_.Read(pid, "cmdline")) {
    TakeTitle(*cmdline, comm, groups_, process);
  }
}

void ProcessTable::MarkApiServers() {
  for (const KnownProcess& process : processes_) {
    if (process.title != TitleKind::kApiServerWorker) continue;
    KnownProcess* const parent = Find(process.parent_pid);
    if (parent == nullptr || parent->title != TitleKind::kGunicornMaster) continue;
    parent->has_api_worker = true;
    parent->looked_at = tick_;  // Decided anew, as if it had just been looked at.
  }
}

void ProcessTable::ResolveAll() {
  for (KnownProcess& process : processes_) Resolve(process, 0);
  for (KnownProcess& process : processes_) {
    if (!JustLookedAt(process)) continue;
    const bool ours = process.classification.component.has_value();
    process.next_look = walk_ + (ours ? 1 : RestFor(process, walk_));
  }
}

void ProcessTable::Resolve(KnownProcess& process, int depth) {
  if (process.resolved_tick == tick_ || !JustLookedAt(process)) return;
  process.resolved_tick = tick_;
  Classification parent;
  KnownProcess* found = nullptr;
  if (depth < kDeepestTree && !process.kernel_thread) {
    found = Find(process.parent_pid);
    if (found != nullptr) {
      Resolve(*found, depth + 1);
      parent = found->classification;
    }
  }
  Classification result = ClassifyTitle(process.title, parent,
                                        {.has_api_worker = process.has_api_worker,
                                         .group = process.group,
                                         .member_of = process.member_of});
  if (result.role == Role::kMain && process.member_of == result.component) {
    result.role = Role::kMember;
  }
  if (result.component && result.role != Role::kMain) process.member_of = result.component;
  process.classification = result;
  InheritTask(found, process);
}

KnownProcess* ProcessTable::Find(int pid) {
  const auto found = std::lower_bound(
      processes_.begin(), processes_.end(), pid,
      [](const KnownProcess& process, int wanted) { return process.pid < wanted; });
  return found != processes_.end() && found->pid == pid ? &*found : nullptr;
}

}  // namespace airflow_host
