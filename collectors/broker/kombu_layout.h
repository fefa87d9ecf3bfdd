// Where kombu keeps what on Redis, and what its binding sets say. Samples, "␆␖" standing for the
// separator 06 16 (hex):
//   default                      list    messages of the queue "default", priority 0
//   default␆␖3                   list    the same queue, priorities 3 to 5
//   unacked                      hash    delivery tag -> message that a worker has fetched
//   unacked_index                zset    delivery tag, score = when it was fetched (worker's clock)
//   _kombu.binding.default       set     {"default␆␖␆␖default"}: routing key, pattern, queue
//   _kombu.binding.celery.pidbox set     {"␆␖␆␖celery@HOST.celery.pidbox"}: a worker's control
//   queue /0.celeryev/worker.heartbeat channel events of the workers of database 0
// kombu/transport/redis.py: Channel (keyprefix_queue, sep, priority_steps, unacked_key),
// _q_for_pri, _queue_bind, GlobalKeyPrefixMixin.
// https://github.com/celery/kombu/blob/main/kombu/transport/redis.py
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace airflow_host {

/// The names of kombu's keys under the transport options in force. Immutable; any thread.
class KombuLayout {
 public:
  /// kombu's own defaults.
  static constexpr std::string_view kSeparator = "\x06\x16";
  static const std::vector<int>& DefaultPrioritySteps();

  /// `key_prefix`: `global_keyprefix`, put before every key. `separator`: `sep`.
  /// `priority_steps`: as the option of that name; 0 is the bare list.
  KombuLayout(std::string key_prefix, std::string separator, std::vector<int> priority_steps);

  /// The lists that hold the messages of `queue`, one per priority step.
  std::vector<std::string> ListsOf(std::string_view queue) const;
  /// How many lists a queue has.
  std::size_t ListsPerQueue() const { return priority_steps_.size(); }
  /// The hash of fetched and not yet acknowledged messages.
  std::string Unacked() const;
  /// The sorted set of their delivery tags by the time they were fetched.
  std::string UnackedIndex() const;
  /// The set of what is bound to `exchange`.
  std::string Binding(std::string_view exchange) const;
  /// The pattern of the channels on which the workers of `database` tell that they live.
  std::string WorkerEventPattern(std::uint32_t database) const;
  /// The worker whose control queue is in `member` of kControlExchange's binding set; nothing where
  /// the member is malformed.
  std::optional<std::string> WorkerOf(std::string_view member) const;
  /// Glob for SCAN that matches the binding sets, and those of this prefix only.
  std::string BindingPattern() const;
  /// The exchange whose binding set `key` is; nothing where it is no such key.
  std::optional<std::string> ExchangeOf(std::string_view key) const;
  /// The queue in `member` of a binding set; nothing where the member is malformed.
  std::optional<std::string> QueueOf(std::string_view member) const;

 private:
  std::string key_prefix_;
  std::string separator_;
  std::vector<int> priority_steps_;
};

/// The exchange on which workers are spoken to: every running worker binds a queue to it.
inline constexpr std::string_view kControlExchange = "celery.pidbox";

/// The exchange on which `celery inspect` gets its replies.
inline constexpr std::string_view kReplyExchange = "reply.celery.pidbox";

/// True for what Celery binds for its own talk (remote control, events), which are no queues of
/// tasks: names that are or begin with "celeryev", names that end with "pidbox". Any thread.
bool IsControlName(std::string_view name);

}  // namespace airflow_host
