// Walks the cgroup tree depth first.
#include "collectors/container/cgroup_walk.h"

#include <algorithm>

namespace airflow_host {
namespace {

class Walker {
 public:
  Walker(const WalkLimits& limits, const Clock& clock, Deadline deadline)
      : limits_(limits), clock_(clock), deadline_(deadline) {}

  void Visit(const CgroupDirectory& directory, std::size_t depth) {
    directory.ForEachChild([&](const char* name) {
      const std::size_t length = path_.size();
      path_.append("/").append(name);
      const bool go_on = VisitChild(directory, name, depth + 1);
      path_.resize(length);
      return go_on;
    });
  }

  FoundContainers Take() {
    std::sort(found_.containers.begin(), found_.containers.end(),
              [](const auto& left, const auto& right) { return left.path < right.path; });
    return std::move(found_);
  }

  bool timed_out() const { return timed_out_; }

 private:
  /// False once the whole search is to end.
  bool VisitChild(const CgroupDirectory& parent, const char* name, std::size_t depth) {
    if (auto identity = IdentifyContainer(path_)) {
      const bool is_service = identity->runtime == ContainerRuntime::kSystemd;
      Keep(std::move(*identity), is_service);
      if (!is_service || stopped_) return !stopped_;
    }
    if (depth >= limits_.depth) {
      found_.truncated = true;
      return true;
    }
    if (++opened_ > limits_.directories) stopped_ = found_.truncated = true;
    if (deadline_.Expired(clock_.SteadyNow())) stopped_ = timed_out_ = true;
    if (stopped_) return false;
    if (const auto child = parent.OpenChild(name)) Visit(*child, depth);
    return !stopped_;
  }

  void Keep(ContainerIdentity identity, bool is_service) {
    std::size_t& count = is_service ? services_ : containers_;
    if (count == (is_service ? limits_.services : limits_.containers)) {
      found_.truncated = true;
      if (!is_service) stopped_ = true;
      return;
    }
    ++count;
    found_.containers.push_back({path_, std::move(identity)});
  }

  const WalkLimits& limits_;
  const Clock& clock_;
  Deadline deadline_;
  std::string path_;
  FoundContainers found_;
  std::size_t containers_ = 0;
  std::size_t services_ = 0;
  std::size_t opened_ = 0;
  bool stopped_ = false;
  bool timed_out_ = false;
};

}  // namespace

Expected<FoundContainers> FindContainers(const std::string& root, const WalkLimits& limits,
                                         const Clock& clock, Deadline deadline) {
  const auto directory = CgroupDirectory::Open(root);
  if (!directory) return tl::unexpected(directory.error());
  Walker walker(limits, clock, deadline);
  walker.Visit(*directory, 0);
  if (walker.timed_out()) {
    return Fail(ErrorKind::kTimedOut, "the cgroups below " + root + " were not listed in time");
  }
  return walker.Take();
}

}  // namespace airflow_host
