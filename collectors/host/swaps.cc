// Parses /proc/swaps; swaps.h shows a sample.
#include "collectors/host/swaps.h"

#include "collectors/support/octal_escapes.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

constexpr std::uint64_t kKibibyte = 1024;

std::optional<SwapDevice> ParseLine(std::string_view line) {
  const auto path = TakeField(line);
  const auto kind = TakeField(line);
  const auto size = TakeField(line);
  const auto used = TakeField(line);
  const auto priority = TakeField(line);
  // The priority is not used, but without it the numbers before it may have been cut.
  if (!priority || !ParseSigned(*priority)) return std::nullopt;
  return SwapDevice{DecodeOctalEscapes(*path), kind == "file", ParseScaled(*size, kKibibyte),
                    ParseScaled(*used, kKibibyte)};
}

}  // namespace

std::vector<SwapDevice> ParseSwaps(std::string_view text) {
  std::vector<SwapDevice> devices;
  // The header line has no number where the priority belongs, so it falls out by itself.
  while (auto line = TakeLine(text)) {
    if (devices.size() == kMostSwapDevices) break;
    if (auto device = ParseLine(*line)) devices.push_back(std::move(*device));
  }
  return devices;
}

}  // namespace airflow_host
