// Parses what the OOM killer writes into the kernel's log. Samples, of a limit and of the host:
//   oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/oomt,
//     task_memcg=/oomt,task=python3,pid=11142,uid=0
//   Memory cgroup out of memory: Killed process 11142 (python3) total-vm:221380kB,
//     anon-rss:61056kB, file-rss:3188kB, shmem-rss:0kB, UID:0 pgtables:180kB oom_score_adj:0
//   oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,
//     task_memcg=/docker/7e29,task=java,pid=4711,uid=1000
//   Out of memory: Killed process 4711 (java) total-vm:... (the same fields)
// Before Linux 4.19 to 5.0, and in Red Hat's 7:
//   Task in /docker/7e29 killed as a result of limit of /docker/7e29
//   Memory cgroup out of memory: Kill process 24572 (java) score 968 or sacrifice child
//   Killed process 28438 (java) total-vm:20255636kB, anon-rss:466160kB, file-rss:13684kB
//   Killed process 18177 (palo_be), UID 0, total-vm:70347780kB, anon-rss:45563572kB, file-rss:0kB
// Each in one record. mm/oom_kill.c (dump_oom_victim, __oom_kill_process) and mm/memcontrol.c
// (mem_cgroup_print_oom_context):
// https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git
//
// The names within are the processes' own: a process may call itself ") total-vm:1kB," and a cgroup
// may hold commas. So every field is looked for from the end that the kernel alone has written, and
// a line counts only where it begins with more than a name could hold (15 bytes).
#include "collectors/oom/oom_lines.h"

#include <array>
#include <limits>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

constexpr std::string_view kChoice = "oom-kill:constraint=CONSTRAINT_";
constexpr std::string_view kKilled = "Killed process ";
constexpr std::size_t kLongestComm = 15;
constexpr std::uint64_t kKibibyte = 1024;

template <typename Integer>
std::optional<Integer> Narrow(std::optional<std::uint64_t> number) {
  if (!number || *number > static_cast<std::uint64_t>(std::numeric_limits<Integer>::max())) {
    return std::nullopt;
  }
  return static_cast<Integer>(*number);
}

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// The number of digits that `text` begins with, taken off it.
std::optional<std::uint64_t> TakeDigits(std::string_view& text) {
  const std::size_t length = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = ParseUnsigned(text.substr(0, length));
  text.remove_prefix(length);
  return number;
}

/// Cuts `,KEY=VALUE` off the end of `text`, where KEY is the last of its name; the value.
std::optional<std::string_view> CutLast(std::string_view& text, std::string_view key) {
  const std::size_t at = text.rfind(key);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view value = text.substr(at + key.size());
  text = text.substr(0, at);
  return value;
}

/// Cuts `,task=COMM` off the end: the first such whose COMM is short enough to be one, for the name
/// may itself hold the key.
std::optional<std::string_view> CutComm(std::string_view& text) {
  constexpr std::string_view kKey = ",task=";
  const std::size_t furthest = kKey.size() + kLongestComm;
  const std::size_t from = text.size() > furthest ? text.size() - furthest : 0;
  const std::size_t at = text.find(kKey, from);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view comm = text.substr(at + kKey.size());
  text = text.substr(0, at);
  return comm;
}

/// The number in units of kB behind `key`, taken from what the kernel alone has written.
std::optional<std::uint64_t> KilobytesOf(std::string_view fields, std::string_view key) {
  const std::size_t at = fields.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  fields.remove_prefix(at + key.size());
  const auto number = TakeDigits(fields);
  return fields.starts_with("kB") ? Multiply(number, kKibibyte) : std::nullopt;
}

std::optional<std::uint32_t> UidOf(std::string_view fields) {
  const std::size_t at = fields.find("UID:");
  if (at == std::string_view::npos) return std::nullopt;
  fields.remove_prefix(at + 4);
  return Narrow<std::uint32_t>(TakeDigits(fields));
}

std::optional<int> OomScoreAdjOf(std::string_view fields) {
  constexpr std::string_view kKey = "oom_score_adj:";
  const std::size_t at = fields.find(kKey);
  if (at == std::string_view::npos) return std::nullopt;
  const auto number = ParseSigned(Trim(fields.substr(at + kKey.size())));
  if (!number || *number < -1000 || *number > 1000) return std::nullopt;
  return static_cast<int>(*number);
}

/// Red Hat's `(COMM), UID 48,`: takes what follows the closing parenthesis off `named`.
std::optional<std::uint32_t> CutRedHatUid(std::string_view& named) {
  if (!named.ends_with(',')) return std::nullopt;
  const std::size_t at = named.rfind("), UID ");
  if (at == std::string_view::npos) return std::nullopt;
  const auto uid =
      Narrow<std::uint32_t>(ParseUnsigned(named.substr(at + 7, named.size() - at - 8)));
  if (uid) named = named.substr(0, at + 1);
  return uid;
}

