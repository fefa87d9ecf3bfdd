// Reads `sentinel_kwargs`. Sample, as Airflow's configuration holds it:
//   {"password": "secret", "ssl": true, "ssl_ca_certs": "/etc/ca.pem"}
// https://airflow.apache.org/docs/apache-airflow-providers-celery/stable/configurations-ref.html
#include <nlohmann/json.hpp>

#include "collectors/broker/broker_servers.h"

namespace airflow_host {
namespace {

using Json = nlohmann::json;

std::string TextOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return {};
  const auto* const text = found->get_ptr<const std::string*>();
  return text == nullptr ? std::string() : *text;
}

std::optional<std::string> NotEmpty(std::string text) {
  if (text.empty()) return std::nullopt;
  return text;
}

/// The boolean `name`; `otherwise` where there is none.
bool FlagOf(const Json& object, const char* name, bool otherwise) {
  const auto found = object.find(name);
  const auto* const flag =
      found == object.end() ? nullptr : found->get_ptr<const Json::boolean_t*>();
  return flag == nullptr ? otherwise : *flag;
}

Expected<std::optional<TlsSettings>> ReadTls(const Json& object, bool check_hostname) {
  if (!FlagOf(object, "ssl", false)) return std::optional<TlsSettings>{};
  TlsSettings tls;
  // redis.Redis(ssl=True) checks unless it is told not to.
  tls.verify_certificate = true;
  const std::string checked = TextOf(object, "ssl_cert_reqs");
  if (!checked.empty()) {
    const auto verify = ParseVerification(checked);
    if (!verify) return Fail(ErrorKind::kMalformed, "ssl_cert_reqs is none of its three words");
    tls.verify_certificate = *verify;
  }
  tls.check_hostname = FlagOf(object, "ssl_check_hostname", check_hostname);
  tls.authorities_file = TextOf(object, "ssl_ca_certs");
  tls.authorities_directory = TextOf(object, "ssl_ca_path");
  tls.authorities = TextOf(object, "ssl_ca_data");
  tls.certificate_file = TextOf(object, "ssl_certfile");
  tls.key_file = TextOf(object, "ssl_keyfile");
  tls.key_password = TextOf(object, "ssl_password");
  tls.ciphers = TextOf(object, "ssl_ciphers");
  return std::optional(std::move(tls));
}

}  // namespace

Expected<SentinelOptions> ParseSentinelOptions(std::string_view json, bool check_hostname) {
  // Without exceptions: what is no JSON is "discarded".
  const Json object = Json::parse(json.begin(), json.end(), nullptr, false);
  if (!object.is_object()) {
    return Fail(ErrorKind::kMalformed, "wants a JSON object such as {\"password\": \"...\"}");
  }
  auto tls = ReadTls(object, check_hostname);
  if (!tls) return tl::unexpected(tls.error());
  SentinelOptions options;
  options.user = NotEmpty(TextOf(object, "username"));
  options.password = NotEmpty(TextOf(object, "password"));
  options.tls = *std::move(tls);
  return options;
}

}  // namespace airflow_host
