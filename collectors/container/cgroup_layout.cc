// Finds the memory controller: "cpuset cpu io memory hugetlb pids" in v2's cgroup.controllers.
#include "collectors/container/cgroup_layout.h"

#include "collectors/support/file_reader.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

bool NamesMemory(std::string_view controllers) {
  while (const auto line = TakeLine(controllers)) {
    std::string_view rest = *line;
    while (const auto name = TakeField(rest)) {
      if (name == "memory") return true;
    }
  }
  return false;
}

}  // namespace

Expected<CgroupLayout> DetectCgroupLayout(const std::string& sysfs) {
  const std::string root = sysfs + "/fs/cgroup";
  std::string buffer;
  const auto controllers = ReadFile(root + "/cgroup.controllers", buffer);
  if (controllers && NamesMemory(*controllers)) {
    return CgroupLayout{"v2", CgroupFiles::kV2, root};
  }
  if (!controllers && controllers.error().kind == ErrorKind::kDenied) {
    return tl::unexpected(controllers.error());
  }
  const bool v2_without_memory = controllers.has_value();
  const auto unified = ReadFile(root + "/unified/cgroup.controllers", buffer);
  if (unified && NamesMemory(*unified)) {
    return CgroupLayout{"hybrid", CgroupFiles::kV2, root + "/unified"};
  }
  const bool has_unified = unified.has_value();
  const auto v1 = ReadFile(root + "/memory/memory.stat", buffer);
  if (v1) return CgroupLayout{has_unified ? "hybrid" : "v1", CgroupFiles::kV1, root + "/memory"};
  if (v1.error().kind == ErrorKind::kDenied) return tl::unexpected(v1.error());
  if (v2_without_memory) {
    return Fail(ErrorKind::kAbsent, "the kernel's memory controller is off (no \"memory\" in " +
                                        root +
                                        "/cgroup.controllers); boot with cgroup_enable=memory");
  }
  return Fail(ErrorKind::kAbsent,
              "no control groups with a memory controller are mounted at " + root);
}

}  // namespace airflow_host
