// Feeds any bytes to every parser of the container room.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "collectors/container/cgroup_path.h"
#include "collectors/container/cgroup_values.h"
#include "collectors/container/engine_response.h"
#include "collectors/container/kubernetes_names.h"
#include "collectors/container/podman_storage.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace airflow_host;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  IdentifyContainer(text);
  ParseContainerLogName(text);
  ParsePodLogsName(text);
  ParseStorageNames(text);
  ParseMemoryStatV1(text);
  ParseMemoryStatV2(text);
  ContainerMemoryEvents events;
  ParseMemoryEvents(text, events);
  ParseSwapFailures(text);
  ParseLimitFile(text);
  std::vector<std::uint64_t> ids;
  ParseProcessIds(text, ids);
  ParseEngineContainers(text);
  for (const bool ended : {false, true}) {
    const auto response = ParseEngineResponse(text, ended);
    if (response && *response) ParseEngineContainers((*response)->body);
  }
  return 0;
}
