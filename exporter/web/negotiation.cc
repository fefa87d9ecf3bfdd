// Reads lists such as
//   application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1
//   gzip;q=0.8, identity
#include "exporter/web/negotiation.h"

#include <algorithm>
#include <optional>

#include "collectors/support/text.h"
#include "exporter/web/http.h"

namespace airflow_host {
namespace {

/// One element of such a list. Malformed qualities count as 0: what is not understood is not sent.
struct Preference {
  std::string_view name;
  std::string_view version;  ///< The parameter `version`, or empty.
  double quality = 1;
};

/// Takes what stands before the next `separator` off `rest`.
std::string_view TakeUntil(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return Trim(part);
}

std::string_view WithoutQuotes(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

Preference ParsePreference(std::string_view text) {
  Preference preference;
  preference.name = TakeUntil(text, ';');
  while (!text.empty()) {
    std::string_view parameter = TakeUntil(text, ';');
    const std::string_view key = TakeUntil(parameter, '=');
    if (EqualsIgnoringCase(key, "q")) {
      const double quality = ParseDecimal(Trim(parameter)).value_or(0);
      preference.quality = quality < 0 || quality > 1 ? 0 : quality;
    } else if (EqualsIgnoringCase(key, "version")) {
      preference.version = WithoutQuotes(Trim(parameter));
    }
  }
  return preference;
}

/// Calls `take` with each element of `list`.
template <typename Take>
void ForEachPreference(std::string_view list, Take take) {
  while (!list.empty()) {
    const Preference preference = ParsePreference(TakeUntil(list, ','));
    if (!preference.name.empty()) take(preference);
  }
}

}  // namespace

std::string_view ContentType(ExpositionFormat format) {
  return format == ExpositionFormat::kOpenMetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

ExpositionFormat ChooseFormat(std::string_view accept) {
  double text = 0;
  double open_metrics = 0;
  ForEachPreference(accept, [&](const Preference& preference) {
    if (EqualsIgnoringCase(preference.name, "text/plain")) {
      text = std::max(text, preference.quality);
    } else if (EqualsIgnoringCase(preference.name, "application/openmetrics-text") &&
               (preference.version.empty() || preference.version == "1.0.0")) {
      open_metrics = std::max(open_metrics, preference.quality);
    }
  });
  return open_metrics > 0 && open_metrics >= text ? ExpositionFormat::kOpenMetrics
                                                  : ExpositionFormat::kText;
}

bool AcceptsGzip(std::string_view accept_encoding) {
  std::optional<double> gzip;
  std::optional<double> any;
  double identity = 0;
  ForEachPreference(accept_encoding, [&](const Preference& preference) {
    if (EqualsIgnoringCase(preference.name, "gzip") ||
        EqualsIgnoringCase(preference.name, "x-gzip")) {
      gzip = std::max(gzip.value_or(0), preference.quality);
    } else if (preference.name == "*") {
      any = preference.quality;
    } else if (EqualsIgnoringCase(preference.name, "identity")) {
      identity = preference.quality;
    }
  });
  const double quality = gzip.value_or(any.value_or(0));
  return quality > 0 && quality >= identity;
}

}  // namespace airflow_host
