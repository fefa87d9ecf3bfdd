// The names of containers, as their engine tells them: asked seldom, remembered between.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "collectors/container/container_observation.h"
#include "collectors/container/engine_response.h"
#include "collectors/support/clock.h"
#include "collectors/support/deadline.h"

namespace airflow_host {

/// Remembers what the engine said. Used by one thread.
class EngineNames {
 public:
  /// At most so long does one question take.
  static constexpr std::chrono::milliseconds kTimeLimit{500};
  /// The engine is asked again after so long (containers can be renamed), or as soon as there is a
  /// container that it has not been asked about. After a failure only so long after, twice as long
  /// after each further one.
  static constexpr std::chrono::seconds kInterval{30};
  static constexpr std::chrono::seconds kLongestInterval{300};

  /// `socket`: the engine's unix socket; empty: nobody is asked. `runtimes`: whose containers it
  /// can know. Docker and podman share the protocol.
  EngineNames(std::string socket, std::vector<ContainerRuntime> runtimes, const Clock& clock)
      : socket_(std::move(socket)), runtimes_(std::move(runtimes)), clock_(clock) {}

  /// Fills in the names of `containers`, asking the engine if it is time to. Those of other
  /// runtimes stay as they are.
  void Fill(std::span<Container> containers, Deadline deadline);

  /// Why there are no names, and which right is missing; empty while all is well.
  const std::string& problem() const { return problem_; }

 private:
  bool IsOfEngine(const Container& container) const;
  bool TimeToAsk(std::span<const Container> containers) const;
  void Ask(std::span<const Container> containers, Deadline deadline);
  void NoteFailure(const Error& error);

  std::string socket_;
  std::vector<ContainerRuntime> runtimes_;
  const Clock& clock_;
  std::map<std::string, EngineContainer> known_;
  /// The ids that the engine was last asked about, known to it or not.
  std::set<std::string> asked_;
  std::optional<SteadyTime> last_asked_;
  std::chrono::seconds interval_ = kInterval;
  std::string problem_;
};

}  // namespace airflow_host
