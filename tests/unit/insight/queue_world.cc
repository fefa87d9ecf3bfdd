#include "tests/unit/insight/queue_world.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

namespace airflow_host {
namespace {

constexpr double kHeartbeatPeriod = 2;
constexpr double kHeartbeatTimeout = 300;
constexpr double kStart = 1'700'000'000;

std::string IdOf(std::uint64_t number) { return "message-" + std::to_string(number); }

}  // namespace

SteadyTime QueueWorld::steady() const {
  return SteadyTime{} + std::chrono::hours(1) +
         std::chrono::milliseconds(std::llround(1000 * now_));
}

void QueueWorld::AddWorker(std::vector<std::string> queues, int slots, int prefetch) {
  Worker worker;
  worker.queues = std::move(queues);
  worker.slots = slots;
  worker.prefetch = prefetch;
  worker.next_heartbeat = now_ + Draw(Seconds{0, kHeartbeatPeriod});
  worker.host = "worker-" + std::to_string(workers_.size());
  worker.name = "celery@" + worker.host;
  workers_.push_back(std::move(worker));
}

void QueueWorld::AddForeignRow(const std::string& queue, const std::string& executor) {
  Task task;
  task.number = next_number_++;
  task.queue = queue;
  task.executor = executor;
  task.has_message = false;
  task.stays = true;
  task.queued_at = now_;
  tasks_.push_back(task);
}

void QueueWorld::AddPodsTask(const std::string& queue) {
  AddForeignRow(queue, "");
  tasks_.back().stage = Stage::kRunning;
  tasks_.back().hostname = "pod-" + std::to_string(tasks_.back().number);
}

bool QueueWorld::Executes(const Task& task) {
  return task.stage == Stage::kStarting || task.stage == Stage::kRunning ||
         task.stage == Stage::kFinishing;
}

bool QueueWorld::IsQueued(const Task& task) const {
  return task.has_row && task.stage <= Stage::kStarting;
}

bool QueueWorld::IsUnacked(const Task& task) const {
  return task.has_message && !task.is_forgotten && (task.stage == Stage::kHeld || Executes(task));
}

int QueueWorld::CountOf(std::size_t worker, bool executing) const {
  return static_cast<int>(std::count_if(tasks_.begin(), tasks_.end(), [&](const Task& task) {
    return task.worker == worker && task.died_at < 0 &&
           (executing ? task.has_message && Executes(task) : IsUnacked(task));
  }));
}

void QueueWorld::Arrive() {
  for (const TaskSource& source : sources_) {
    const double since = now_ - source.phase;
    const bool due = since >= 0 && std::fmod(since, source.period) < kStep;
    if (!due || (source.once && since >= kStep)) continue;
    for (int number = 0; number < source.batch && tasks_.size() < most_active; ++number) {
      Task task;
      task.number = next_number_++;
      task.queue = source.queue;
      task.queued_at = now_;
      task.until = now_ + Draw(pace.handover);
      task.duration = Draw(source.duration);
      tasks_.push_back(task);
    }
  }
}

void QueueWorld::Advance(Task& task) {
  if (task.stays || task.died_at >= 0) return;
  if (task.stage == Stage::kWaiting || task.stage == Stage::kHeld || now_ < task.until) return;
  if (task.stage == Stage::kHanding) {
    task.stage = Stage::kWaiting;
    task.until = now_ + Draw(pace.fetch);
  } else if (task.stage == Stage::kStarting) {
    task.stage = Stage::kRunning;
    task.started_at = now_;
    task.until = now_ + task.duration;
  } else if (task.stage == Stage::kRunning) {
    task.stage = Stage::kFinishing;
    task.has_row = false;
    task.until = now_ + Draw(pace.finishing);
  } else {
    task.stage = Stage::kDone;
  }
}

void QueueWorld::Fetch(std::size_t number) {
  Worker& worker = workers_[number];
  if (worker.deaf || worker.killed_at >= 0) return;
  int held = CountOf(number, false);
  for (Task& task : tasks_) {
    if (worker.retires || held >= worker.slots * worker.prefetch) break;
    if (task.stage != Stage::kWaiting || !task.has_message || now_ < task.until) continue;
    if (std::find(worker.queues.begin(), worker.queues.end(), task.queue) == worker.queues.end()) {
      continue;
    }
    task.stage = Stage::kHeld;
    task.worker = number;
    task.hostname = worker.host;
    ++held;
  }
  int executing = CountOf(number, true);
  for (Task& task : tasks_) {
    if (executing >= worker.slots) break;
    if (task.stage != Stage::kHeld || task.worker != number || task.died_at >= 0) continue;
    task.stage = Stage::kStarting;
    task.until = now_ + Draw(pace.startup);
    ++worker.processed;
    ++executing;
  }
}

void QueueWorld::Tell(std::size_t number) {
  Worker& worker = workers_[number];
  if (worker.killed_at >= 0 || now_ < worker.next_heartbeat) return;
  worker.next_heartbeat += kHeartbeatPeriod;
  worker.told_active = static_cast<std::uint64_t>(CountOf(number, true));
  worker.told_processed = worker.processed;
}

void QueueWorld::Step() {
  now_ += kStep;
  Arrive();
  for (Task& task : tasks_) Advance(task);
  std::erase_if(tasks_, [](const Task& task) {
    return task.stage == Stage::kDone || (!task.has_row && !task.has_message);
  });
  // Whichever asks first.
  std::vector<std::size_t> numbers(workers_.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  std::shuffle(numbers.begin(), numbers.end(), random_);
  for (const std::size_t number : numbers) Fetch(number);
  for (std::size_t number = 0; number < workers_.size(); ++number) Tell(number);
}

std::shared_ptr<MetadataObservation> QueueWorld::Database() const {
  auto seen = std::make_shared<MetadataObservation>();
  seen->observed_at = FromSecondsSinceEpoch(kStart + now_);
  seen->database_time = seen->observed_at;
  seen->airflow_version = tells_ids ? "3.3.0-3.3.x" : "2.10.0-2.10.2";
  seen->task_instances_heartbeat_lost = 0;
  std::map<std::tuple<std::string, std::string, std::string>, TaskInstanceCount> counts;
  for (const std::string& queue : queues_) {
    for (const char* state : {"queued", "running"}) counts[{state, queue, ""}];
  }
  for (const Task& task : tasks_) {
    if (!task.has_row) continue;
    const bool queued = IsQueued(task);
    TaskInstanceCount& count = counts[{queued ? "queued" : "running", task.queue, task.executor}];
    ++count.count;
    if (queued && now_ - task.queued_at > 60) ++count.queued_beyond_grace;
    const bool lost = !queued && task.died_at >= 0 && now_ - task.died_at > kHeartbeatTimeout;
    if (lost) ++*seen->task_instances_heartbeat_lost;
    TaskRow row;
    row.dag_id = "dag";
    row.task_id = std::to_string(task.number);
    row.state = queued ? "queued" : "running";
    row.queue = task.queue;
    row.executor = task.executor;
    row.queued_at = FromSecondsSinceEpoch(kStart + task.queued_at);
    if (!queued) {
      row.started_at = FromSecondsSinceEpoch(kStart + task.started_at);
      row.hostname = task.hostname + ".airflow.svc.cluster.local";
      row.hostname.front() = 'W';  // Hosts and workers may write it differently.
    }
    if (tells_ids) row.external_executor_id = IdOf(task.number);
    seen->tasks.push_back(std::move(row));
  }
  for (auto& [key, count] : counts) {
    std::tie(count.state, count.queue, count.executor) = key;
    if (count.queue == queue_among_others) count.queue = count.executor = "other";
    seen->task_instances.push_back(count);
  }
  std::stable_sort(seen->tasks.begin(), seen->tasks.end(),
                   [](const auto& one, const auto& other) { return one.state > other.state; });
  if (seen->tasks.size() > MetadataObservation::kMostTasks) {
    seen->tasks.resize(MetadataObservation::kMostTasks);
  }
  return seen;
}

std::shared_ptr<BrokerObservation> QueueWorld::Broker() const {
  auto seen = std::make_shared<BrokerObservation>();
  seen->observed_at = FromSecondsSinceEpoch(kStart + now_);
  seen->run_id = "run-" + std::to_string(run_);
  seen->start = FromSecondsSinceEpoch(kStart + started_at_);
  if (knows_all_queues) seen->queues_complete_as_of = steady();
  std::vector<std::string> unacked;
  std::map<std::string, std::vector<std::string>> waiting;
  for (const std::string& queue : queues_) waiting[queue];
  for (const std::string& queue : strays_) waiting[queue].push_back("stray");
  for (const Task& task : tasks_) {
    if (task.stage == Stage::kWaiting && task.has_message) {
      waiting[task.queue].push_back(IdOf(task.number));
    }
    if (IsUnacked(task)) unacked.push_back(IdOf(task.number));
  }
  for (auto& [name, ids] : waiting) {
    BrokerQueue& queue = seen->queues.emplace_back();
    queue.name = name;
    queue.messages = ids.size();
    if (tells_ids) queue.message_ids = std::move(ids);
  }
  seen->unacked_messages = unacked.size();
  if (tells_ids) seen->unacked_message_ids = std::move(unacked);
  if (!knows_workers) return seen;
  seen->workers.emplace();
  for (std::size_t number = 0; number < workers_.size(); ++number) {
    if (IsGone(number)) continue;
    const Worker& worker = workers_[number];
    const bool live = worker.killed_at < 0 || now_ - worker.killed_at < 10;
    BrokerWorker& told = seen->workers->emplace_back();
    told.name = worker.name;
    told.live = live;
    if (live) told.active = worker.told_active;
    told.processed = worker.told_processed;
  }
  return seen;
}

int QueueWorld::DropMessages(const std::string& queue, int count) {
  int dropped = 0;
  for (Task& task : tasks_) {
    if (dropped == count) break;
    if (task.queue != queue || task.stage != Stage::kWaiting || !task.has_message) continue;
    task.has_message = false;
    ++dropped;
  }
  return dropped;
}

void QueueWorld::KillWorker(std::size_t worker) {
  workers_.at(worker).killed_at = now_;
  for (Task& task : tasks_) {
    if (task.worker == worker && IsUnacked(task) && task.died_at < 0) task.died_at = now_;
  }
}

void QueueWorld::RestartWorker(std::size_t worker, std::vector<std::string> queues) {
  KillWorker(worker);
  workers_[worker].killed_at = -1;
  workers_[worker].queues = std::move(queues);
  workers_[worker].next_heartbeat = now_;
  workers_[worker].processed = 0;
}

void QueueWorld::RenameWorker(std::size_t worker, std::string name, std::string host) {
  workers_.at(worker).name = std::move(name);
  workers_[worker].host = std::move(host);
}

bool QueueWorld::IsGone(std::size_t worker) const {
  return workers_[worker].retires && CountOf(worker, false) == 0;
}

int QueueWorld::KillTasksOf(std::size_t worker) {
  int killed = 0;
  for (Task& task : tasks_) {
    if (task.worker != worker || task.stage != Stage::kRunning || !task.has_message) continue;
    task.has_message = false;
    task.died_at = now_;
    ++killed;
  }
  return killed;
}

void QueueWorld::RestartRedis(bool keeps_messages) {
  ++run_;
  started_at_ = now_;
  if (keeps_messages) return;
  for (Task& task : tasks_) {
    if (task.stage == Stage::kWaiting) task.has_message = false;
    task.is_forgotten = IsUnacked(task);
  }
}

void QueueWorld::FailAllRows() {
  for (Task& task : tasks_) task.has_row = false;
}

void QueueWorld::HandOverLost() {
  for (Task& task : tasks_) {
    if (task.stage != Stage::kWaiting || task.has_message) continue;
    task.has_message = true;
    task.stage = Stage::kHanding;
    task.queued_at = now_;
    task.until = now_ + Draw(pace.handover);
  }
}

}  // namespace airflow_host
