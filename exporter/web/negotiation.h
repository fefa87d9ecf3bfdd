// What a client wants: RFC 9110 sections 12.4.2 (quality values), 12.5.1 (Accept) and 12.5.3
// (Accept-Encoding). Total: any bytes in, a decision out. Any thread.
#pragma once

#include <string_view>

namespace airflow_host {

/// The two ways in which the metrics can be written.
enum class ExpositionFormat {
  kText,         ///< Prometheus text 0.0.4.
  kOpenMetrics,  ///< OpenMetrics text 1.0.0.
};

/// The Content-Type of a format.
std::string_view ContentType(ExpositionFormat format);

/// OpenMetrics 1.0.0 where `accept` (an Accept header, or empty) names it with at least the quality
/// of text/plain; otherwise the text format, which every client of such a page reads.
ExpositionFormat ChooseFormat(std::string_view accept);

/// Whether `accept_encoding` (an Accept-Encoding header, or empty) prefers gzip: it is named, by
/// itself or by "*", with a quality above 0 and not below that of an explicit "identity".
bool AcceptsGzip(std::string_view accept_encoding);

}  // namespace airflow_host
