// Page after page.
#include "collectors/broker/message_id_reader.h"

#include "collectors/broker/message_id_pages.h"

namespace airflow_host {

std::string MessageIdReader::Read(RedisClient& client, BrokerObservation& observation,
                                  Deadline deadline) {
  const SteadyTime now = clock_.SteadyNow();
  if (now < not_before_) return why_paused_;
  const Deadline half{now + (deadline.at - now) / 2};
  MessageIdPages pages(layout_, observation);
  while (true) {
    const auto commands = pages.Ask();
    if (commands.empty()) return pages.problem();
    const auto replies = client.Ask(commands, half);
    if (!replies) {
      not_before_ = now + kPause;
      why_paused_ = "the ids of messages are not read for a while: " + replies.error().message;
      return why_paused_;
    }
    pages.Take(*replies);
  }
}

}  // namespace airflow_host
