// One round: what the server says of itself, what kombu holds, how long the queues are. One round
// trip in the steady state; a second and a third only when a queue was found that is new, and more
// where the ids of messages are wanted. Then what the workers have published since the round
// before, on a second connection.
#include "collectors/broker/broker_collector.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "collectors/broker/broker_observation.h"
#include "collectors/broker/broker_questions.h"
#include "collectors/broker/broker_servers.h"
#include "collectors/broker/message_id_reader.h"
#include "collectors/broker/queue_directory.h"
#include "collectors/broker/redis_client.h"
#include "collectors/broker/redis_info.h"
#include "collectors/broker/waiter.h"
#include "collectors/broker/worker_event.h"
#include "collectors/broker/worker_ledger.h"
#include "collectors/broker/worker_listener.h"

namespace airflow_host {
namespace {

/// Takes the first `count` replies off `replies`.
std::vector<RedisReply> TakeFirst(std::vector<RedisReply>& replies, std::size_t count) {
  const auto end = replies.begin() + static_cast<std::ptrdiff_t>(std::min(count, replies.size()));
  std::vector<RedisReply> taken(std::make_move_iterator(replies.begin()),
                                std::make_move_iterator(end));
  replies.erase(replies.begin(), end);
  return taken;
}

void Append(std::vector<RedisCommand>& pipeline, std::vector<RedisCommand> more) {
  pipeline.insert(pipeline.end(), std::make_move_iterator(more.begin()),
                  std::make_move_iterator(more.end()));
}

/// One for each connection.
struct Waiters {
  Waiter client;
  Waiter listener;
};

class BrokerCollector final : public Collector {
 public:
  BrokerCollector(BrokerSettings settings, BrokerServers servers, Waiters waiters,
                  const Clock& clock)
      : clock_(clock),
        layout_(settings.key_prefix, settings.separator, settings.priority_steps),
        visibility_timeout_(settings.visibility_timeout),
        directory_(layout_, std::move(settings.queues)),
        queue_lookup_(std::move(settings.queue_lookup)),
        client_(std::move(servers), std::move(waiters.client)),
        listener_(layout_, std::move(waiters.listener)) {
    if (settings.message_ids) message_ids_.emplace(layout_, clock);
  }

  Expected<std::shared_ptr<const Observation>> Observe(Deadline deadline) override {
    auto observation = std::make_shared<BrokerObservation>();
    observation->observed_at = clock_.SystemNow();
    observation->visibility_timeout = visibility_timeout_;
    client_.BeginRound();
    listener_.BeginRound();
    // Workers stay with a server for as long as it serves them.
    if (!hears_workers_) client_.ReturnToFirst(deadline);
    if (queue_lookup_) directory_.NoteWanted(queue_lookup_->Wanted());
    BrokerQuestions questions(client_.address(), layout_, *observation);
    QueueCounts counts;
    auto done = AskWhatIsKnown(questions, counts, deadline);
    if (done) done = AskWhatIsNew(questions, counts, deadline);
    if (!done) {
      listener_.NoteGap();
      return tl::unexpected(done.error());
    }
    for (std::string& queue : directory_.Queues()) {
      const auto count = counts.find(queue);
      if (count == counts.end()) continue;
      observation->queues.push_back({std::move(queue), count->second});
    }
    if (MayScan()) observation->queues_complete_as_of = directory_.CompleteAsOf();
    if (message_ids_) {
      auto problem = message_ids_->Read(client_, *observation, deadline);
      if (!problem.empty()) questions.Note(std::move(problem));
    }
    if (observation->run_id == run_id_) {
      observation->start = SteadiedStart(start_, observation->start);
    } else {
      ledger_.ForgetBindings();
    }
    ObserveWorkers(questions, *observation, deadline);
    observation->server = client_.address().Where();
    keys_ = observation->keys;
    run_id_ = observation->run_id;
    start_ = observation->start;
    NoteKeyspace(questions);
    return observation;
  }

  void Interrupt() noexcept override {
    client_.Interrupt();
    listener_.Interrupt();
  }

 private:
  /// The one pipeline of the steady state.
  Expected<void> AskWhatIsKnown(BrokerQuestions& questions, QueueCounts& counts,
                                Deadline deadline) {
    const bool scans = MayScan();
    const SteadyTime asked_at = clock_.SteadyNow();
    const std::vector<std::string> exchanges = directory_.Exchanges();
    const std::vector<std::string> queues = directory_.Queues();
    std::vector<RedisCommand> pipeline = questions.AskServer();
    const std::size_t server_questions = pipeline.size();
    Append(pipeline, questions.AskBindings(exchanges));
    if (scans) pipeline.push_back(questions.AskScan(directory_.cursor()));
    Append(pipeline, questions.AskQueues(queues));
    auto replies = client_.Ask(pipeline, deadline);
    if (!replies) return tl::unexpected(replies.error());
    // A new connection may lead to another server, whose cursors are others.
    const bool is_new =
        std::exchange(connections_, client_.connections_made()) != client_.connections_made();
    const bool mid_turn = directory_.cursor() != 0;
    if (is_new) directory_.Restart();
    auto read = questions.ReadServer(TakeFirst(*replies, server_questions), clock_.SystemNow());
    if (read) read = CheckRole(questions.observation());
    if (!read) {
      client_.Leave();
      return read;
    }
    questions.ReadBindings(exchanges, TakeFirst(*replies, exchanges.size()), directory_);
    for (const RedisReply& reply : TakeFirst(*replies, scans ? 1 : 0)) {
      if (!is_new || !mid_turn) questions.ReadScan(reply, directory_, asked_at);
    }
    return questions.ReadQueues(queues, *replies, counts);
  }