/// Takes the beginning of a kill off `text` and says what it tells of the scope; false: another
/// line.
bool TakeMessage(std::string_view& text, std::optional<OomScope>& scope) {
  scope.reset();
  if (TakePrefix(text, "Memory cgroup out of memory: ")) {
    scope = OomScope::kCgroup;
  } else if (TakePrefix(text, "Out of memory: ") ||
             TakePrefix(text, "Out of memory (oom_kill_allocating_task): ")) {
    scope = OomScope::kGlobal;
  }
  return text.starts_with("Kill");
}

}  // namespace

bool IsOomChoice(std::string_view text) { return text.starts_with(kChoice); }

std::optional<OomChoice> ParseOomChoice(std::string_view text) {
  if (!IsOomChoice(text)) return std::nullopt;
  text = Trim(text);
  OomChoice choice;
  if (text.substr(kChoice.size()).starts_with("MEMCG,")) choice.scope = OomScope::kCgroup;
  const auto uid = CutLast(text, ",uid=");
  const auto pid_text = CutLast(text, ",pid=");
  const auto pid = Narrow<int>(ParseUnsigned(pid_text.value_or("")));
  const auto comm = CutComm(text);
  if (!uid || !pid || *pid == 0 || !comm) return std::nullopt;
  choice.pid = *pid;
  choice.uid = Narrow<std::uint32_t>(ParseUnsigned(*uid));
  choice.comm = *comm;
  // The victim's cgroup is the limited one or lies below it, so both begin at the first such key.
  if (const std::size_t at = text.find(",oom_memcg="); at != std::string_view::npos) {
    const std::string_view both = text.substr(at + 11);
    const std::size_t middle = both.find(",task_memcg=");
    choice.oom_memcg = both.substr(0, middle);
    if (middle != std::string_view::npos) choice.task_memcg = both.substr(middle + 12);
  } else if (const auto memcg = CutLast(text, ",task_memcg=")) {
    choice.task_memcg = *memcg;
  }
  return choice;
}

std::optional<KilledProcess> ParseKilledProcess(std::string_view text) {
  KilledProcess killed;
  if (!TakeMessage(text, killed.scope) || !TakePrefix(text, kKilled)) return std::nullopt;
  const auto pid = Narrow<int>(TakeDigits(text));
  const std::size_t end = text.rfind(" total-vm:");
  if (!pid || *pid == 0 || end == std::string_view::npos) return std::nullopt;
  std::string_view named = text.substr(0, end);
  const std::string_view fields = text.substr(end);
  killed.uid = CutRedHatUid(named);
  if (!TakePrefix(named, " (") || !named.ends_with(')')) return std::nullopt;
  named.remove_suffix(1);
  if (named.size() > kLongestComm) return std::nullopt;
  killed.pid = *pid;
  killed.comm = named;
  if (!killed.uid) killed.uid = UidOf(fields);
  killed.oom_score_adj = OomScoreAdjOf(fields);
  killed.total_vm_bytes = KilobytesOf(fields, "total-vm:");
  killed.anon_rss_bytes = KilobytesOf(fields, "anon-rss:");
  killed.file_rss_bytes = KilobytesOf(fields, "file-rss:");
  killed.shmem_rss_bytes = KilobytesOf(fields, "shmem-rss:");
  killed.page_table_bytes = KilobytesOf(fields, "pgtables:");
  return killed;
}

std::optional<OomLimit> ParseOomLimit(std::string_view text) {
  constexpr std::string_view kMiddle = " killed as a result of limit of ";
  if (!TakePrefix(text, "Task in ")) return std::nullopt;
  const std::size_t middle = text.find(kMiddle);
  if (middle == std::string_view::npos) return std::nullopt;
  return OomLimit{std::string(text.substr(0, middle)),
                  std::string(Trim(text.substr(middle + kMiddle.size())))};
}

std::optional<OomScope> ParseOomIntention(std::string_view text) {
  std::optional<OomScope> scope;
  if (!TakeMessage(text, scope) || !TakePrefix(text, "Kill process ")) return std::nullopt;
  return scope;
}

std::optional<int> ParseSkippedVictim(std::string_view text) {
  for (const std::string_view message : {"Memory cgroup out of memory: ", "Out of memory: "}) {
    TakePrefix(text, message);
  }
  if (!TakePrefix(text, "OOM victim ")) return std::nullopt;
  const auto pid = Narrow<int>(TakeDigits(text));
  if (!pid || !text.ends_with("is already exiting. Skip killing the task")) return std::nullopt;
  return pid;
}

}  // namespace airflow_host
