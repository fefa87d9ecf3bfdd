// Any bytes to every parser of the broker's room: URL, protocol, INFO, bindings, replies.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/broker/broker_metrics.h"
#include "collectors/broker/broker_questions.h"
#include "collectors/broker/broker_servers.h"
#include "collectors/broker/broker_url.h"
#include "collectors/broker/kombu_layout.h"
#include "collectors/broker/message_id.h"
#include "collectors/broker/message_id_pages.h"
#include "collectors/broker/queue_directory.h"
#include "collectors/broker/redis_info.h"
#include "collectors/broker/redis_protocol.h"
#include "collectors/broker/redis_trouble.h"
#include "collectors/broker/worker_event.h"
#include "collectors/broker/worker_ledger.h"

namespace airflow_host {
namespace {

void ReadAsReplies(const std::vector<RedisReply>& replies) {
  const BrokerAddress address = ParseBrokerUrl("redis://h").value();
  const KombuLayout layout("", std::string(KombuLayout::kSeparator),
                           KombuLayout::DefaultPrioritySteps());
  BrokerObservation observation;
  BrokerQuestions questions(address, layout, observation);
  QueueDirectory directory(layout, {"default"});
  QueueCounts counts;
  (void)questions.ReadServer(replies, FromSecondsSinceEpoch(1'800'000'000));
  for (const RedisReply& reply : replies) {
    questions.ReadScan(reply, directory, SteadyTime{});
    (void)AuthTrouble(address, reply);
    (void)SelectTrouble(address, reply);
  }
  questions.ReadBindings(directory.Exchanges(), replies, directory);
  (void)questions.ReadQueues(directory.Queues(), replies, counts);
  for (const auto& [queue, messages] : counts) observation.queues.push_back({queue, messages});
  MetricWriter writer(1000);
  DescribeBroker(CollectorStatus{}, &observation, writer);
}

/// The whole as a message of either shape; `replies` as pages of messages.
void ReadAsMessages(std::string_view text, const std::vector<RedisReply>& replies) {
  (void)WaitingMessageId(text);
  (void)UnackedMessageId(text);
  const KombuLayout layout("", std::string(KombuLayout::kSeparator), {0, 3});
  BrokerObservation observation;
  observation.queues = {{"a", 3}, {"b", 1000}};
  observation.unacked_messages = 5;
  MessageIdPages pages(layout, observation);
  for (int page = 0; page < 20 && !pages.Ask().empty(); ++page) pages.Take(replies);
}

/// Once as a message, once as the body of one.
void ReadAsEvents(std::string_view text) {
  WorkerLedger ledger;
  const SteadyTime now{std::chrono::hours(1)};
  if (const auto event = ParseWorkerEvent(text)) ledger.Hear(*event, now);
  std::string quoted;
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') quoted.push_back('\\');
    quoted.push_back(byte);
  }
  const auto event = ParseWorkerEvent("{\"body\": \"" + quoted + "\"}");
  if (event) ledger.Hear(*event, now);
  (void)ledger.Report(now + std::chrono::minutes(1), now);
}

}  // namespace
}  // namespace airflow_host

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace airflow_host;  // NOLINT(google-build-using-namespace)
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto servers = ParseBrokerServers(text)) (void)servers->servers.front().Where();
  (void)ParseSentinelOptions(text);
  ReadAsEvents(text);
  (void)RedisStart(ParseRedisInfo(text), FromSecondsSinceEpoch(1'800'000'000));
  const KombuLayout layout(std::string(text.substr(0, 3)), std::string(KombuLayout::kSeparator),
                           {0, 3});
  (void)layout.ExchangeOf(text);
  if (const auto queue = layout.QueueOf(text)) (void)IsControlName(*queue);
  (void)layout.WorkerOf(text);
  (void)layout.BindingPattern();
  std::vector<RedisReply> replies;
  ReplyReader reader;
  // In two parts, so that replies are put together across reads.
  const std::size_t half = size / 2;
  if (reader.Feed(text.substr(0, half), replies)) (void)reader.Feed(text.substr(half), replies);
  ReadAsReplies(replies);
  ReadAsMessages(text, replies);
  return 0;
}
