// The history of the trends as bytes, and back.
//
//   8 bytes  "AHXTREND"
//   u32      version of what follows, kArchiveVersion
//   u32      CRC-32 of the payload (zlib's)
//   u32      length of the payload
//   payload  boot id; tracks of the host; containers; processes (see trend_archive.cc)
//
// All numbers are little-endian. There is no older version to read yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "collectors/support/error.h"
#include "exporter/insight/trends.h"

namespace airflow_host {

inline constexpr std::uint32_t kArchiveVersion = 1;

/// No archive is longer: four windows of every series that Trends may follow need half of it.
inline constexpr std::size_t kLongestArchive = std::size_t{4} * 1024 * 1024;

/// A history with the boot in which it was learned.
struct TrendArchive {
  std::string boot_id;  ///< /proc/sys/kernel/random/boot_id
  TrendHistory history;
};

/// The bytes of `archive`. Pure; any thread.
std::string EncodeTrendArchive(const TrendArchive& archive);

/// The archive in `bytes`, which may be anything: kMalformed, with the rest of a sentence that
/// begins with the file's name, where it is damaged, cut off, or of another version. What the
/// numbers mean is checked by those who restore it. Pure; any thread.
Expected<TrendArchive> DecodeTrendArchive(std::string_view bytes);

}  // namespace airflow_host
