// Sums up the memory of tasks and keeps the peaks of a day.
#include "exporter/insight/task_memory.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "collectors/support/metric_writer.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

constexpr std::string_view kOther = "other";
constexpr std::string_view kUnknown = "unknown";

/// One try of one task: the processes below its topmost one.
struct TaskTree {
  const TaskIdentity* task = nullptr;
  TaskSize size;
  bool measured = true;  ///< The PSS of every process is known.
};

using ProcessesByPid = std::unordered_map<int, const ProcessSample*>;

/// Both are one try of one task, as far as is known.
bool SameTask(const TaskIdentity& one, const TaskIdentity& other) {
  if (!one.task_instance_id.empty() && !other.task_instance_id.empty()) {
    return one.task_instance_id == other.task_instance_id;
  }
  if (!one.Named() || !other.Named()) return true;
  const bool same_run = one.run_id.empty() || other.run_id.empty() || one.run_id == other.run_id;
  return same_run && one.dag_id == other.dag_id && one.task_id == other.task_id;
}

/// The topmost process above `process` that works on the same task: two mapped instances of Airflow
/// 2 have the same names, and only their trees tell them apart.
const ProcessSample* TopOf(const ProcessSample* process, const ProcessesByPid& tasks) {
  // More than any tree is deep: pids that were reused while they were read could form a ring.
  constexpr int kDeepest = 100;
  for (int level = 0; level < kDeepest; ++level) {
    const auto parent = tasks.find(process->parent_pid);
    if (parent == tasks.end() || !SameTask(*parent->second->task, *process->task)) break;
    process = parent->second;
  }
  return process;
}

/// By the pid and the start of the topmost process.
std::map<std::pair<int, std::uint64_t>, TaskTree> TreesOf(const ComponentObservation& components) {
  ProcessesByPid tasks;
  for (const ProcessSample& process : components.processes) {
    if (process.task) tasks.emplace(process.pid, &process);
  }
  std::map<std::pair<int, std::uint64_t>, TaskTree> trees;
  for (const ProcessSample& process : components.processes) {
    if (!process.task) continue;
    const ProcessSample& top = *TopOf(&process, tasks);
    TaskTree& tree = trees[{top.pid, top.start_ticks}];
    tree.size.bytes += TaskBytes(process);
    tree.size.swapped_bytes += process.swap_bytes.value_or(0);
    tree.measured = tree.measured && process.pss_bytes.has_value();
    const bool tells_more = tree.task == nullptr || (!tree.task->Named() && process.task->Named());
    if (tells_more) tree.task = &*process.task;
  }
  return trees;
}

/// As the page will show it, so that what looks the same is the same.
std::string Label(std::string_view text) {
  return Printable(text, MetricWriter::kLongestLabelValue);
}

/// The largest first; those of one size in the order of their names.
template <typename Row>
void SortByBytes(std::vector<Row>& rows) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& one, const Row& two) { return one.bytes > two.bytes; });
}

/// Puts all but the first `shown` rows together as "other".
void SumUpBeyond(std::size_t shown, std::vector<TaskMemoryRow>& rows) {
  if (rows.size() <= shown) return;
  TaskMemoryRow rest{std::string(kOther), std::string(kOther), 0};
  for (std::size_t at = shown; at < rows.size(); ++at) rest.bytes += rows[at].bytes;
  rows.resize(shown);
  // A user's own task may be called so.
  const auto same = std::find_if(rows.begin(), rows.end(), [&](const TaskMemoryRow& row) {
    return row.dag_id == rest.dag_id && row.task_id == rest.task_id;
  });
  if (same != rows.end()) {
    same->bytes += rest.bytes;
  } else {
    rows.push_back(std::move(rest));
  }
}

std::int64_t HourOf(SteadyTime now) {
  return std::chrono::duration_cast<std::chrono::hours>(now.time_since_epoch()).count();
}

}  // namespace

std::uint64_t TaskBytes(const ProcessSample& process) {
  if (process.pss_bytes) return *process.pss_bytes;
  if (process.anon_bytes) return *process.anon_bytes;
  return process.rss_bytes.value_or(0);
}

void DayPeak::Add(std::uint64_t bytes, SteadyTime now) {
  const std::int64_t number = HourOf(now);
  Hour& hour = hours_[static_cast<std::size_t>(number % kHours)];
  if (hour.number != number) hour = {number, 0};
  hour.bytes = std::max(hour.bytes, bytes);
}

