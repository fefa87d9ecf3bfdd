#include "collectors/oom/oom_lines.h"

#include <gtest/gtest.h>

#include <string>

namespace airflow_host {
namespace {

constexpr std::uint64_t kKilobyte = 1024;

const std::string kChoiceOfLimit =
    "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/oomt,"
    "task_memcg=/oomt/inner,task=python3,pid=11142,uid=0";
const std::string kChoiceOfHost =
    "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,"
    "task_memcg=/docker/7e29,task=java,pid=4711,uid=1000";

TEST(OomChoice, OfALimit) {
  const auto choice = ParseOomChoice(kChoiceOfLimit);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->scope, OomScope::kCgroup);
  EXPECT_EQ(choice->oom_memcg, "/oomt");
  EXPECT_EQ(choice->task_memcg, "/oomt/inner");
  EXPECT_EQ(choice->comm, "python3");
  EXPECT_EQ(choice->pid, 11142);
  EXPECT_EQ(choice->uid, 0U);
}

TEST(OomChoice, OfTheHost) {
  const auto choice = ParseOomChoice(kChoiceOfHost);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->scope, OomScope::kGlobal);
  EXPECT_EQ(choice->oom_memcg, "");
  EXPECT_EQ(choice->task_memcg, "/docker/7e29");
  EXPECT_EQ(choice->pid, 4711);
}

TEST(OomChoice, OfAPartOfTheHostIsGlobalToo) {
  for (const char* constraint : {"CPUSET", "MEMORY_POLICY"}) {
    std::string text = kChoiceOfHost;
    text.replace(text.find("NONE"), 4, constraint);
    ASSERT_TRUE(ParseOomChoice(text)) << text;
    EXPECT_EQ(ParseOomChoice(text)->scope, OomScope::kGlobal);
  }
}

TEST(OomChoice, HasNamesOfAnyBytes) {
  const struct {
    const char* comm;
    const char* expected;
  } kCases[] = {{"a b", "a b"},
                {"a,b", "a,b"},
                {",task=x", ",task=x"},
                {",pid=1,uid=2", ",pid=1,uid=2"},
                {"", ""},
                {"x\ny", "x\ny"},
                {"airflow worker ", "airflow worker "}};
  for (const auto& [comm, expected] : kCases) {
    const auto choice = ParseOomChoice(
        "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a,"
        "task_memcg=/a,task=" +
        std::string(comm) + ",pid=7,uid=8");
    ASSERT_TRUE(choice) << comm;
    EXPECT_EQ(choice->comm, expected);
    EXPECT_EQ(choice->pid, 7);
    EXPECT_EQ(choice->task_memcg, "/a") << comm;
  }
}

TEST(OomChoice, IsNothingWhereItIsTorn) {
  for (std::size_t length = 0; length < kChoiceOfLimit.size() - 1; ++length) {
    const auto choice = ParseOomChoice(kChoiceOfLimit.substr(0, length));
    EXPECT_FALSE(choice) << length;
  }
  for (const char* text :
       {"oom-kill:", "oom-kill:pid=1,[77]: segfault at 0", "my oom-kill:constraint=CONSTRAINT_NONE",
        "oom-kill:constraint=CONSTRAINT_NONE,task=a,pid=x,uid=0",
        "oom-kill:constraint=CONSTRAINT_NONE,task=a,pid=0,uid=0",
        "oom-kill:constraint=CONSTRAINT_NONE,task=a,pid=99999999999,uid=0",
        "oom-kill:constraint=CONSTRAINT_NONE,task=sixteen-letters-,pid=1,uid=0"}) {
    EXPECT_FALSE(ParseOomChoice(text)) << text;
  }
}

TEST(KilledProcess, OfALimit) {
  const auto killed = ParseKilledProcess(
      "Memory cgroup out of memory: Killed process 11142 (python3) total-vm:221380kB, "
      "anon-rss:61056kB, file-rss:3188kB, shmem-rss:4kB, UID:1000 pgtables:180kB "
      "oom_score_adj:-500");
  ASSERT_TRUE(killed);
  EXPECT_EQ(killed->scope, OomScope::kCgroup);
  EXPECT_EQ(killed->pid, 11142);
  EXPECT_EQ(killed->comm, "python3");
  EXPECT_EQ(killed->uid, 1000U);
  EXPECT_EQ(killed->oom_score_adj, -500);
  EXPECT_EQ(killed->total_vm_bytes, 221380 * kKilobyte);
  EXPECT_EQ(killed->anon_rss_bytes, 61056 * kKilobyte);
  EXPECT_EQ(killed->file_rss_bytes, 3188 * kKilobyte);
  EXPECT_EQ(killed->shmem_rss_bytes, 4 * kKilobyte);
  EXPECT_EQ(killed->page_table_bytes, 180 * kKilobyte);
}

