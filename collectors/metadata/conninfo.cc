// Builds libpq's connection string:
//
//   host='db.example' port='5432' user='airflow' password='p\'w' application_name='...'
//
// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE
#include "collectors/metadata/conninfo.h"

#include <algorithm>
#include <array>
#include <utility>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

using Parameter = std::pair<std::string_view, std::string_view>;

/// Ours whatever the URL says. tcp_user_timeout is in milliseconds, the others in seconds.
/// client_encoding: labels are UTF-8. No `options`: PgBouncer refuses that start-up parameter.
constexpr std::array<Parameter, 8> kOurs = {{
    {"application_name", kApplicationName},
    {"connect_timeout", "3"},
    {"client_encoding", "UTF8"},
    {"keepalives", "1"},
    {"keepalives_idle", "5"},
    {"keepalives_interval", "2"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", "5000"},
}};

/// Ours unless the URL says otherwise. Without GSSAPI's negotiation libpq loads no Kerberos
/// library.
constexpr std::array<Parameter, 2> kDefaults = {{
    {"gssencmode", "disable"},
    {"target_session_attrs", "any"},
}};

void Append(std::string_view name, std::string_view value, std::string& text) {
  if (!text.empty()) text.push_back(' ');
  text.append(name).append("='");
  for (const char byte : value) {
    if (byte == '\'' || byte == '\\') text.push_back('\\');
    text.push_back(byte);
  }
  text.push_back('\'');
}

bool IsOurs(std::string_view name) {
  return std::any_of(kOurs.begin(), kOurs.end(),
                     [&](const Parameter& ours) { return ours.first == name; });
}

bool IsGiven(const DatabaseAddress& address, std::string_view name) {
  return std::any_of(address.parameters.begin(), address.parameters.end(),
                     [&](const auto& given) { return given.first == name; });
}

}  // namespace

std::string Conninfo(const DatabaseAddress& address) {
  std::string text;
  for (const auto& [name, value] : address.parameters) {
    if (!IsOurs(name)) Append(name, value, text);
  }
  for (const auto& [name, value] : kOurs) Append(name, value, text);
  for (const auto& [name, value] : kDefaults) {
    if (!IsGiven(address, name)) Append(name, value, text);
  }
  return text;
}

std::string ScrubbedMessage(std::string_view text, const DatabaseAddress& address) {
  std::string message(text);
  for (const std::string& secret : address.secrets) {
    if (secret.empty()) continue;
    for (std::size_t at = message.find(secret); at != std::string::npos;
         at = message.find(secret, at + 3)) {
      message.replace(at, secret.size(), "***");
    }
  }
  // Lines of one message are parts of one sentence, or libpq's advice, indented by a tab.
  std::string line;
  for (const char byte : Trim(message)) {
    const bool space = byte == '\n' || byte == '\r' || byte == '\t' || byte == ' ';
    if (!space) {
      line.push_back(byte);
    } else if (line.empty() || line.back() != ' ') {
      line.push_back(' ');
    }
  }
  return Printable(line, 400);
}

}  // namespace airflow_host
