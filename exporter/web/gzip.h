// Compression of pages (RFC 1952), by zlib.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace airflow_host {

/// Smaller bodies are sent as they are: they fit one packet anyway.
inline constexpr std::size_t kSmallestCompressed = 1024;

/// `text` as one gzip member, or nothing where zlib cannot have its memory (some 270 kB, freed
/// again). Any thread.
std::optional<std::string> Gzip(std::string_view text);

}  // namespace airflow_host
