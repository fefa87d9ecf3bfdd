// The names of podman's containers without its service running: podman keeps a list of what it has
// in its storage, readable by root.
//   /var/lib/containers/storage/overlay-containers/containers.json
//   [{"id":"<64 hex>","names":["airflow-scheduler"],"image":"...","metadata":"{...}",...},...]
// Its containers' labels (compose) are not in it, so the socket is better where it may be asked.
// Containers of users (rootless podman) are listed in those users' homes, and not looked up.
// https://github.com/containers/storage/blob/main/docs/containers-storage.md
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "collectors/container/container_observation.h"
#include "collectors/support/clock.h"

namespace airflow_host {

/// The names by id in the text of a containers.json; nothing where it is no such list. Never
/// throws; any thread.
std::optional<std::map<std::string, std::string>> ParseStorageNames(std::string_view text);

/// Remembers what the list said. Used by one thread.
class PodmanStorage {
 public:
  /// The list is read at most this often, and only while there is a container that it has not
  /// named.
  static constexpr std::chrono::seconds kInterval{10};

  /// `rootfs`: put before "/var/lib/containers/storage".
  PodmanStorage(const std::string& rootfs, const Clock& clock)
      : directory_(rootfs + "/var/lib/containers/storage"), clock_(clock) {}

  /// Fills in the names of those of `containers` that are podman's and have none.
  void Fill(std::span<Container> containers);

 private:
  void Read();

  std::string directory_;
  const Clock& clock_;
  std::map<std::string, std::string> known_;
  std::optional<SteadyTime> last_read_;
};

}  // namespace airflow_host
