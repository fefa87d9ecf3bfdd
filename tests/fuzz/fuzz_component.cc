// Feeds any bytes to every parser of collectors/component.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "collectors/component/classify.h"
#include "collectors/component/process_cgroup.h"
#include "collectors/component/process_status.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace airflow_host;  // NOLINT(google-build-using-namespace)
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ParseProcessStatus(text);
  ParseMemoryCgroup(text);
  // The first byte chooses the parent, the next bytes are the name, the rest the command line.
  if (size < 16) return 0;
  const Component component = ComponentAt(data[0] % kComponentCount);
  const auto role = static_cast<Role>(data[0] / 16 % 3);
  Classify(text.substr(16), text.substr(1, 15), Classification{component, role});
  Classify(text.substr(1), "java", {});
  return 0;
}
