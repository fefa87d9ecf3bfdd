// The rule for swap; swap_advice.h tells it.
#include "exporter/insight/swap_advice.h"

namespace airflow_host {
namespace {

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;
constexpr std::uint64_t kGibibyte = std::uint64_t{1} << 30;
constexpr std::uint64_t kMostSwap = 4 * kGibibyte;

/// In which steps memory is sold around `total_bytes`.
std::uint64_t StepAt(std::uint64_t total_bytes) {
  if (total_bytes <= kGibibyte) return 256 * kMebibyte;
  if (total_bytes <= 4 * kGibibyte) return 512 * kMebibyte;
  return kGibibyte;
}

}  // namespace

std::uint64_t NominalMemory(std::uint64_t total_bytes) {
  const std::uint64_t step = StepAt(total_bytes);
  const std::uint64_t beyond = total_bytes % step;
  // What cannot be rounded up in 64 bits is rounded down.
  if (beyond == 0 || total_bytes > UINT64_MAX - step) return total_bytes - beyond;
  return total_bytes - beyond + step;
}

std::optional<std::uint64_t> RecommendedSwap(const std::optional<std::uint64_t>& total_bytes) {
  if (!total_bytes || *total_bytes == 0) return std::nullopt;
  const std::uint64_t memory = NominalMemory(*total_bytes);
  if (memory <= 2 * kGibibyte) return 2 * memory;
  if (memory <= 4 * kGibibyte) return 6 * kGibibyte - memory;
  if (memory <= 8 * kGibibyte) return memory / 2;
  return kMostSwap;
}

}  // namespace airflow_host
