// Compares counts of kills by cgroup.
#include "exporter/insight/kill_cgroups.h"

#include <algorithm>
#include <utility>

#include "collectors/support/path_ancestors.h"

namespace airflow_host {
namespace {

/// The growth of a counter that begins anew with its cgroup.
std::uint64_t Growth(std::uint64_t before, std::uint64_t now) {
  return now >= before ? now - before : now;
}

/// In v2 a cgroup's events are also those of all below it; in v1, which has no `oom`, its own only.
bool IsHierarchical(const Container& container) { return container.events.oom.has_value(); }

/// Calls `visit` with the position of each of the containers that holds the one at `path`, the
/// closest first, until it returns true.
template <typename Positions, typename Visit>
void ForHolders(std::string_view path, const Positions& positions, Visit visit) {
  ForPathAndAbove(ParentPath(path), [&](std::string_view above) {
    const auto found = positions.find(above);
    return found != positions.end() && visit(found->second);
  });
}

}  // namespace

std::vector<KillCount> CgroupKills::Absorb(const ContainerObservation& containers,
                                           std::span<const std::string> names) {
  ++observation_;
  const std::span<const Container> all = containers.containers;
  const bool may_be_old = containers.truncated || std::exchange(was_truncated_, false);
  was_truncated_ = containers.truncated;
  Positions positions;
  std::vector<std::uint64_t> growth(all.size());
  for (std::size_t at = 0; at < all.size(); ++at) {
    if (!all[at].events.oom_kill) continue;
    positions.emplace(all[at].cgroup_path, at);
    growth[at] = Note(all[at], names[at], may_be_old);
  }
  std::vector<std::uint64_t> within(all.size());
  for (std::size_t at = 0; at < all.size(); ++at) {
    ForHolders(all[at].cgroup_path, positions, [&](std::size_t holder) {
      if (IsHierarchical(all[holder])) within[holder] += growth[at];
      return true;
    });
  }
  std::vector<KillCount> counts;
  for (std::size_t at = 0; at < all.size(); ++at) {
    if (!all[at].events.oom_kill) continue;
    Known& known = known_.at(all[at].cgroup_inode);
    const std::uint64_t elsewhere = within[at] + std::exchange(known.owed, 0);
    if (elsewhere > growth[at]) known.owed = std::min(elsewhere - growth[at], within[at]);
    if (elsewhere >= growth[at]) continue;
    counts.push_back({known.component, known.name, std::string(ScopeOf(all, positions, at)),
                      growth[at] - elsewhere});
  }
  AddLateKills(containers.late_kills, counts);
  std::erase_if(known_, [this](const auto& entry) {
    return observation_ - entry.second.seen_in > kRemembered;
  });
  return counts;
}

/// Remembers the container; the growth of its count, with that of what lies within it.
std::uint64_t CgroupKills::Note(const Container& container, const std::string& name,
                                bool may_be_old) {
  const std::uint64_t kills = *container.events.oom_kill;
  // v1 has only how often the limit was hit, without which no kill is by it.
  const std::uint64_t ooms = container.events.oom.value_or(container.events.max.value_or(0));
  const auto [found, is_new] = known_.try_emplace(container.cgroup_inode);
  Known& known = found->second;
  // One that was not there before has killed nobody before, unless it was only left out.
  if (is_new && may_be_old) {
    known.kills = kills;
    known.ooms = ooms;
  }
  if (is_new) known.component = std::string(kUnknownComponent);
  known.name = name;
  // One whose processes have all been killed still is what it was.
  if (!container.component.empty()) known.component = container.component;
  known.limited = container.memory.limit.has_value();
  if (ooms != known.ooms) known.oom_grew_in = observation_;
  known.ooms = ooms;
  known.seen_in = observation_;
  return Growth(std::exchange(known.kills, kills), kills);
}

/// A limit was reached where `oom` has grown too, in the cgroup or in one that holds it; lately,
/// since the kernel counts it before the kill. Of cgroups above that are no containers and no
/// services (a pod's) nothing is known here: a kill by their limit goes as the host's.
std::string_view CgroupKills::ScopeOf(std::span<const Container> containers,
                                      const Positions& positions, std::size_t at) const {
  const Container& container = containers[at];
  const auto has_oom = [&](std::size_t position) {
    const auto& grew_in = known_.at(containers[position].cgroup_inode).oom_grew_in;
    return grew_in && observation_ - *grew_in <= 1;
  };
  if (!IsHierarchical(container)) {
    // Without a limit on its way to the root, only the host can have run out.
    if (!container.memory.limit) return OomScopeName(OomScope::kGlobal);
    return has_oom(at) ? OomScopeName(OomScope::kCgroup) : kUnknownScope;
  }
  bool has_any = has_oom(at);
  ForHolders(container.cgroup_path, positions, [&](std::size_t holder) {
    has_any = has_any || has_oom(holder);
    return has_any;
  });
  return OomScopeName(has_any ? OomScope::kCgroup : OomScope::kGlobal);
}

void CgroupKills::AddLateKills(std::span<const LateKills> late, std::vector<KillCount>& counts) {
  for (const LateKills& kills : late) {
    const auto found = known_.find(kills.cgroup_inode);
    if (found == known_.end() || kills.oom_kills == 0) continue;
    Known& known = found->second;
    known.kills += kills.oom_kills;  // Should it have been unreadable only, it tells them too.
    // Whether its limit was reached it does not tell any more.
    counts.push_back({known.component, known.name,
                      std::string(known.limited ? kUnknownScope : OomScopeName(OomScope::kGlobal)),
                      kills.oom_kills});
  }
}

}  // namespace airflow_host
