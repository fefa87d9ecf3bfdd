// Parses /proc/swaps; swaps.h shows a sample.
#include "collectors/host/swaps.h"

#include "collectors/support/octal_escapes.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

constexpr std::uint64_t kKibibyte = 1024;

/// Fills `device` from `line`; false, and `device` untouched, where the line is torn.
bool ParseLine(std::string_view line, SwapDevice& device) {
  const auto path = TakeField(line);
  const auto kind = TakeField(line);
  const auto size = TakeField(line);
  const auto used = TakeField(line);
  const auto priority = TakeField(line);
  // The priority is not used, but without it the numbers before it may have been cut.
  if (!priority || !ParseSigned(*priority)) return false;
  DecodeOctalEscapes(*path, device.path);
  device.is_file = kind == "file";
  device.size_bytes = ParseScaled(*size, kKibibyte);
  device.used_bytes = ParseScaled(*used, kKibibyte);
  return true;
}

}  // namespace

void ParseSwaps(std::string_view text, std::vector<SwapDevice>& devices) {
  std::size_t count = 0;
  // The header line has no number where the priority belongs, so it falls out by itself.
  while (auto line = TakeLine(text)) {
    if (count == kMostSwapDevices) break;
    if (count == devices.size()) devices.emplace_back();
    if (ParseLine(*line, devices[count])) ++count;
  }
  devices.resize(count);
}

}  // namespace airflow_host
