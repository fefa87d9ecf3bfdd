// The text of a page. What OpenMetrics asks for looks so:
//   # HELP airflow_host_oom_kills Processes that the kernel killed.
//   # TYPE airflow_host_oom_kills counter
//   airflow_host_oom_kills_total 3
//   # EOF
#include "exporter/web/exposition.h"

#include <prometheus/text_serializer.h>

#include <array>
#include <charconv>
#include <ostream>
#include <streambuf>
#include <string_view>

namespace airflow_host {
namespace {

constexpr std::string_view kCounterSuffix = "_total";

/// Lets a serializer that writes to a stream fill a string, without the copy of a stringstream.
class StringBuffer final : public std::streambuf {
 public:
  explicit StringBuffer(std::string& text) : text_(text) {}

 protected:
  int_type overflow(int_type letter) override {
    if (!traits_type::eq_int_type(letter, traits_type::eof())) {
      text_.push_back(traits_type::to_char_type(letter));
    }
    return traits_type::not_eof(letter);
  }
  std::streamsize xsputn(const char* data, std::streamsize size) override {
    text_.append(data, static_cast<std::size_t>(size));
    return size;
  }

 private:
  std::string& text_;
};

/// Backslash, newline and double quote are escaped alike in labels and in help.
void AppendEscaped(std::string_view text, std::string& page) {
  for (const char letter : text) {
    if (letter == '\n') {
      page += "\\n";
      continue;
    }
    if (letter == '\\' || letter == '"') page += '\\';
    page += letter;
  }
}

/// The shortest text that reads back as the same number.
void AppendNumber(double value, std::string& page) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  page.append(digits.data(), end.ptr);
}

void AppendLabels(const prometheus::ClientMetric& metric, std::string& page) {
  if (metric.label.empty()) return;
  char separator = '{';
  for (const auto& label : metric.label) {
    page += separator;
    page += label.name;
    page += "=\"";
    AppendEscaped(label.value, page);
    page += '"';
    separator = ',';
  }
  page += '}';
}

void AppendFamily(const prometheus::MetricFamily& family, std::string& page) {
  const bool counter = family.type == prometheus::MetricType::Counter;
  std::string_view name = family.name;
  if (counter && name.ends_with(kCounterSuffix)) name.remove_suffix(kCounterSuffix.size());
  page.append("# HELP ").append(name).append(" ");
  AppendEscaped(family.help, page);
  page.append("\n# TYPE ").append(name).append(counter ? " counter\n" : " gauge\n");
  for (const auto& metric : family.metric) {
    page.append(name).append(counter ? kCounterSuffix : "");
    AppendLabels(metric, page);
    page += ' ';
    AppendNumber(counter ? metric.counter.value : metric.gauge.value, page);
    page += '\n';
  }
}

}  // namespace

std::string WriteText(const std::vector<prometheus::MetricFamily>& families) {
  std::string page;
  StringBuffer buffer(page);
  std::ostream stream(&buffer);
  prometheus::TextSerializer().Serialize(stream, families);
  return page;
}

std::string WriteOpenMetrics(const std::vector<prometheus::MetricFamily>& families) {
  std::string page;
  for (const auto& family : families) AppendFamily(family, page);
  page += "# EOF\n";
  return page;
}

std::string WriteExposition(const std::vector<prometheus::MetricFamily>& families,
                            ExpositionFormat format) {
  return format == ExpositionFormat::kOpenMetrics ? WriteOpenMetrics(families)
                                                  : WriteText(families);
}

}  // namespace airflow_host
