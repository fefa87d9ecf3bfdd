// Parses a record of /dev/kmsg: a head of numbers, a semicolon, the text up to the newline, and
// then lines that begin with a space and name the device it is about, which are left out here.
// Sample:
//   6,418,2929333297,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),...,pid=21915,uid=0
//    SUBSYSTEM=pci
//    DEVICE=+pci:0000:00:01.0
// The first number is facility * 8 + level (as syslog has it), then come the sequence, the time in
// microseconds and a flag; newer kernels may put more in between ("caller=T123"). Bytes that do not
// print, and the backslash, stand as \xNN.
// https://www.kernel.org/doc/Documentation/ABI/testing/dev-kmsg
#include "collectors/oom/kmsg_record.h"

#include <utility>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

/// Takes the next field of the head, up to a comma.
std::optional<std::uint64_t> TakeNumber(std::string_view& head) {
  const std::string_view field = head.substr(0, head.find(','));
  head.remove_prefix(field.size());
  if (!head.empty()) head.remove_prefix(1);
  return ParseUnsigned(field);
}

std::optional<unsigned> HexDigit(char letter) {
  if (letter >= '0' && letter <= '9') return static_cast<unsigned>(letter - '0');
  if (letter >= 'a' && letter <= 'f') return static_cast<unsigned>(letter - 'a') + 10U;
  if (letter >= 'A' && letter <= 'F') return static_cast<unsigned>(letter - 'A') + 10U;
  return std::nullopt;
}

}  // namespace

std::string DecodeKmsgEscapes(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  while (!text.empty()) {
    if (text.size() >= 4 && text[0] == '\\' && text[1] == 'x') {
      const auto high = HexDigit(text[2]);
      const auto low = HexDigit(text[3]);
      if (high && low) {
        decoded.push_back(static_cast<char>(*high * 16 + *low));
        text.remove_prefix(4);
        continue;
      }
    }
    decoded.push_back(text.front());
    text.remove_prefix(1);
  }
  return decoded;
}

std::optional<KmsgRecord> ParseKmsgRecord(std::string_view record) {
  // A century: what lies behind is no time since boot, and could overflow a clock.
  constexpr std::uint64_t kLatest = std::uint64_t{100} * 366 * 86'400 * 1'000'000;
  const std::string_view line = record.substr(0, record.find('\n'));
  const std::size_t end = line.find(';');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view head = line.substr(0, end);
  const auto priority = TakeNumber(head);
  const auto sequence = TakeNumber(head);
  const auto microseconds = TakeNumber(head);
  if (!priority || *priority > 0xFFFF || !sequence || !microseconds || *microseconds > kLatest) {
    return std::nullopt;
  }
  KmsgRecord parsed;
  parsed.facility = static_cast<std::uint32_t>(*priority >> 3U);
  parsed.sequence = *sequence;
  parsed.logged = std::chrono::microseconds(static_cast<std::int64_t>(*microseconds));
  parsed.text = DecodeKmsgEscapes(line.substr(end + 1));
  return parsed;
}

}  // namespace airflow_host
