// Pairs the lines of the OOM killer by the victim's pid.
#include "collectors/oom/oom_pairing.h"

#include <algorithm>
#include <utility>

namespace airflow_host {
namespace {

/// More of either are never waiting within five seconds, unless someone plays with us.
constexpr std::size_t kMostWaiting = 256;
/// A choice that was torn is longer than any line that is not.
constexpr std::size_t kLongestLine = 8192;

bool IsTogether(std::chrono::microseconds one, std::chrono::microseconds other) {
  return (one > other ? one - other : other - one) <= OomPairing::kTogether;
}

}  // namespace

void OomPairing::Add(const KmsgRecord& record) {
  if (!record.from_kernel()) return;
  if (auto killed = ParseKilledProcess(record.text)) {
    AddKilled(*std::move(killed), record);
  } else if (auto choice = ParseOomChoice(record.text)) {
    AddChoice(*std::move(choice), record.sequence, record.logged);
  } else if (const auto pid = ParseSkippedVictim(record.text)) {
    Forget(*pid);
  } else {
    AddContext(record);
    AddFragment(record);
  }
}

void OomPairing::AddContext(const KmsgRecord& record) {
  if (auto limit = ParseOomLimit(record.text)) {
    limit_ = std::move(limit);
    intention_ = OomScope::kCgroup;
    context_logged_ = record.logged;
  } else if (const auto intention = ParseOomIntention(record.text)) {
    // A global kill follows no limit that was told before it.
    if (*intention == OomScope::kGlobal) limit_.reset();
    intention_ = intention;
    context_logged_ = record.logged;
  }
}

/// The choice is printed piece by piece: another processor's message in between tears it.
void OomPairing::AddFragment(const KmsgRecord& record) {
  if (IsOomChoice(record.text)) {
    fragment_ = Fragment{record.text, record.sequence, record.logged};
    return;
  }
  if (!fragment_ || !record.text.starts_with(',')) return;
  fragment_->text += record.text;
  if (auto choice = ParseOomChoice(fragment_->text)) {
    AddChoice(*std::move(choice), fragment_->sequence, fragment_->logged);
    fragment_.reset();
  } else if (fragment_->text.size() > kLongestLine) {
    fragment_.reset();
  }
}

void OomPairing::AddChoice(OomChoice choice, std::uint64_t sequence,
                           std::chrono::microseconds logged) {
  const auto met = std::find_if(kills_.begin(), kills_.end(), [&](const PairedKill& kill) {
    return kill.killed && kill.killed->pid == choice.pid && IsTogether(kill.logged, logged);
  });
  if (met != kills_.end()) {
    if (met->choice) return;  // A member of a group is chosen once and told twice.
    met->choice = std::move(choice);
    ready_.push_back(*met);
    return;
  }
  choices_.push_back({std::move(choice), sequence, logged});
  if (choices_.size() > kMostWaiting) choices_.pop_front();
}

void OomPairing::AddKilled(KilledProcess killed, const KmsgRecord& record) {
  // With memory.oom.group the kernel kills (and tells) the first victim again with its group.
  const bool told = std::any_of(kills_.begin(), kills_.end(), [&](const PairedKill& kill) {
    return kill.pid() == killed.pid && IsTogether(kill.logged, record.logged);
  });
  if (told) return;
  PairedKill kill;
  kill.sequence = record.sequence;
  kill.logged = record.logged;
  const auto chosen = std::find_if(choices_.begin(), choices_.end(), [&](const Choice& choice) {
    return choice.choice.pid == killed.pid && IsTogether(choice.logged, record.logged);
  });
  if (chosen != choices_.end()) {
    kill.choice = std::move(chosen->choice);
    choices_.erase(chosen);
  }
  // What older kernels say beforehand belongs to the one kill that follows.
  if (!killed.scope && IsTogether(context_logged_, record.logged)) {
    kill.limit = std::exchange(limit_, std::nullopt);
    kill.intention = std::exchange(intention_, std::nullopt);
  } else if (killed.scope == OomScope::kCgroup && IsTogether(context_logged_, record.logged)) {
    kill.limit = std::exchange(limit_, std::nullopt);
  }
  kill.killed = std::move(killed);
  kills_.push_back(kill);
  if (kills_.size() > kMostWaiting) kills_.pop_front();
  ready_.push_back(std::move(kill));
}

void OomPairing::Forget(int pid) {
  std::erase_if(choices_, [&](const Choice& choice) { return choice.choice.pid == pid; });
}

std::vector<PairedKill> OomPairing::Take(std::chrono::microseconds now) {
  while (!choices_.empty() && now - choices_.front().logged > kTogether) {
    PairedKill kill;
    kill.sequence = choices_.front().sequence;
    kill.logged = choices_.front().logged;
    kill.choice = std::move(choices_.front().choice);
    choices_.pop_front();
    kills_.push_back(kill);
    ready_.push_back(std::move(kill));
  }
  while (!kills_.empty() && now - kills_.front().logged > 2 * kTogether) kills_.pop_front();
  return std::exchange(ready_, {});
}

}  // namespace airflow_host
