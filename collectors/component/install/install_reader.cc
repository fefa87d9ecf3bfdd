// Looks at the main processes of Airflow in turn.
#include "collectors/component/install/install_reader.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace airflow_host {
namespace {

bool Concerns(const InstallSubject& subject) {
  return IsAirflow(subject.component) && StaysRunning(subject.component);
}

auto Order(const InstallSubject& subject) { return std::tie(subject.start_ticks, subject.pid); }

}  // namespace

void InstallReader::Look(std::span<const InstallSubject> mains, SteadyTime now) {
  bool changed = Follow(mains);
  for (std::size_t looks = 0; looks < kLooksPerCall; ++looks) {
    KnownInstall* const due = NextDue(now);
    if (due == nullptr) break;
    LookAt(*due, now);
    changed = true;
  }
  if (changed) Summarize();
}

std::optional<std::uint32_t> InstallReader::WorkerConcurrency(int pid,
                                                              std::uint64_t start_ticks) const {
  for (const KnownInstall& install : installs_) {
    if (install.subject.pid == pid && install.subject.start_ticks == start_ticks) {
      return ConcurrencyOf(install.entry.facts);
    }
  }
  return std::nullopt;
}

/// Drops what has gone and adds what is new; whether anything changed.
bool InstallReader::Follow(std::span<const InstallSubject> mains) {
  std::vector<KnownInstall> next;
  bool changed = false;
  for (const InstallSubject& subject : mains) {
    if (!Concerns(subject) || next.size() >= kMostSubjects) continue;
    const auto known = std::find_if(
        installs_.begin(), installs_.end(),
        [&](const KnownInstall& install) { return Order(install.subject) == Order(subject); });
    if (known == installs_.end()) {
      next.push_back({subject, std::nullopt, std::nullopt, {}});
      changed = true;
    } else {
      changed = changed || known->entry.component != subject.component;
      next.push_back(std::move(*known));
      next.back().subject = subject;
    }
    next.back().entry.component = subject.component;
  }
  changed = changed || next.size() != installs_.size();
  std::sort(next.begin(), next.end(), [](const KnownInstall& one, const KnownInstall& other) {
    return Order(one.subject) < Order(other.subject);
  });
  installs_ = std::move(next);
  return changed;
}

/// Who was never looked at, or else longest ago and long enough; null if nobody.
InstallReader::KnownInstall* InstallReader::NextDue(SteadyTime now) {
  const auto longest = std::min_element(
      installs_.begin(), installs_.end(), [](const KnownInstall& one, const KnownInstall& other) {
        return one.looked < other.looked;  // Never looked at comes first.
      });
  if (longest == installs_.end()) return nullptr;
  const bool due = !longest->looked || now - *longest->looked >= kRefresh;
  return due ? &*longest : nullptr;
}

void InstallReader::LookAt(KnownInstall& install, SteadyTime now) {
  install.looked = now;
  auto look =
      LookAtInstall(procfs_, install.subject.pid, install.subject.start_ticks, install.variables);
  install.entry = InstallEntry{};
  install.entry.component = install.subject.component;
  // It has gone under way; the next walk will not list it.
  if (!look) return;
  install.entry.facts = std::move(look->facts);
  install.entry.root_denied = look->root_denied;
  install.entry.environment_denied = look->environment_denied;
  install.entry.config_denied = look->config_denied;
  install.variables = std::move(look->variables);
}

void InstallReader::Summarize() {
  std::vector<InstallEntry> entries;
  for (const KnownInstall& install : installs_) {
    if (install.looked) entries.push_back(install.entry);
  }
  summary_ = airflow_host::Summarize(entries);
}

}  // namespace airflow_host
