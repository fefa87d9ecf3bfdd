// Turns observations into the summary lines of the status page.
#include "exporter/status_facts.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "collectors/broker/broker_observation.h"
#include "collectors/component/component_observation.h"
#include "collectors/container/container_key.h"
#include "collectors/container/container_observation.h"
#include "collectors/host/host_observation.h"
#include "collectors/metadata/metadata_observation.h"
#include "exporter/web/html.h"

namespace airflow_host {
namespace {

using Facts = std::vector<StatusFact>;

/// "577 MiB of 3.7 GiB (15 %)".
std::string ShareText(std::uint64_t part, std::uint64_t whole) {
  std::string text = BytesInWords(part) + " of " + BytesInWords(whole);
  if (whole > 0) {
    const double percent = 100 * static_cast<double>(part) / static_cast<double>(whole);
    text += " (" + std::to_string(std::lround(percent)) + " %)";
  }
  return text;
}

std::string CountText(std::uint64_t count, const char* one, const char* several) {
  return std::to_string(count) + " " + (count == 1 ? one : several);
}

void AddHost(const Board& board, Facts& facts) {
  const auto host = board.Latest<HostObservation>("host");
  if (!host) return;
  const Meminfo& memory = host->memory;
  if (memory.available_bytes && memory.total_bytes) {
    facts.push_back(
        {"Host", "Memory available", ShareText(*memory.available_bytes, *memory.total_bytes)});
  }
  if (memory.swap_total_bytes && memory.swap_free_bytes) {
    const bool none = *memory.swap_total_bytes == 0;
    facts.push_back({"Host", "Swap free",
                     none ? "none: this host has no swap"
                          : ShareText(*memory.swap_free_bytes, *memory.swap_total_bytes)});
  }
  if (host->paging.oom_kills) {
    facts.push_back({"Host", "OOM kills since boot", std::to_string(*host->paging.oom_kills)});
  }
}

void AddComponents(const Board& board, Facts& facts) {
  const auto components = board.Latest<ComponentObservation>("component");
  if (!components) return;
  for (const ComponentSample& sample : components->components) {
    std::string value = CountText(sample.processes, "process", "processes");
    if (sample.rss_bytes) value += ", " + BytesInWords(*sample.rss_bytes) + " resident";
    if (sample.swap_bytes && *sample.swap_bytes > 0) {
      value += ", " + BytesInWords(*sample.swap_bytes) + " swapped out";
    }
    facts.push_back({"Components", std::string(components->NameOf(sample.component)), value});
  }
}

void AddContainers(const Board& board, Facts& facts) {
  const auto containers = board.Latest<ContainerObservation>("container");
  if (!containers) return;
  const auto& all = containers->containers;
  const auto shown = std::count_if(all.begin(), all.end(), &IsShown);
  facts.push_back({"Host", "Containers", std::to_string(shown)});
}

void AddTasks(const Board& board, Facts& facts) {
  const auto metadata = board.Latest<MetadataObservation>("metadata");
  if (!metadata) return;
  if (metadata->airflow_version) {
    facts.push_back({"Tasks", "Airflow by its schema", *metadata->airflow_version});
  }
  std::map<std::string, std::uint64_t> counts;
  for (const TaskInstanceCount& row : metadata->task_instances) counts[row.state] += row.count;
  for (const char* state : {"scheduled", "queued", "running", "deferred"}) {
    if (const auto found = counts.find(state); found != counts.end()) {
      facts.push_back(
          {"Tasks", state, CountText(found->second, "task instance", "task instances")});
    }
  }
}

/// "16 configured, the host bears 2".
void AddSizing(const Sizing& sizing, Facts& facts) {
  std::string value;
  if (sizing.worker_concurrency) {
    value = std::to_string(*sizing.worker_concurrency) + " configured";
  }
  if (const auto bears = sizing.concurrency_recommended) {
    value += value.empty() ? "the host bears " : ", the host bears ";
    value += *bears > 0 ? std::to_string(*bears) : "not even one";
  }
  if (!value.empty()) facts.push_back({"Tasks", "At once, in each worker", std::move(value)});
}

void AddQueues(const Board& board, Facts& facts) {
  const auto broker = board.Latest<BrokerObservation>("broker");
  if (!broker) return;
  for (const auto& queue : broker->queues) {
    facts.push_back({"Queues", queue.name,
                     queue.messages ? CountText(*queue.messages, "message", "messages")
                                    : "could not be counted"});
  }
  if (broker->unacked_messages) {
    facts.push_back({"Queues", "with workers, not acknowledged",
                     CountText(*broker->unacked_messages, "message", "messages")});
  }
}

/// Adds a line in the section of what is wrong, unless there are none, or it is not known.
void AddTrouble(std::optional<std::uint64_t> count, const std::string& name, const char* one,
                const char* several, Facts& facts) {
  if (count.value_or(0) == 0) return;
  facts.push_back({"Lost and phantom tasks", name, CountText(*count, one, several)});
}

}  // namespace

std::vector<StatusFact> TroubleOf(const ReconcileReport& report) {
  Facts facts;
  for (const LostTasks& lost : report.lost) {
    AddTrouble(lost.tasks, "lost in queue " + lost.queue,
               "task instance is queued, and its message is gone",
               "task instances are queued, and their messages are gone", facts);
  }
  AddTrouble(report.phantom_heartbeat_lost, "running without a heartbeat", "task instance",
             "task instances", facts);
  AddTrouble(report.phantom_unaccounted, "running in nobody's hands", "task instance",
             "task instances", facts);
  AddTrouble(report.unaccounted_messages, "messages of no task", "message", "messages", facts);
  AddTrouble(report.workers_catatonic, "catatonic workers", "worker is alive and takes no work",
             "workers are alive and take no work", facts);
  for (const QueueStall& stall : report.stalls) {
    if (!stall.stalled) continue;
    facts.push_back({"Lost and phantom tasks", "stalled queue " + stall.queue,
                     "messages wait, workers have free slots, and nothing moves"});
  }
  return facts;
}

std::vector<StatusFact> SummaryOf(const Board& board, const Sizing& sizing) {
  Facts facts;
  AddHost(board, facts);
  AddContainers(board, facts);
  AddComponents(board, facts);
  AddTasks(board, facts);
  AddSizing(sizing, facts);
  AddQueues(board, facts);
  return facts;
}

std::vector<std::string> ProblemsOf(const Board& board) {
  std::vector<std::string> problems;
  if (const auto containers = board.Latest<ContainerObservation>("container")) {
    if (!containers->names_problem.empty()) problems.push_back(containers->names_problem);
    if (containers->truncated) {
      problems.emplace_back("There are more containers than are looked at; some are left out.");
    }
  }
  if (const auto components = board.Latest<ComponentObservation>("component")) {
    if (components->others_hidden) {
      problems.emplace_back(
          "The processes of other users are hidden (/proc is mounted with hidepid): run the "
          "exporter "
          "as root, or give its group gid= in that mount's options.");
    } else if (components->processes_denied > 0) {
      problems.push_back(
          CountText(components->processes_denied, "process", "processes") +
          " could not be read (/proc is mounted with hidepid=1): run the exporter as "
          "root, or give its group gid= in that mount's options.");
    } else if (components->pss_denied > 0) {
      problems.push_back(
          "The shared memory of " + CountText(components->pss_denied, "process", "processes") +
          " of Airflow or a neighbour may not be read, so their components have no PSS "
          "and no private memory: give the exporter CAP_SYS_PTRACE (Airflow 3.2 and "
          "later denies it to its own user too), or switch them off by "
          "--component.pss-budget=0.");
    }
  }
  if (const auto components = board.Latest<ComponentObservation>("component")) {
    if (!components->install.problem.empty()) problems.push_back(components->install.problem);
  }
  const auto add = [&](const std::vector<std::string>& more) {
    problems.insert(problems.end(), more.begin(), more.end());
  };
  if (const auto metadata = board.Latest<MetadataObservation>("metadata")) add(metadata->problems);
  if (const auto broker = board.Latest<BrokerObservation>("broker")) add(broker->problems);
  return problems;
}

}  // namespace airflow_host