TEST(KilledProcess, OfTheHost) {
  for (const char* message : {"Out of memory: ", "Out of memory (oom_kill_allocating_task): "}) {
    const auto killed = ParseKilledProcess(
        std::string(message) +
        "Killed process 4711 (java) total-vm:4kB, anon-rss:3kB, file-rss:2kB, shmem-rss:1kB, "
        "UID:0 pgtables:180kB oom_score_adj:0");
    ASSERT_TRUE(killed);
    EXPECT_EQ(killed->scope, OomScope::kGlobal);
    EXPECT_EQ(killed->comm, "java");
    EXPECT_EQ(killed->oom_score_adj, 0);
  }
}

TEST(KilledProcess, OfOlderKernels) {
  const auto plain = ParseKilledProcess(
      "Killed process 28438 (java) total-vm:20255636kB, anon-rss:466160kB, file-rss:13684kB");
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->scope);
  EXPECT_FALSE(plain->uid);
  EXPECT_FALSE(plain->oom_score_adj);
  EXPECT_FALSE(plain->shmem_rss_bytes);
  EXPECT_EQ(plain->anon_rss_bytes, 466160 * kKilobyte);
  const auto red_hat = ParseKilledProcess(
      "Killed process 18177 (palo_be), UID 48, total-vm:70347780kB, anon-rss:45563572kB, "
      "file-rss:0kB, shmem-rss:0kB");
  ASSERT_TRUE(red_hat);
  EXPECT_EQ(red_hat->comm, "palo_be");
  EXPECT_EQ(red_hat->uid, 48U);
  EXPECT_EQ(red_hat->anon_rss_bytes, 45563572 * kKilobyte);
}

TEST(KilledProcess, CannotBeForgedByAName) {
  for (const char* comm : {") total-vm:1kB,", "a (b) c", "), UID 7, x", "UID:99", "((((", ""}) {
    const auto killed = ParseKilledProcess(
        "Out of memory: Killed process 5 (" + std::string(comm) +
        ") total-vm:8kB, anon-rss:7kB, file-rss:6kB, shmem-rss:5kB, UID:4 pgtables:3kB "
        "oom_score_adj:2");
    ASSERT_TRUE(killed) << comm;
    EXPECT_EQ(killed->comm, comm);
    EXPECT_EQ(killed->uid, 4U);
    EXPECT_EQ(killed->total_vm_bytes, 8 * kKilobyte);
  }
  // A program of that name that crashes has this logged of it by the kernel.
  EXPECT_FALSE(ParseKilledProcess("Killed process [123]: segfault at 0 ip 0 sp 0 error 4"));
  EXPECT_FALSE(ParseOomChoice("oom-kill:constr[123]: segfault at 0 ip 0 sp 0 error 4"));
}

TEST(KilledProcess, IsNothingWhereItIsTornOrAnotherLine) {
  for (const char* text :
       {"", "Killed process ", "Killed process 5", "Killed process 5 (a)",
        "Killed process x (a) total-vm:1kB", "Killed process 0 (a) total-vm:1kB",
        "Killed process 5 a total-vm:1kB", "Killed process 99999999999 (a) total-vm:1kB",
        "Out of memory: Kill process 5 (a) score 9",
        "Killed process 5 (a name of more bytes) total-vm:1kB",
        "oom_reaper: reaped process 5 (a), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB",
        "python3 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0"}) {
    EXPECT_FALSE(ParseKilledProcess(text)) << text;
  }
  const auto torn =
      ParseKilledProcess("Killed process 5 (a) total-vm:99999999999999999999kB, anon");
  ASSERT_TRUE(torn);
  EXPECT_FALSE(torn->total_vm_bytes);
  EXPECT_FALSE(torn->anon_rss_bytes);
}

TEST(OomLimit, NamesBothCgroups) {
  const auto limit =
      ParseOomLimit("Task in /docker/7e29/a killed as a result of limit of /docker/7e29");
  ASSERT_TRUE(limit);
  EXPECT_EQ(limit->task_memcg, "/docker/7e29/a");
  EXPECT_EQ(limit->oom_memcg, "/docker/7e29");
  EXPECT_FALSE(ParseOomLimit("Task in /docker/7e29"));
  EXPECT_FALSE(
      ParseOomLimit("Tasks in /docker/7e29 are going to be killed due to memory.oom.group set"));
}

TEST(OomIntention, TellsTheScope) {
  EXPECT_EQ(ParseOomIntention(
                "Memory cgroup out of memory: Kill process 5 (a) score 968 or sacrifice child"),
            OomScope::kCgroup);
  EXPECT_EQ(ParseOomIntention("Out of memory: Kill process 5 (a) score 9 or sacrifice child"),
            OomScope::kGlobal);
  EXPECT_FALSE(ParseOomIntention("Out of memory: Killed process 5 (a) total-vm:1kB"));
}

TEST(SkippedVictim, IsNamed) {
  EXPECT_EQ(ParseSkippedVictim("Memory cgroup out of memory: OOM victim 5 (a) is already exiting. "
                               "Skip killing the task"),
            5);
  EXPECT_EQ(ParseSkippedVictim("OOM victim 5 (a) is already exiting. Skip killing the task"), 5);
  EXPECT_FALSE(ParseSkippedVictim("OOM victim x"));
}

}  // namespace
}  // namespace airflow_host
