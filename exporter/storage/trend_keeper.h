// Carries the history of the trends from one run of the program to the next, so that an upgrade
// does not blind it for the length of a window.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

#include "collectors/support/clock.h"
#include "collectors/support/error.h"
#include "exporter/insight/trends.h"
#include "exporter/log.h"
#include "exporter/storage/history_file.h"
#include "exporter/thread.h"

namespace airflow_host {

/// Reads the history at start, and writes it every minute and at the end, in a thread of its own: a
/// disk that hangs or is full costs nothing but the history. What goes wrong is a warning in the
/// log, once until it goes well again. Start and Stop are main's.
class TrendKeeper {
 public:
  /// The history lies in `directory`. `procfs` tells which boot this is: steady time, pids and
  /// inodes mean nothing in another. All outlive the keeper.
  TrendKeeper(std::string directory, std::string procfs, Trends& trends, const Clock& clock,
              Log& log);
  TrendKeeper(const TrendKeeper&) = delete;
  TrendKeeper& operator=(const TrendKeeper&) = delete;
  ~TrendKeeper() = default;

  /// Starts the thread and gives it `patience` to bring the history back; what comes later is not
  /// used, since the trends have begun by then. Once, before the collectors start.
  Expected<void> Start(std::chrono::milliseconds patience);

  /// Asks the thread to write a last time and to end; after the collectors have ended.
  void Stop();

  /// Waits for its end until `limit`; false if it still runs then.
  bool JoinUntil(SteadyTime limit) { return !thread_ || thread_->JoinUntil(limit); }

 private:
  void Run();
  void Load(const HistoryFile& file);
  void SetAside(const HistoryFile& file, const std::string& reason);
  void Restore(const TrendHistory& history);
  void Save(const HistoryFile& file);
  bool WaitAMinute();
  void NoteLoaded();

  const std::string directory_;
  const std::string procfs_;
  Trends& trends_;
  const Clock& clock_;
  Log& log_;
  std::string boot_id_;         // The thread's.
  bool writing_fails_ = false;  // The thread's.

  std::optional<Thread> thread_;
  std::mutex mutex_;  // Guards what follows.
  std::condition_variable wake_;
  bool loaded_ = false;
  bool too_late_ = false;
  bool stopping_ = false;
};

}  // namespace airflow_host
