// Feeds the input to the reader of the history of trends, as it stands and as the payload of an
// archive whose header is right, and what it makes of it to the trends.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <zlib.h>

#include "exporter/insight/trends.h"
#include "exporter/storage/trend_archive.h"
#include "tests/support/manual_clock.h"

namespace {

using namespace airflow_host;

void Restore(const TrendArchive& archive) {
  ManualClock clock;
  clock.Advance(std::chrono::hours(100));
  Trends trends(TrendSettings{}, clock);
  trends.Restore(archive.history);
  // What was taken over can be saved, and comes back as it is.
  const std::string saved = EncodeTrendArchive({archive.boot_id, trends.Save()});
  const auto again = DecodeTrendArchive(saved);
  if (!again || EncodeTrendArchive(*again) != saved) std::abort();
  HostObservation host;
  host.memory.anonymous_bytes = 1'000'000;
  host.memory.slab_reclaimable_bytes = 1'000'000;
  trends.Absorb(host);
  ContainerObservation containers;
  for (const ContainerTrendState& saved_container : archive.history.containers) {
    if (containers.containers.size() == 10) break;
    Container container;
    container.cgroup_path = saved_container.identity.cgroup_path;
    container.cgroup_inode = saved_container.identity.mark;
    container.memory.anon = container.memory.slab_reclaimable = 1'000'000;
    containers.containers.push_back(std::move(container));
  }
  trends.Absorb(containers);
  ComponentObservation components;
  for (const ProcessTrendState& saved_process : archive.history.processes) {
    if (components.processes.size() == 10) break;
    ProcessSample process;
    process.pid = saved_process.identity.pid;
    process.start_ticks = saved_process.identity.start_ticks;
    process.anon_bytes = 1'000'000;
    components.processes.push_back(std::move(process));
  }
  trends.Absorb(components);
  static_cast<void>(trends.Report());
}

std::string WithHeader(std::string_view payload) {
  const auto number = [](std::uint32_t value) {
    return std::string(reinterpret_cast<const char*>(&value), sizeof(value));
  };
  const auto sum = static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(payload.data()), static_cast<uInt>(payload.size())));
  return "AHXTREND" + number(kArchiveVersion) + number(sum) +
         number(static_cast<std::uint32_t>(payload.size())) + std::string(payload);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto archive = DecodeTrendArchive(input)) Restore(*archive);
  if (const auto archive = DecodeTrendArchive(WithHeader(input))) Restore(*archive);
  return 0;
}
