// Puts the parts together: find the containers, read each, name them.
#include "collectors/container/container_collector.h"

#include <algorithm>
#include <exception>
#include <unordered_map>
#include <utility>
#include <vector>

#include "collectors/container/cgroup_layout.h"
#include "collectors/container/cgroup_reader.h"
#include "collectors/container/cgroup_walk.h"
#include "collectors/container/container_names.h"
#include "collectors/container/container_observation.h"
#include "collectors/container/last_kills.h"
#include "collectors/container/process_start.h"

namespace airflow_host {
namespace {

constexpr std::size_t kMostRemembered = 256;

/// What is kept of a container between observations, by its cgroup's inode.
struct Kept {
  SystemTime started_at{};
  bool by_process = false;  ///< Told by a process; else by the directory, and still to be bettered.
  std::vector<std::uint64_t> processes;  ///< Its last known ones, at most kMostRemembered.
  std::uint64_t restarts_in_place = 0;
  bool is_sandbox = false;      ///< In a pod: it only holds the namespaces.
  std::uint64_t last_seen = 0;  ///< Number of the observation.
};

/// True where `kept` had processes, `ids` names some, and not one of those that were known is left.
/// (A service that forks itself into the background keeps its child.)
bool AllReplaced(const Kept& kept, const std::vector<std::uint64_t>& ids) {
  if (kept.processes.empty() || ids.empty()) return false;
  return std::find_first_of(ids.begin(), ids.end(), kept.processes.begin(), kept.processes.end()) ==
         ids.end();
}

/// Whether `directory` was being removed while `container` was read from it. Asked last: what was
/// read may be half of it, and the limits its parents'. The first file that the kernel takes away
/// is the one that usage is read from; without a memory controller (v2) there is none.
bool HasEnded(const CgroupLayout& layout, const CgroupDirectory& directory,
              const Container& container) {
  if (layout.files == CgroupFiles::kV1) return !directory.Has(kUsageFileV1);
  return !directory.Has(container.memory.usage ? kUsageFileV2 : "cgroup.procs");
}

class ContainerCollector final : public Collector {
 public:
  ContainerCollector(ContainerSettings settings, const Clock& clock)
      : settings_(std::move(settings)),
        clock_(clock),
        names_(settings_.docker_socket, settings_.podman_socket, settings_.paths.rootfs, clock) {}

  Expected<std::shared_ptr<const Observation>> Observe(Deadline deadline) override {
    try {
      return ObserveOnce(deadline);
    } catch (const std::exception& failure) {
      return Fail(ErrorKind::kFailed,
                  std::string("the containers cannot be read: ") + failure.what());
    }
  }

 private:
  Expected<std::shared_ptr<const Observation>> ObserveOnce(Deadline deadline) {
    auto observation = std::make_shared<ContainerObservation>();
    observation->observed_at = clock_.SystemNow();
    const auto layout = DetectCgroupLayout(settings_.paths.sysfs);
    if (!layout) return tl::unexpected(layout.error());
    observation->cgroup_version = layout->version;
    if (const auto error = ReadAll(*layout, deadline, *observation)) return tl::unexpected(*error);
    if (layout->files == CgroupFiles::kV2) {
      observation->late_kills = last_kills_.Find(layout->root, observation->containers, buffer_);
    }
    names_.Fill(observation->containers, deadline);
    observation->names_problem = names_.problem();
    return observation;
  }

  /// Finds and reads the containers. All or none: half of them would look like the others' end.
  std::optional<Error> ReadAll(const CgroupLayout& layout, Deadline deadline,
                               ContainerObservation& observation) {
    auto found = FindContainers(layout.root, WalkLimits{}, clock_, deadline);
    if (!found) return found.error();
    observation.truncated = found->truncated;
    ++observations_;
    LimitsOfAncestors limits(layout.root);
    for (FoundContainer& one : found->containers) {
      if (deadline.Expired(clock_.SteadyNow())) {
        return Error{ErrorKind::kTimedOut,
                     "the containers' cgroups below " + layout.root + " were not read in time"};
      }
      if (auto container = ReadContainer(layout, std::move(one), limits)) {
        observation.containers.push_back(std::move(*container));
      }
    }
    std::erase_if(kept_,
                  [&](const auto& entry) { return entry.second.last_seen != observations_; });
    return std::nullopt;
  }

  /// Nothing where the container has ended meanwhile.
  std::optional<Container> ReadContainer(const CgroupLayout& layout, FoundContainer found,
                                         LimitsOfAncestors& limits) {
    const auto directory = CgroupDirectory::Open(layout.root + found.path);
    if (!directory) return std::nullopt;
    Container container;
    container.cgroup_path = std::move(found.path);
    container.cgroup_inode = directory->inode();
    container.id = std::move(found.identity.id);
    container.runtime = found.identity.runtime;
    container.pod_uid = std::move(found.identity.pod_uid);
    container.name = std::move(found.identity.name);
    if (layout.files == CgroupFiles::kV1) {
      ReadMemoryV1(*directory, buffer_, container);
    } else {
      ReadMemoryV2(*directory, limits.Above(container.cgroup_path, buffer_), buffer_, container);
    }
    auto ids = ReadProcessIds(*directory, buffer_);
    if (HasEnded(layout, *directory, container)) return std::nullopt;
    if (ids) container.processes = ids->size();
    Kept& kept = KeptOf(*directory);
    NoteProcesses(kept, std::move(ids).value_or(std::vector<std::uint64_t>{}));
    container.started_at = kept.started_at;
    container.restarts_in_place = kept.restarts_in_place;
    if (kept.is_sandbox && !container.pod_uid.empty()) container.name = kSandboxName;
    return container;
  }

  Kept& KeptOf(const CgroupDirectory& directory) {
    const auto [entry, is_new] = kept_.try_emplace(directory.inode());
    if (is_new) entry->second.started_at = directory.modified_at();
    entry->second.last_seen = observations_;
    return entry->second;
  }

  void NoteProcesses(Kept& kept, std::vector<std::uint64_t> ids) {
    std::erase(ids, 0U);  // Those of another pid namespace.
    if (AllReplaced(kept, ids)) {
      ++kept.restarts_in_place;
      kept.by_process = false;
    }
    if (!kept.by_process) {
      if (const auto oldest = FindOldest(settings_.paths.procfs, ids)) {
        kept.started_at = oldest->started_at;
        kept.by_process = true;
        kept.is_sandbox = ids.size() == 1 && oldest->comm == "pause";
      }
    }
    if (ids.empty()) return;
    ids.resize(std::min(ids.size(), kMostRemembered));
    kept.processes = std::move(ids);
  }

  ContainerSettings settings_;
  const Clock& clock_;
  ContainerNames names_;
  LastKills last_kills_;
  std::unordered_map<std::uint64_t, Kept> kept_;
  std::uint64_t observations_ = 0;
  std::string buffer_;
};

}  // namespace

Expected<std::unique_ptr<Collector>> MakeContainerCollector(ContainerSettings settings,
                                                            const Clock& clock) {
  return std::make_unique<ContainerCollector>(std::move(settings), clock);
}

}  // namespace airflow_host
