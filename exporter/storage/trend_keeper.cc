// Brings the history back, and keeps it.
#include "exporter/storage/trend_keeper.h"

#include <utility>

#include "collectors/support/file_reader.h"
#include "exporter/storage/trend_archive.h"

namespace airflow_host {
namespace {

constexpr std::chrono::minutes kEvery{1};

/// Empty where the kernel does not tell it.
std::string ReadBootId(const std::string& procfs) {
  std::string buffer;
  const auto content = ReadFile(procfs + "/sys/kernel/random/boot_id", buffer);
  return content ? std::string(content->substr(0, content->find('\n'))) : std::string();
}

}  // namespace

TrendKeeper::TrendKeeper(std::string directory, std::string procfs, Trends& trends,
                         const Clock& clock, Log& log)
    : directory_(std::move(directory)),
      procfs_(std::move(procfs)),
      trends_(trends),
      clock_(clock),
      log_(log) {}

Expected<void> TrendKeeper::Start(std::chrono::milliseconds patience) {
  auto thread = Thread::Start("storage", [this] { Run(); });
  if (!thread) return tl::unexpected(thread.error());
  thread_ = std::move(*thread);
  std::unique_lock lock(mutex_);
  too_late_ = !wake_.wait_for(lock, patience, [this] { return loaded_; });
  return {};
}

void TrendKeeper::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
}

void TrendKeeper::NoteLoaded() {
  {
    const std::lock_guard lock(mutex_);
    loaded_ = true;
  }
  wake_.notify_all();
}

bool TrendKeeper::WaitAMinute() {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, kEvery, [this] { return stopping_; });
}

void TrendKeeper::Run() {
  boot_id_ = ReadBootId(procfs_);
  auto file = HistoryFile::Open(directory_);
  if (!file || boot_id_.empty()) {
    const std::string reason = file ? procfs_ + " does not tell which boot this is (boot_id)"
                                    : std::move(file.error().message);
    log_.Warn("the history of trends is not kept over a restart", {{"reason", reason}});
    NoteLoaded();
    return;
  }
  Load(*file);
  NoteLoaded();
  while (WaitAMinute()) Save(*file);
  Save(*file);
}

void TrendKeeper::Load(const HistoryFile& file) {
  const auto content = file.Read(kLongestArchive);
  if (!content) {
    SetAside(file, content.error().message);
    return;
  }
  if (!*content) return;
  auto archive = DecodeTrendArchive(**content);
  if (!archive) {
    SetAside(file, file.path() + " " + archive.error().message);
    return;
  }
  if (archive->boot_id != boot_id_) {
    log_.Info("the history of trends is of an earlier boot and is not used");
    return;
  }
  Restore(archive->history);
}

void TrendKeeper::Restore(const TrendHistory& history) {
  // Under the lock, so that Start waits for an end that is near, and what is too late stays out.
  const std::lock_guard lock(mutex_);
  if (too_late_) {
    log_.Warn("the history of trends was read too late and is not used");
    return;
  }
  trends_.Restore(history);
  log_.Info("the history of trends was read",
            {{"containers", std::to_string(history.containers.size())},
             {"processes", std::to_string(history.processes.size())}});
}

void TrendKeeper::SetAside(const HistoryFile& file, const std::string& reason) {
  const auto seconds = static_cast<long long>(SecondsSinceEpoch(clock_.SystemNow()));
  const auto aside = file.SetAside(seconds);
  log_.Warn("the history of trends cannot be read and was set aside; it begins anew",
            {{"reason", reason}, {"now", aside ? *aside : aside.error().message}});
}

void TrendKeeper::Save(const HistoryFile& file) {
  const auto written = file.Write(EncodeTrendArchive({boot_id_, trends_.Save()}));
  if (!written && !writing_fails_) {
    log_.Warn("the history of trends cannot be written; the next attempt is in a minute",
              {{"reason", written.error().message}});
  }
  if (written && writing_fails_) log_.Info("the history of trends is written again");
  writing_fails_ = !written;
}

}  // namespace airflow_host