  /// After a failover the server of before is a replica, which tells of the past.
  Expected<void> CheckRole(const BrokerObservation& observation) const {
    if (!client_.wants_master() || observation.role.value_or("master") == "master") return {};
    return Fail(ErrorKind::kFailed,
                client_.address().Where() + " is no master (any more): a failover is under way");
  }

  /// What workers say, and which of them say nothing. A failure costs the workers only.
  void ObserveWorkers(BrokerQuestions& questions, BrokerObservation& observation,
                      Deadline deadline) {
    hears_workers_ = false;
    const auto& bound = questions.bound_workers();
    if (bound) ledger_.NoteBound(bound->names, bound->complete, clock_.SteadyNow());
    std::size_t unreadable = 0;
    const auto heard = listener_.Listen(client_.address(), deadline, [&](std::string_view message) {
      const auto event = ParseWorkerEvent(message);
      if (event) ledger_.Hear(*event, clock_.SteadyNow());
      if (!event && unreadable++ == 0) questions.Note(event.error().message);
    });
    if (!heard) questions.Note(heard.error().message + ": the workers are not known");
    const SteadyTime now = clock_.SteadyNow();
    const auto since = listener_.listening_since();
    if (!bound || !since || now - *since < WorkerLedger::kLeastPatience) return;
    observation.workers = ledger_.Report(now, *since);
    observation.silent_workers = ledger_.silent();
    hears_workers_ = std::any_of(observation.workers->begin(), observation.workers->end(),
                                 [](const BrokerWorker& worker) { return worker.live; });
    if (ledger_.truncated()) {
      questions.Note("there are more than " + std::to_string(WorkerLedger::kMost) +
                     " workers, live ones and control queues left bound: some are not counted");
    }
  }

  /// So that a queue is counted in the round that finds it.
  Expected<void> AskWhatIsNew(BrokerQuestions& questions, QueueCounts& counts, Deadline deadline) {
    const std::vector<std::string> exchanges = directory_.UnreadExchanges();
    if (!exchanges.empty()) {
      const auto replies = client_.Ask(questions.AskBindings(exchanges), deadline);
      if (!replies) return tl::unexpected(replies.error());
      questions.ReadBindings(exchanges, *replies, directory_);
    }
    std::vector<std::string> queues = directory_.Queues();
    std::erase_if(queues, [&](const std::string& queue) { return counts.contains(queue); });
    if (queues.empty()) return {};
    const auto replies = client_.Ask(questions.AskQueues(queues), deadline);
    if (!replies) return tl::unexpected(replies.error());
    return questions.ReadQueues(queues, *replies, counts);
  }

  /// The size is that of the round before. The first round steps once without knowing it: one step
  /// costs the same in any keyspace.
  bool MayScan() const { return !keys_ || *keys_ <= QueueDirectory::kLargestKeyspace; }

  void NoteKeyspace(BrokerQuestions& questions) {
    if (MayScan()) return;
    questions.Note("the broker's database holds more than " +
                   std::to_string(QueueDirectory::kLargestKeyspace) +
                   " keys, so queues are not looked for: name them in the settings");
  }

  const Clock& clock_;
  KombuLayout layout_;
  std::optional<std::chrono::seconds> visibility_timeout_;
  QueueDirectory directory_;
  std::shared_ptr<const QueueLookup> queue_lookup_;
  RedisClient client_;
  WorkerListener listener_;
  std::optional<MessageIdReader> message_ids_;  ///< Nothing: they are not to be read.
  WorkerLedger ledger_;
  bool hears_workers_ = false;         ///< Some were live in the last round.
  std::optional<std::string> run_id_;  ///< Of the last round.
  std::optional<SystemTime> start_;    ///< Of the last round.
  std::optional<std::uint64_t> keys_;  ///< DBSIZE of the last round.
  std::size_t connections_ = 0;        ///< Made when the SCAN's present turn began.
};

}  // namespace

Expected<std::unique_ptr<Collector>> MakeBrokerCollector(BrokerSettings settings,
                                                         const Clock& clock) {
  auto servers = ParseBrokerServers(settings.url, settings.server_options);
  if (!servers) return tl::unexpected(servers.error());
  auto client_waiter = Waiter::Make(clock);
  if (!client_waiter) return tl::unexpected(client_waiter.error());
  auto listener_waiter = Waiter::Make(clock);
  if (!listener_waiter) return tl::unexpected(listener_waiter.error());
  return std::make_unique<BrokerCollector>(
      std::move(settings), *std::move(servers),
      Waiters{*std::move(client_waiter), *std::move(listener_waiter)}, clock);
}

}  // namespace airflow_host
