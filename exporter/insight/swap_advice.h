// How much swap a host of this size should have.
#pragma once

#include <cstdint>
#include <optional>

namespace airflow_host {

/// The memory that a host was sold with, in bytes, from what its kernel can use of it
/// (`total_bytes`, MemTotal): the firmware and the kernel itself keep 2 to 12 %, so a host of 4 GiB
/// shows 3.8. Rounded up to the next 256 MiB below 1 GiB, to 512 MiB below 4 GiB, to 1 GiB above.
/// Pure. Any thread.
std::uint64_t NominalMemory(std::uint64_t total_bytes);

/// How much swap to give a host with `total_bytes` of memory (MemTotal), in bytes; empty where that
/// is unknown or 0. By the common rule of small hosts, applied to the nominal memory:
///
///   up to 2 GiB    twice the memory
///   2 to 4 GiB     what makes 6 GiB together with the memory
///   4 to 8 GiB     half of the memory
///   from 8 GiB on  4 GiB, which is the most: more would only prolong thrashing
///
/// The rule as people tell it has "half of the memory" from 2 GiB on and so falls there from 4 GiB
/// to 1 GiB: a host of 3 GiB would have less memory and swap together than one of 2 GiB. Holding
/// the sum closes that gap, meets half of the memory at exactly 4 GiB (2 GiB), and at 8 GiB both
/// sides say 4 GiB. Above, "2 to 4 GiB, or none" is told; a host that never swaps does well
/// without. Pure. Any thread.
std::optional<std::uint64_t> RecommendedSwap(const std::optional<std::uint64_t>& total_bytes);

}  // namespace airflow_host
