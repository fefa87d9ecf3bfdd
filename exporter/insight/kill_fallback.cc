// Sets containers' kills off against the host's.
#include "exporter/insight/kill_fallback.h"

#include <utility>

namespace airflow_host {

void KillFallback::SetActive(bool active) {
  active_ = active;
  if (active) return;
  host_counted_.Close();
  containers_counted_.Close();
}

void KillFallback::AbsorbHost(std::optional<std::uint64_t> oom_kills, SystemTime read_at,
                              SteadyTime now) {
  if (!oom_kills) return;
  const std::uint64_t before = host_kills_.value_or(*oom_kills);
  if (active_ && host_kills_) host_counted_.Extend(host_read_at_, read_at);
  host_kills_ = oom_kills;
  host_read_at_ = read_at;
  std::uint64_t kills = *oom_kills > before ? *oom_kills - before : 0;
  kills -= claimed_ahead_.Take(kills);
  // This reading had all that a container told before it.
  claimed_ahead_.TakeOlder(now, kPatience);
  (active_ ? unclaimed_ : counted_).Add(kills, now);
}

void KillFallback::AbsorbContainers(const ContainerObservation& containers,
                                    std::span<const std::string> names, SteadyTime now) {
  if (active_ && containers_read_at_) {
    containers_counted_.Extend(*containers_read_at_, containers.observed_at);
  }
  containers_read_at_ = containers.observed_at;
  for (KillCount& count : cgroups_.Absorb(containers, names)) Claim(std::move(count), now);
  // What no container has claimed by now was none's, and must not stand against a later kill.
  counted_.TakeOlder(now, kPatience);
}

void KillFallback::Claim(KillCount count, SteadyTime now) {
  // Those that have been counted already stay so: a counter never goes back.
  const std::uint64_t wanted = count.kills - counted_.Take(count.kills);
  const std::uint64_t claimed = unclaimed_.Take(wanted);
  if (host_kills_) claimed_ahead_.Add(wanted - claimed, now);
  // Those that the host had while the log could not be read are not told by the log either.
  count.kills = active_ ? wanted : claimed;
  if (count.kills > 0) ready_.push_back(std::move(count));
}

std::vector<KillCount> KillFallback::Take(SteadyTime now) {
  const std::uint64_t kills = unclaimed_.TakeOlder(now, kPatience);
  if (kills > 0) {
    if (containers_read_at_) counted_.Add(kills, now);
    ready_.push_back({std::string(kUnknownComponent), "", std::string(kUnknownScope), kills});
  }
  return std::exchange(ready_, {});
}

bool KillFallback::HasCounted(SystemTime at, bool in_container) const {
  if (host_kills_) return host_counted_.Contains(at);
  return in_container && containers_counted_.Contains(at);
}

}  // namespace airflow_host
