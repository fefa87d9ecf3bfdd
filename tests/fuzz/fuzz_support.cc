// Feeds any bytes to every parser of collectors/support.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "collectors/support/boot_time.h"
#include "collectors/support/pressure.h"
#include "collectors/support/process_stat.h"
#include "collectors/support/release.h"
#include "collectors/support/text.h"
#include "collectors/support/url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace airflow_host;  // NOLINT(google-build-using-namespace)
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ParseBootTime(text);
  ParsePressure(text);
  ParseProcessStat(text);
  ParseRelease(text);
  ParseUnsigned(text);
  ParseSigned(text);
  ParseDecimal(text);
  ParseHostAndPort(text);
  PercentDecode(text);
  // A label value is valid UTF-8 once and for all: making it printable again changes nothing.
  const std::string printable = Printable(text, 200);
  if (printable.size() > 200 || Printable(printable, 200) != printable) __builtin_trap();
  WithoutSecrets(text);
  for (const UrlRule rule : {UrlRule::kUrllib, UrlRule::kSqlAlchemy}) {
    const auto url = ParseUrl(text, rule);
    if (url && url->scheme.empty()) __builtin_trap();
  }
  return 0;
}
