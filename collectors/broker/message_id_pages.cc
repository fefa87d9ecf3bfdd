// LRANGE and HSCAN, page by page.
#include "collectors/broker/message_id_pages.h"

#include <algorithm>
#include <utility>

#include "collectors/broker/message_id.h"
#include "collectors/broker/redis_trouble.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

/// Of the first page, when nobody knows how large the messages are.
constexpr std::size_t kFirstPage = 16;
constexpr std::size_t kLargestPage = 250;
/// A quarter of what the protocol's reader takes for one reply, so messages may be of mixed sizes.
constexpr std::size_t kPageBytes = ReplyReader::kLargestReply / 4;

}  // namespace

MessageIdPages::MessageIdPages(const KombuLayout& layout, BrokerObservation& observation)
    : layout_(layout), observation_(observation) {
  for (std::size_t index = 0; index < observation_.queues.size(); ++index) {
    BrokerQueue& queue = observation_.queues[index];
    if (queue.messages == 0U) queue.message_ids.emplace();
    if (queue.messages.value_or(0) == 0 || *queue.messages > kMostMessages) continue;
    Queue& next = queues_.emplace_back();
    next.index = index;
    for (std::string& key : layout_.ListsOf(queue.name)) {
      next.lists.push_back({.key = std::move(key)});
    }
  }
  // Short queues first: where the bytes do not suffice, the most queues are known.
  std::stable_sort(queues_.begin(), queues_.end(), [&](const Queue& one, const Queue& other) {
    return observation_.queues[one.index].messages < observation_.queues[other.index].messages;
  });
  const auto unacked = observation_.unacked_messages;
  if (unacked == 0U) observation_.unacked_message_ids.emplace();
  if (unacked.value_or(0) > 0 && *unacked <= kMostMessages) cursor_ = 0;
}

std::size_t MessageIdPages::PageSize() const {
  if (messages_ == 0) return kFirstPage;
  return std::clamp(kPageBytes / (bytes_ / messages_ + 1), std::size_t{1}, kLargestPage);
}

std::vector<RedisCommand> MessageIdPages::Ask() {
  if (!queues_.empty()) return AskLists();
  if (!cursor_) return {};
  return {
      {"HSCAN", layout_.Unacked(), std::to_string(*cursor_), "COUNT", std::to_string(PageSize())}};
}

std::vector<RedisCommand> MessageIdPages::AskLists() {
  std::vector<RedisCommand> commands;
  std::size_t room = PageSize();
  for (Queue& queue : queues_) {
    queue.asked = room > 0;
    if (!queue.asked) continue;
    for (List& list : queue.lists) {
      if (list.ended) continue;
      list.asked = room;
      commands.push_back({"LRANGE", list.key, std::to_string(list.read),
                          std::to_string(list.read + list.asked - 1)});
    }
    const std::size_t expected = *observation_.queues[queue.index].messages;
    room -= std::min(room, expected - std::min(expected, queue.ids.size()));
  }
  return commands;
}

void MessageIdPages::Take(const std::vector<RedisReply>& replies) {
  if (!queues_.empty()) {
    TakeLists(replies);
    if (queues_.empty()) spent_ = 0;
  } else if (replies.empty()) {
    cursor_.reset();
  } else {
    TakeUnacked(replies.front());
  }
}

void MessageIdPages::TakeLists(const std::vector<RedisReply>& replies) {
  auto reply = replies.begin();
  for (Queue& queue : queues_) {
    if (!queue.asked) continue;
    for (List& list : queue.lists) {
      if (list.ended) continue;
      const bool answered = reply != replies.end();
      if (!TakePage(list, queue.ids, answered ? &*reply : nullptr)) queue.done = true;
      if (answered) ++reply;
    }
    if (queue.done || !std::all_of(queue.lists.begin(), queue.lists.end(),
                                   [](const List& list) { return list.ended; })) {
      continue;
    }
    queue.done = true;
    observation_.queues[queue.index].message_ids = std::move(queue.ids);
  }
  std::erase_if(queues_, [](const Queue& queue) { return queue.done; });
  if (spent_ > kMostBytes) queues_.clear();
}

/// False where the queue's ids cannot be known any more.
bool MessageIdPages::TakePage(List& list, std::vector<std::string>& ids, const RedisReply* reply) {
  if (reply == nullptr || reply->kind != RedisReply::Kind::kArray) {
    if (reply != nullptr) Note(CommandTrouble("LRANGE of a queue", *reply));
    return false;
  }
  for (const RedisReply& element : reply->elements) {
    if (!TakeMessage(element.text, false, ids)) return false;
  }
  list.read += reply->elements.size();
  list.ended = reply->elements.size() < list.asked;
  return ids.size() <= kMostMessages;
}

/// The reply is the next cursor, then fields and values in turn. A field may come twice.
void MessageIdPages::TakeUnacked(const RedisReply& reply) {
  const bool shaped = reply.kind == RedisReply::Kind::kArray && reply.elements.size() == 2 &&
                      reply.elements[1].kind == RedisReply::Kind::kArray;
  const auto next = shaped ? ParseUnsigned(reply.elements[0].text) : std::nullopt;
  if (!next) {
    Note(CommandTrouble("HSCAN of the fetched messages", reply));
    return cursor_.reset();
  }
  const std::vector<RedisReply>& fields = reply.elements[1].elements;
  for (std::size_t value = 1; value < fields.size(); value += 2) {
    if (!TakeMessage(fields[value].text, true, unacked_)) return cursor_.reset();
  }
  cursor_ = next;
  if (unacked_.size() > 2 * kMostMessages) return cursor_.reset();
  if (cursor_ != 0U) return;
  cursor_.reset();
  std::sort(unacked_.begin(), unacked_.end());
  unacked_.erase(std::unique(unacked_.begin(), unacked_.end()), unacked_.end());
  observation_.unacked_message_ids = std::move(unacked_);
}

bool MessageIdPages::TakeMessage(std::string_view text, bool unacked,
                                 std::vector<std::string>& ids) {
  bytes_ += text.size();
  ++messages_;
  spent_ += std::max(text.size(), kLeastCharge);
  if (spent_ > kMostBytes) {
    Note("the messages are too large to read the ids of all of them");
    return false;
  }
  auto id = unacked ? UnackedMessageId(text) : WaitingMessageId(text);
  if (!id) {
    Note("there are messages without an id, which Celery has not sent: their queues have no ids");
    return false;
  }
  ids.push_back(*std::move(id));
  return true;
}

void MessageIdPages::Note(std::string problem) {
  if (problem_.empty()) problem_ = std::move(problem);
}

}  // namespace airflow_host
