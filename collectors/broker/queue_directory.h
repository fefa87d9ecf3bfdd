// Which queues there are. Celery's clients and workers put a binding set `_kombu.binding.EXCHANGE`
// on Redis for every queue they publish to or consume from, and it stays when the queue's list is
// empty and gone. Airflow's exchanges are named as their queues.
//
// How they are found without harm: one SCAN step a round, COUNT 100, never KEYS. Such a step looks
// at about a hundred slots of the keyspace, whatever its size, and answers with the few keys that
// match: 72 microseconds of Redis's time with 9,000 keys as with 1,000,000 (seen, 7.0.15), as much
// as INFO. In a keyspace above kLargestKeyspace (Celery results are kept in the same database) the
// steps would take hours to come round, so none is made, and the settings name the queues.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collectors/broker/kombu_layout.h"
#include "collectors/support/clock.h"

namespace airflow_host {

/// Gathers the queues over the rounds. Pure: it is given Redis's answers. Used by one thread.
class QueueDirectory {
 public:
  /// Above as many keys no SCAN is made: 100 steps, 25 minutes of 15 s each, for one full turn.
  static constexpr std::uint64_t kLargestKeyspace = 10'000;
  /// Exchanges, and queues, that are remembered at most: 256 queues are 1024 LLEN a round, about
  /// a millisecond of Redis's time.
  static constexpr std::size_t kMost = 256;

  /// `configured`: queues that are there whatever Redis says.
  QueueDirectory(KombuLayout layout, std::vector<std::string> configured);

  /// Takes over the answer of one SCAN step that was made at `now`: the next cursor and the keys
  /// found. Once the cursor has come round, exchanges that were not seen on the way are forgotten.
  void NoteScan(std::uint64_t cursor, const std::vector<std::string>& keys, SteadyTime now);

  /// Takes over members of the binding set of `exchange`; those that are malformed, or Celery's own
  /// talk, are passed over. `whole`: it has no others.
  void NoteBinding(const std::string& exchange, const std::vector<std::string>& members,
                   bool whole = true);

  /// Takes over the queues that others know of, in the place of those of before.
  void NoteWanted(std::vector<std::string> queues) { wanted_ = std::move(queues); }

  /// For the next SCAN step.
  std::uint64_t cursor() const { return cursor_; }
  /// Begins the SCAN anew: on a new connection the server may be another.
  void Restart();

  /// Every known exchange, sorted.
  std::vector<std::string> Exchanges() const;
  /// Known exchanges whose binding set was not read yet, sorted.
  std::vector<std::string> UnreadExchanges() const;
  /// Every known queue, each once: the configured first, then the wanted, the others sorted behind.
  std::vector<std::string> Queues() const;
  /// Every queue that was bound then is one of Queues(): when the last whole turn of the SCAN
  /// began. Nothing before there was one, and where not everything that it found is known.
  std::optional<SteadyTime> CompleteAsOf() const;
  /// Exchanges or queues were left out because there are more than kMost.
  bool truncated() const { return truncated_; }

 private:
  struct Exchange {
    bool seen = true;    ///< In this turn of the SCAN.
    bool read = false;   ///< Its binding set was read.
    bool whole = false;  ///< And all of it.
    std::vector<std::string> queues;
  };

  KombuLayout layout_;
  std::vector<std::string> configured_;
  std::vector<std::string> wanted_;
  std::map<std::string, Exchange> exchanges_;
  std::uint64_t cursor_ = 0;
  std::optional<SteadyTime> turn_began_;       ///< The SCAN's present turn.
  std::optional<SteadyTime> last_turn_began_;  ///< The one before, which came round.
  bool truncated_ = false;
};

}  // namespace airflow_host
