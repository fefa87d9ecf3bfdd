// Feeds any bytes to every parser of the host room.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "collectors/host/dentry_state.h"
#include "collectors/host/loadavg.h"
#include "collectors/host/meminfo.h"
#include "collectors/host/stat.h"
#include "collectors/host/swaps.h"
#include "collectors/host/vmstat.h"
#include "collectors/support/mountinfo.h"
#include "collectors/support/octal_escapes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  airflow_host::ParseMeminfo(text);
  airflow_host::ParseVmstat(text, 4096);
  airflow_host::ParseStat(text, 100);
  airflow_host::ParseLoad1(text);
  airflow_host::ParseNegativeDentries(text);
  airflow_host::DecodeOctalEscapes(text);
  std::vector<airflow_host::SwapDevice> devices;
  airflow_host::ParseSwaps(text, devices);
  if (devices.size() > airflow_host::kMostSwapDevices) __builtin_trap();
  const auto mounts = airflow_host::ParseMountinfo(text);
  const airflow_host::Mount* const mount =
      airflow_host::FindLocalMount(mounts, "/opt/airflow/logs");
  if (mount != nullptr && !airflow_host::IsLocalFilesystem(mount->filesystem)) __builtin_trap();
  return 0;
}
