// Parses /proc/swaps: the files and partitions that the host swaps to.
//
//   Filename				Type		Size		Used		Priority
//   /swapfile                               file		2097148		704512		-2
//
// Sizes are in units of 1024 bytes; blanks in a name are escaped ("/swap\040file").
// https://man7.org/linux/man-pages/man5/proc_swaps.5.html; Linux, mm/swapfile.c, swap_show.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace airflow_host {

/// One line of /proc/swaps.
struct SwapDevice {
  /// Filename, escapes decoded: a device or a file, as the host sees it.
  std::string path;
  /// Type "file": it lies on a file system. Otherwise it is a partition of its own.
  bool is_file = false;
  /// Size, in bytes.
  std::optional<std::uint64_t> size_bytes;
  /// Used, in bytes.
  std::optional<std::uint64_t> used_bytes;
};

/// The kernel has no more (MAX_SWAPFILES); what lies behind is left out.
inline constexpr std::size_t kMostSwapDevices = 32;

/// Parses the content of /proc/swaps into `devices`, whose content is replaced and whose memory is
/// used again: where the devices are those of the last time, nothing is allocated. Total: torn
/// lines are left out. Any thread.
void ParseSwaps(std::string_view text, std::vector<SwapDevice>& devices);

}  // namespace airflow_host