std::optional<std::uint64_t> DayPeak::Most(SteadyTime now) const {
  const std::int64_t current = HourOf(now);
  std::optional<std::uint64_t> most;
  for (const Hour& hour : hours_) {
    if (hour.number < 0 || current - hour.number >= kHours) continue;
    most = std::max(most.value_or(0), hour.bytes);
  }
  return most;
}

void TaskMemory::Absorb(const ComponentObservation& components, TaskNames& names, SteadyTime now) {
  tasks_.clear();
  auto earlier = std::exchange(estimates_, {});
  for (const auto& [process, tree] : TreesOf(components)) {
    const TaskIdentity& task = *tree.task;
    const std::string_view unknown = kUnknown;
    tasks_[{Label(task.Named() ? task.dag_id : unknown),
            Label(task.Named() ? task.task_id : unknown)}] += tree.size.bytes;
    auto estimate = earlier.extract(process);
    if (tree.measured) {
      AddTry(task, tree.size, now);
      continue;
    }
    if (!estimate) {
      estimates_.emplace(process, Estimate{task, tree.size, now});
      continue;
    }
    auto& [known_task, size, since] = estimate.mapped();
    known_task = task;
    size.bytes = std::max(size.bytes, tree.size.bytes);
    size.swapped_bytes = std::max(size.swapped_bytes, tree.size.swapped_bytes);
    if (now - since > kEstimatePatience) AddTry(task, tree.size, now);
    estimates_.insert(std::move(estimate));
  }
  for (const auto& [process, ended] : earlier) AddTry(ended.task, ended.size, now);
  NameThePast(names, now);
  ForgetPeaks(now);
}

void TaskMemory::AddTry(const TaskIdentity& task, const TaskSize& size, SteadyTime now) {
  largest_.Add(size.bytes + size.swapped_bytes, now);
  AddPeak(task, size.bytes, now);
}

void TaskMemory::AddPeak(const TaskIdentity& task, std::uint64_t bytes, SteadyTime now) {
  if (task.Named()) {
    peaks_[Label(task.dag_id)].Add(bytes, now);
  } else if (!task.task_instance_id.empty()) {
    AddUnnamed(task.task_instance_id, bytes, now);
  }
}

void TaskMemory::ForgetPeaks(SteadyTime now) {
  std::erase_if(peaks_, [&](const auto& peak) { return !peak.second.Most(now); });
  if (peaks_.size() <= kMostDags) return;
  std::vector<std::pair<std::uint64_t, std::string>> by_bytes;
  for (const auto& [dag_id, peak] : peaks_) by_bytes.emplace_back(*peak.Most(now), dag_id);
  const auto dropped = static_cast<std::ptrdiff_t>(by_bytes.size() - kMostDags);
  std::nth_element(by_bytes.begin(), by_bytes.begin() + dropped, by_bytes.end());
  for (auto low = by_bytes.begin(); low != by_bytes.begin() + dropped; ++low) {
    peaks_.erase(low->second);
  }
}

void TaskMemory::AddUnnamed(const std::string& id, std::uint64_t bytes, SteadyTime now) {
  const auto known = unnamed_.find(id);
  if (known == unnamed_.end() && unnamed_.size() >= kMostUnnamed) return;
  Unnamed& unnamed = unnamed_[id];
  unnamed.bytes = std::max(unnamed.bytes, bytes);
  unnamed.last_seen = now;
}

void TaskMemory::NameThePast(TaskNames& names, SteadyTime now) {
  for (auto entry = unnamed_.begin(); entry != unnamed_.end();) {
    const auto& [id, unnamed] = *entry;
    const TaskIdentity* const task = names.FindOrAsk(id, now);
    const bool named = task != nullptr && task->Named();
    if (named) AddPeak(*task, unnamed.bytes, now);
    const bool old = now - unnamed.last_seen > kUnnamedPatience;
    entry = named || old ? unnamed_.erase(entry) : std::next(entry);
  }
}

TaskMemoryReport TaskMemory::Report(SteadyTime now) const {
  TaskMemoryReport report;
  for (const auto& [key, bytes] : tasks_) report.tasks.push_back({key.first, key.second, bytes});
  SortByBytes(report.tasks);
  SumUpBeyond(kShown, report.tasks);
  for (const auto& [dag_id, peak] : peaks_) {
    if (const auto most = peak.Most(now)) report.peaks.push_back({dag_id, *most});
  }
  SortByBytes(report.peaks);
  if (report.peaks.size() > kShown) report.peaks.resize(kShown);
  report.largest_bytes = largest_.Most(now);
  return report;
}

}  // namespace airflow_host
