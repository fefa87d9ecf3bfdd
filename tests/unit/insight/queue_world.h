// A make-believe Airflow on Celery: tasks, a scheduler that takes its time, a broker, workers. What
// the two collectors would see of it can be asked for at any instant.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "collectors/broker/broker_observation.h"
#include "collectors/metadata/metadata_observation.h"
#include "collectors/support/clock.h"

namespace airflow_host {

/// A range of seconds.
struct Seconds {
  double least = 0;
  double most = 0;
};

/// Tasks that come in batches.
struct TaskSource {
  std::string queue;
  double period = 15;  ///< Seconds between two batches.
  double phase = 0;
  int batch = 1;
  Seconds duration = {5, 5};
  bool once = false;
};

/// How long things take.
struct WorldPace {
  Seconds handover = {0.5, 2};   ///< From the row's UPDATE to the message's LPUSH.
  Seconds startup = {0.5, 2};    ///< From the fetch to the row's `running`.
  Seconds finishing = {0.5, 2};  ///< From the row's end to the message's acknowledgement.
  Seconds fetch = {0, 0};        ///< From the message's LPUSH until a worker with room takes it.
};

/// Advances in small steps. Deterministic for a seed.
class QueueWorld {
 public:
  static constexpr double kStep = 0.25;

  explicit QueueWorld(std::uint64_t seed) : random_(seed) {}

  double Draw(Seconds range) {
    return std::uniform_real_distribution<double>(range.least, range.most)(random_);
  }
  int Draw(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }

  /// The queues that a worker consumes; its slots; how many messages it holds for each slot.
  void AddWorker(std::vector<std::string> queues, int slots, int prefetch = 1);
  void AddQueue(const std::string& queue) { queues_.push_back(queue); }
  void AddSource(TaskSource source) { sources_.push_back(std::move(source)); }
  void StopSources() { sources_.clear(); }
  /// One task instance that another executor runs; it stays queued.
  void AddForeignRow(const std::string& queue, const std::string& executor);
  /// One that runs in a pod of its own, and names no executor; it goes on for ever.
  void AddPodsTask(const std::string& queue);

  void Step();
  double now() const { return now_; }
  SteadyTime steady() const;

  std::shared_ptr<MetadataObservation> Database() const;
  std::shared_ptr<BrokerObservation> Broker() const;

  /// Drops up to `count` waiting messages of `queue`; how many there were.
  int DropMessages(const std::string& queue, int count);
  /// Puts a message into `queue` that belongs to no task.
  void AddStrayMessage(const std::string& queue) { strays_.push_back(queue); }
  /// As after kill -9: it falls silent, what it held stays unacknowledged.
  void KillWorker(std::size_t worker);
  /// As after kill -9 and a start under the same name, with queues of its own choice: what it held
  /// stays unacknowledged, and what it ran stays running until its heartbeat is lost.
  void RestartWorker(std::size_t worker, std::vector<std::string> queues);
  /// It consumes other queues from now on.
  void Rebind(std::size_t worker, std::vector<std::string> queues) {
    workers_.at(worker).queues = std::move(queues);
  }
  /// It takes nothing more, ends what it holds and is gone.
  void RetireWorker(std::size_t worker) { workers_.at(worker).retires = true; }
  /// Before, its name is celery@worker-NUMBER and its host worker-NUMBER.
  void RenameWorker(std::size_t worker, std::string name, std::string host);
  /// Its child is killed and the message acknowledged: the rows stay running.
  int KillTasksOf(std::size_t worker);
  /// It goes on telling that it lives, and takes nothing any more.
  void Deafen(std::size_t worker, bool deaf = true) { workers_.at(worker).deaf = deaf; }
  /// Another run of the server; all messages are gone where it kept none.
  void RestartRedis(bool keeps_messages);
  /// Airflow gives up every task that is queued or running, and leaves its message.
  void FailAllRows();
  /// The rows that Airflow hands over once more: those queued without a message.
  void HandOverLost();

  bool tells_ids = false;          ///< Message ids, and Airflow 3.3.
  bool knows_all_queues = true;    ///< The broker's keys were looked through.
  std::string queue_among_others;  ///< Its tasks are not counted by its name.
  bool knows_workers = true;       ///< They have had the time to be heard.
  std::size_t most_active = 200;
  WorldPace pace;

 private:
  enum class Stage { kHanding, kWaiting, kHeld, kStarting, kRunning, kFinishing, kDone };
  struct Task {
    std::uint64_t number = 0;
    std::string queue;
    std::string executor;
    Stage stage = Stage::kHanding;
    bool has_row = true;
    bool has_message = true;
    bool stays = false;    ///< In its stage, whatever the time.
    double died_at = -1;   ///< When its process was gone; below 0: it is there.
    std::string hostname;  ///< Of the worker that has it.
    double queued_at = 0;
    double until = 0;  ///< When its stage ends.
    double duration = 0;
    double started_at = 0;
    std::size_t worker = 0;
  };
  struct Worker {
    std::vector<std::string> queues;
    int slots = 1;
    int prefetch = 1;
    std::string name;
    std::string host;
    bool deaf = false;
    bool retires = false;
    double killed_at = -1;
    double next_heartbeat = 0;
    std::uint64_t processed = 0;
    std::uint64_t told_active = 0;
    std::uint64_t told_processed = 0;
  };

  void Arrive();
  void Advance(Task& task);
  void Fetch(std::size_t number);
  void Tell(std::size_t number);
  bool IsQueued(const Task& task) const;
  bool IsUnacked(const Task& task) const;
  bool IsGone(std::size_t worker) const;
  static bool Executes(const Task& task);
  int CountOf(std::size_t worker, bool executing) const;

  std::mt19937_64 random_;
  double now_ = 0;
  std::uint64_t next_number_ = 1;
  int run_ = 1;
  std::vector<std::string> queues_;
  std::vector<std::string> strays_;
  std::vector<TaskSource> sources_;
  std::vector<Worker> workers_;
  std::vector<Task> tasks_;
};

}  // namespace airflow_host
