// What happened to containers over their restarts. The kernel counts per cgroup, and each restart
// makes a new one that counts from 0: a container that is killed for want of memory again and again
// would show one kill for ever, or none. So the counts are kept by the container's key.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "collectors/container/container_key.h"
#include "collectors/container/container_observation.h"
#include "collectors/support/clock.h"

namespace airflow_host {

/// Adds up, for as long as the exporter runs. What is told of one key never falls: not when the
/// container is made anew, nor when a name becomes known or is lost, nor when v1's memory.failcnt
/// is set back by hand. Two containers that run side by side and would share a key get others
/// (ContainerKeys); when one ends, the other takes that key: it has not been restarted, and what
/// was counted of it meanwhile is not counted again. Used by one thread at a time.
class ContainerLedger {
 public:
  /// A key without a container is forgotten after so long; a container that then comes counts from
  /// its cgroup's own figures. Its series have been absent all the while.
  static constexpr std::chrono::hours kForgetAfter{1};
  /// So many keys without a container are kept (Kubernetes' executor makes a new pod, with a new
  /// name, for each task); of more, those go that have been without one for longest.
  static constexpr std::size_t kMostVacant = 2000;
  /// So many cgroups of one key are told apart; older ones are summed up.
  static constexpr std::size_t kMostCgroups = 8;

  /// Enters all containers of one observation, whose components are filled in, and fills in their
  /// events_of_key and restarts_of_key; and, of those that have a name, the component that was last
  /// seen in it while none is (for some seconds after a restart). `now`: of the steady clock.
  void Enter(std::span<Container> containers, SteadyTime now) { Enter(containers, {}, now); }

  /// The same, with the kills that became known after their containers' ends.
  void Enter(std::span<Container> containers, std::span<const LateKills> late, SteadyTime now);

  /// How many keys are kept.
  std::size_t size() const { return books_.size(); }

 private:
  /// One cgroup that stood under a key.
  struct Cgroup {
    std::uint64_t inode = 0;
    ContainerMemoryEvents events;  ///< As last seen.
    ContainerMemoryEvents before;  ///< The part of them that was counted under another key.
    std::uint64_t restarts_in_place = 0;
    SteadyTime first_seen{};  ///< Under this key, as the next one.
    SteadyTime last_seen{};
  };
  /// What is known of one key.
  struct Book {
    ContainerMemoryEvents summed_up;  ///< Of cgroups that are not told apart any more.
    std::vector<Cgroup> cgroups;      ///< The newest last.
    std::uint64_t restarts = 0;
    std::string component;
    SteadyTime last_seen{};
  };

  /// A cgroup over all keys that it stood under.
  struct Life {
    SteadyTime first_seen{};
    SteadyTime last_seen{};
    Cgroup* latest = nullptr;  ///< Its entry that was seen last; null: it stands in no book.
  };

  Life LifeOf(std::uint64_t inode);
  const Cgroup* FindNeighbour(const Book& book, std::uint64_t inode);
  Cgroup& CgroupOf(Book& book, std::uint64_t inode, SteadyTime now);
  void EnterLate(const LateKills& late);
  void EnterOne(Book& book, Container& container, SteadyTime now);
  void Forget(SteadyTime now);

  std::map<ContainerKey, Book> books_;
};

}  // namespace airflow_host
