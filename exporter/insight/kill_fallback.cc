// Sets containers' kills off against the host's.
#include "exporter/insight/kill_fallback.h"

#include <algorithm>
#include <utility>

namespace airflow_host {
namespace {

/// The growth of a counter that begins anew with its cgroup.
std::uint64_t Growth(std::uint64_t before, std::uint64_t now) {
  return now >= before ? now - before : now;
}

/// Takes up to `wanted` off `supply`; how much it was.
std::uint64_t TakeUpTo(std::uint64_t& supply, std::uint64_t wanted) {
  const std::uint64_t taken = std::min(supply, wanted);
  supply -= taken;
  return taken;
}

}  // namespace

void KillFallback::SetActive(bool active) {
  if (active == active_) return;
  active_ = active;
  unclaimed_.clear();
  claimed_ahead_ = counted_unclaimed_ = 0;
}

void KillFallback::AbsorbHost(std::optional<std::uint64_t> oom_kills, SteadyTime now) {
  if (!oom_kills) return;
  const std::uint64_t before = host_kills_.value_or(*oom_kills);
  host_kills_ = oom_kills;
  std::uint64_t kills = *oom_kills > before ? *oom_kills - before : 0;
  if (!active_ || kills == 0) return;
  kills -= TakeUpTo(claimed_ahead_, kills);
  if (kills > 0) unclaimed_.push_back({kills, now});
}

void KillFallback::AbsorbContainers(const ContainerObservation& containers,
                                    std::span<const std::string> names) {
  std::unordered_map<std::string, std::uint64_t> kills;
  for (std::size_t at = 0; at < containers.containers.size(); ++at) {
    const Container& container = containers.containers[at];
    if (!container.events.oom_kill) continue;
    const std::uint64_t now = *container.events.oom_kill;
    kills[container.cgroup_path] = now;
    const auto found = container_kills_.find(container.cgroup_path);
    // One that was not there before has killed nobody before, unless it was only left out.
    const bool left_out = !containers_known_ || containers.truncated;
    const std::uint64_t before =
        found != container_kills_.end() ? found->second : (left_out ? now : 0);
    if (active_ && now != before) Claim(container, names[at], Growth(before, now));
  }
  container_kills_ = std::move(kills);
  containers_known_ = true;
}

void KillFallback::Claim(const Container& container, const std::string& name, std::uint64_t kills) {
  // Those that have been counted as nobody's stay so: a counter never goes back.
  kills -= TakeUpTo(counted_unclaimed_, kills);
  if (kills == 0) return;
  std::uint64_t wanted = kills;
  while (wanted > 0 && !unclaimed_.empty()) {
    wanted -= TakeUpTo(unclaimed_.front().kills, wanted);
    if (unclaimed_.front().kills == 0) unclaimed_.pop_front();
  }
  if (host_kills_) claimed_ahead_ += wanted;
  // Without a limit on its way to the root, only the host can have run out.
  const OomScope scope = container.memory.limit ? OomScope::kCgroup : OomScope::kGlobal;
  ready_.push_back(
      {container.component.empty() ? std::string(kUnknownComponent) : container.component, name,
       std::string(OomScopeName(scope)), kills});
}

std::vector<KillCount> KillFallback::Take(SteadyTime now) {
  while (!unclaimed_.empty() && now - unclaimed_.front().seen >= kPatience) {
    const std::uint64_t kills = unclaimed_.front().kills;
    unclaimed_.pop_front();
    if (containers_known_) counted_unclaimed_ += kills;
    ready_.push_back({std::string(kUnknownComponent), "", std::string(kUnknownScope), kills});
  }
  return std::exchange(ready_, {});
}

}  // namespace airflow_host
