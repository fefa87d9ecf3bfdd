// One record of the kernel's log as /dev/kmsg gives it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace airflow_host {

/// A record's head, and its text as the kernel wrote it.
struct KmsgRecord {
  /// Who wrote it. 0 is the kernel; what a program writes into /dev/kmsg never has that one.
  std::uint32_t facility = 0;
  std::uint64_t sequence = 0;
  /// On the log's own clock, which starts at boot and does not run while the host sleeps.
  std::chrono::microseconds logged{};
  /// Decoded: \xNN stands for one byte. Any bytes, newlines among them.
  std::string text;

  bool from_kernel() const { return facility == 0; }
};

/// Parses what one read(2) of /dev/kmsg gave; nothing where it is no record. Total; any thread.
std::optional<KmsgRecord> ParseKmsgRecord(std::string_view record);

/// `text` with each \xNN as the byte that it stands for; anything else stays. Total; any thread.
std::string DecodeKmsgEscapes(std::string_view text);

}  // namespace airflow_host
