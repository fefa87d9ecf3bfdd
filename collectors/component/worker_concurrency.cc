// Reads a Celery worker's concurrency from its command line. Samples (\0 is a NUL):
//   [celeryd: celery@worker-0:MainProcess] -active- (celery worker --queues a --concurrency 4)
//   /usr/bin/python3\0/usr/bin/airflow\0celery\0worker\0-c\0004\0--autoscale=8,2\0
// https://airflow.apache.org/docs/apache-airflow-providers-celery/stable/cli-ref.html#worker
#include "collectors/component/worker_concurrency.h"

#include <algorithm>
#include <cstddef>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

constexpr std::uint64_t kMostTasks = 100'000;
constexpr std::string_view kEnds(" \0()", 4);

std::string_view TakeWord(std::string_view& rest) {
  const std::size_t begin = rest.find_first_not_of(kEnds);
  if (begin == std::string_view::npos) return rest = {};
  rest.remove_prefix(begin);
  const std::string_view word = rest.substr(0, rest.find_first_of(kEnds));
  rest.remove_prefix(word.size());
  return word;
}

std::optional<std::uint32_t> TasksOf(std::string_view text) {
  const auto number = ParseUnsigned(text);
  if (!number || *number == 0 || *number > kMostTasks) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

/// "MAX,MIN", in either order.
std::optional<std::uint32_t> MostOf(std::string_view text) {
  const std::size_t comma = text.find(',');
  const auto first = TasksOf(text.substr(0, comma));
  const auto second =
      comma == std::string_view::npos ? std::nullopt : TasksOf(text.substr(comma + 1));
  return std::max(first, second);
}

/// The value of the option `word` if it is `name` or its `letter`: "--name=V", "--name V", "-lV".
std::optional<std::string_view> ValueOf(std::string_view word, std::string_view name,
                                        std::string_view letter, std::string_view& rest) {
  if (word == name || word == letter) return TakeWord(rest);
  if (word.starts_with(name) && word[name.size()] == '=') return word.substr(name.size() + 1);
  if (word.starts_with(letter)) return word.substr(letter.size());
  return std::nullopt;
}

}  // namespace

std::optional<std::uint32_t> ParseWorkerConcurrency(std::string_view cmdline) {
  std::optional<std::uint32_t> concurrency;
  std::optional<std::uint32_t> autoscale;
  std::string_view rest = cmdline;
  for (std::string_view word = TakeWord(rest); !word.empty(); word = TakeWord(rest)) {
    if (const auto value = ValueOf(word, "--concurrency", "-c", rest)) {
      concurrency = TasksOf(*value);
    } else if (const auto range = ValueOf(word, "--autoscale", "-a", rest)) {
      // "-active-" begins like the option.
      if (const auto most = MostOf(*range)) autoscale = most;
    }
  }
  return autoscale ? autoscale : concurrency;
}

}  // namespace airflow_host
