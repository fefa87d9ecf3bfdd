// Feeds any bytes to every parser of collectors/oom.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "collectors/oom/kmsg_record.h"
#include "collectors/oom/oom_history.h"
#include "collectors/oom/oom_lines.h"
#include "collectors/oom/oom_pairing.h"
#include "collectors/support/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace airflow_host;  // NOLINT(google-build-using-namespace)
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (DecodeKmsgEscapes(text).size() > size) __builtin_trap();
  const auto choice = ParseOomChoice(text);
  if (choice && (choice->comm.size() > 15 || choice->pid <= 0)) __builtin_trap();
  const auto killed = ParseKilledProcess(text);
  if (killed && (killed->comm.size() > 15 || killed->pid <= 0)) __builtin_trap();
  ParseOomLimit(text);
  ParseOomIntention(text);
  ParseSkippedVictim(text);
  // As a log: each line is a record.
  OomPairing pairing;
  OomHistory history;
  std::string_view rest = text;
  while (const auto line = TakeLine(rest)) {
    const auto record = ParseKmsgRecord(*line);
    if (!record) continue;
    pairing.Add(*record);
    const LogTime time{SystemTime{}, record->logged, std::nullopt};
    for (const PairedKill& kill : pairing.Take(record->logged)) {
      history.Enter(ToOomKill(kill, time, false));
    }
  }
  if (history.kills()->size() > OomObservation::kMostKills) __builtin_trap();
  return 0;
}
