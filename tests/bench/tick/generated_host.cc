// Writes procfs and cgroup trees. Formats: https://docs.kernel.org/filesystems/proc.html
#include "tests/bench/tick/generated_host.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace airflow_host::bench {
namespace {

constexpr std::size_t kFirstPid = 2;

void Write(const std::string& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  file << content;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

/// One process, as its files tell it.
struct Process {
  std::size_t pid;
  std::string title;
  std::string name;
  std::string cgroup;

  bool IsKernels() const { return title.empty(); }
};

std::string Stat(const Process& process) {
  // PF_KTHREAD is 0x00200000.
  const std::string flags = process.IsKernels() ? "2129984" : "4194560";
  const std::string parent = process.IsKernels() ? "2" : "1";
  const std::string start = std::to_string(1000 + process.pid);
  return std::to_string(process.pid) + " (" + process.name + ") S " + parent + " 1 1 0 -1 " +
         flags + " 51234 8812 12 0 1043 220 11 3 20 0 3 0 " + start +
         " 352428800 33200 18446744073709551615 94021 94922 140721 0 0 0 0 16781312 81922 0 0 0 17 "
         "1 0 0 0 0 0 94923 94924 95021 140721 140722 140722 140723 0\n";
}

std::string Status(const Process& process) {
  const std::string pid = std::to_string(process.pid);
  std::string text = "Name:\t" + process.name + "\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t" +
                     pid + "\nNgid:\t0\nPid:\t" + pid +
                     "\nPPid:\t1\nTracerPid:\t0\nUid:\t50000\t50000\t50000\t50000\n"
                     "Gid:\t0\t0\t0\t0\nFDSize:\t64\nGroups:\t0 \nNStgid:\t" +
                     pid + "\nNSpid:\t" + pid + "\nNSpgid:\t1\nNSsid:\t1\nKthread:\t0\n";
  if (!process.IsKernels()) {
    text +=
        "VmPeak:\t  612344 kB\nVmSize:\t  598212 kB\nVmLck:\t       0 kB\nVmPin:\t       0 kB\n"
        "VmHWM:\t  190212 kB\nVmRSS:\t  184320 kB\nRssAnon:\t  141212 kB\nRssFile:\t   43108 kB\n"
        "RssShmem:\t       0 kB\nVmData:\t  231212 kB\nVmStk:\t     132 kB\nVmExe:\t       4 kB\n"
        "VmLib:\t   31212 kB\nVmPTE:\t     712 kB\nVmSwap:\t    1024 kB\n"
        "HugetlbPages:\t       0 kB\nCoreDumping:\t0\nTHP_enabled:\t1\n";
  }
  return text +
         "Threads:\t3\nSigQ:\t0/95881\nSigPnd:\t0000000000000000\nShdPnd:\t0000000000000000\n"
         "SigBlk:\t0000000000000000\nSigIgn:\t0000000001001000\nSigCgt:\t0000000000004002\n"
         "CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n"
         "CapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\nNoNewPrivs:\t0\nSeccomp:\t0\n"
         "Seccomp_filters:\t0\nSpeculation_Store_Bypass:\tthread vulnerable\n"
         "SpeculationIndirectBranch:\tconditional enabled\nCpus_allowed:\t3\n"
         "Cpus_allowed_list:\t0-1\nMems_allowed:\t1\nMems_allowed_list:\t0\n"
         "voluntary_ctxt_switches:\t15021\nnonvoluntary_ctxt_switches:\t302\n";
}

constexpr const char* kSmapsRollup =
    "55d0c0a00000-7ffd3b9f8000 ---p 00000000 00:00 0                          [rollup]\n"
    "Rss:              184320 kB\nPss:              151203 kB\nPss_Dirty:        140112 kB\n"
    "Pss_Anon:         138212 kB\nPss_File:          12991 kB\nPss_Shmem:             0 kB\n"
    "Shared_Clean:      41212 kB\nShared_Dirty:       2212 kB\nPrivate_Clean:       984 kB\n"
    "Private_Dirty:    139912 kB\nReferenced:       180212 kB\nAnonymous:        141212 kB\n"
    "KSM:                   0 kB\nLazyFree:              0 kB\nAnonHugePages:         0 kB\n"
    "ShmemPmdMapped:        0 kB\nFilePmdMapped:         0 kB\nShared_Hugetlb:        0 kB\n"
    "Private_Hugetlb:       0 kB\nSwap:               1024 kB\nSwapPss:             512 kB\n"
    "Locked:                0 kB\n";

constexpr const char* kLimits =
    "Limit                     Soft Limit           Hard Limit           Units     \n"
    "Max cpu time              unlimited            unlimited            seconds   \n"
    "Max processes             95881                95881                processes \n"
    "Max open files            1024                 524288               files     \n"
    "Max locked memory         8388608              8388608              bytes     \n";

void WriteProcess(const std::string& procfs, const Process& process) {
  const std::string folder = procfs + "/" + std::to_string(process.pid);
  std::filesystem::create_directory(folder);
  Write(folder + "/stat", Stat(process));
  Write(folder + "/status", Status(process));
  Write(folder + "/cmdline", process.IsKernels() ? "" : process.title + std::string(1, '\0'));
  Write(folder + "/comm", process.name + "\n");
  Write(folder + "/cgroup", "0::" + process.cgroup + "\n");
  if (process.IsKernels()) return;
  Write(folder + "/statm", "149553 46080 10777 1 0 57803 0\n");
  Write(folder + "/smaps_rollup", kSmapsRollup);
  Write(folder + "/limits", kLimits);
  std::filesystem::create_symlink("/usr/bin/python3.11", folder + "/exe");
  std::filesystem::create_symlink("/", folder + "/root");
  std::filesystem::create_symlink("/opt/airflow", folder + "/cwd");
  std::filesystem::create_directory(folder + "/fd");
  for (int descriptor = 0; descriptor < 8; ++descriptor) {
    std::filesystem::create_symlink("/dev/null", folder + "/fd/" + std::to_string(descriptor));
  }
}

/// As Docker names the scope of a container.
std::string CgroupOfContainer(std::size_t at) {
  std::array<char, 65> id{};
  std::snprintf(id.data(), id.size(), "%08zx%056zx", at * 2654435761U % 0xFFFFFFFFU, at);
  return "/system.slice/docker-" + std::string(id.data()) + ".scope";
}

/// The folder of the fixture's first container: its files are each container's.
std::filesystem::path TemplateOfContainer() {
  const std::string slice =
      std::string(FIXTURES_DIRECTORY) + "/debian12-cgroup2/sys/fs/cgroup/system.slice";
  for (const auto& entry : std::filesystem::directory_iterator(slice)) {
    if (entry.path().filename().string().starts_with("docker-")) return entry.path();
  }
  throw std::runtime_error("no container in " + slice);
}

void WriteContainers(const std::string& cgroups, const HostSize& size) {
  const auto all = std::filesystem::copy_options::recursive;
  const std::string fixture = std::string(FIXTURES_DIRECTORY) + "/debian12-cgroup2/sys/fs/cgroup";
  std::filesystem::create_directories(cgroups + "/system.slice");
  for (const auto& entry : std::filesystem::directory_iterator(fixture)) {
    if (entry.is_regular_file()) std::filesystem::copy(entry.path(), cgroups);
  }
  const auto model = TemplateOfContainer();
  for (std::size_t at = 0; at < size.containers; ++at) {
    const std::string folder = cgroups + CgroupOfContainer(at);
    std::filesystem::copy(model, folder, all);
    std::string pids;
    for (std::size_t process = at; process < size.processes; process += size.containers) {
      pids += std::to_string(kFirstPid + process) + "\n";
    }
    Write(folder + "/cgroup.procs", pids);
  }
}

}  // namespace

std::string TitleOfProcess(std::size_t at) {
  const std::string number = std::to_string(at);
  switch (at % 10) {
    case 0:
      return "";
    case 1:
      return at == 1 ? "airflow scheduler -- LocalExecutor"
                     : "[celeryd: celery@worker-0:ForkPoolWorker-" + number + "]";
    case 2:
      return "airflow task supervisor: {'dag_id': 'etl_" + number + "', 'task_id': 'load'}";
    case 3:
      return "postgres: airflow airflow 10.0.0.7(" + number + ") idle";
    case 4:
    case 5:
      return "";
    case 6:
      return "nginx: worker process";
    case 7:
      return "/usr/sbin/sshd -D";
    case 8:
      return "-bash";
    default:
      return "/usr/lib/systemd/systemd-journald --number=" + number;
  }
}

Paths WriteHost(const std::string& folder, const HostSize& size) {
  const std::string procfs = folder + "/proc";
  const std::string fixture = std::string(FIXTURES_DIRECTORY) + "/debian12-cgroup2/proc";
  std::filesystem::create_directories(procfs);
  for (const auto& entry : std::filesystem::directory_iterator(fixture)) {
    const std::string name = entry.path().filename();
    const bool is_process = name.front() >= '0' && name.front() <= '9';
    if (is_process && name != "1") continue;
    std::filesystem::copy(entry.path(), procfs + "/" + name,
                          std::filesystem::copy_options::recursive);
  }
  for (std::size_t at = 0; at < size.processes; ++at) {
    Process process{kFirstPid + at, TitleOfProcess(at), "python3", "/init.scope"};
    if (process.IsKernels()) process.name = "kworker/1:2";
    if (process.title.starts_with("postgres")) process.name = "postgres";
    if (size.containers > 0) process.cgroup = CgroupOfContainer(at % size.containers);
    WriteProcess(procfs, process);
  }
  WriteContainers(folder + "/sys/fs/cgroup", size);
  return Paths{procfs, folder + "/sys", folder};
}

}  // namespace airflow_host::bench
