// OpenSSL on a socket that never blocks.
// https://docs.openssl.org/3.0/man3/SSL_read/, https://docs.openssl.org/3.0/man3/BIO_meth_new/
#include "collectors/broker/tls_stream.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

namespace airflow_host {
namespace {

struct Free {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};

/// OpenSSL's own words for the last failure of this thread.
std::string Reason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown reason" : reason;
}

tl::unexpected<Error> CannotUse(const char* what, const std::string& file) {
  return Fail(ErrorKind::kFailed, std::string("cannot use ") + what + " " + file + ": " + Reason());
}

/// OpenSSL's socket BIO writes by write(2), which raises SIGPIPE when the server is gone. This one
/// sends without the signal. The descriptor stays owned by the stream.
int SendWithoutSignal(BIO* bio, const char* bytes, int length) {
  int descriptor = -1;
  BIO_get_fd(bio, &descriptor);
  BIO_clear_retry_flags(bio);
  const ssize_t put =
      ::send(descriptor, bytes, static_cast<std::size_t>(std::max(length, 0)), MSG_NOSIGNAL);
  if (put < 0 && BIO_sock_should_retry(-1) != 0) BIO_set_retry_write(bio);
  return static_cast<int>(put);
}

Expected<std::unique_ptr<BIO_METHOD, Free>> MakeSocketMethod() {
  const BIO_METHOD* plain = BIO_s_socket();
  std::unique_ptr<BIO_METHOD, Free> method(BIO_meth_new(BIO_TYPE_SOCKET, "socket without SIGPIPE"));
  if (!method) return Fail(ErrorKind::kFailed, "cannot set up TLS: " + Reason());
  BIO_meth_set_write(method.get(), SendWithoutSignal);
  BIO_meth_set_read(method.get(), BIO_meth_get_read(plain));
  BIO_meth_set_ctrl(method.get(), BIO_meth_get_ctrl(plain));
  BIO_meth_set_create(method.get(), BIO_meth_get_create(plain));
  BIO_meth_set_destroy(method.get(), BIO_meth_get_destroy(plain));
  return method;
}

/// Why the server's certificate is not good enough, and what to do where it only has another name.
Error Refusal(long verdict) {
  std::string message = "its certificate is refused: ";
  message += X509_verify_cert_error_string(verdict);
  if (verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    message +=
        " (ssl_check_hostname=false beside the other ssl_ options, or "
        "--no-broker.tls-check-hostname "
        "where there are none, leaves this check out)";
  }
  return {ErrorKind::kFailed, std::move(message)};
}

class TlsStream final : public Stream {
 public:
  TlsStream(UniqueDescriptor socket, std::unique_ptr<BIO_METHOD, Free> method,
            std::unique_ptr<SSL, Free> ssl)
      : socket_(std::move(socket)), method_(std::move(method)), ssl_(std::move(ssl)) {}

  Expected<Transfer> Read(std::span<char> buffer) override {
    ERR_clear_error();
    std::size_t moved = 0;
    const int result = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &moved);
    return Judge(result, moved);
  }

  Expected<Transfer> Write(std::string_view bytes) override {
    ERR_clear_error();
    std::size_t moved = 0;
    const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &moved);
    return Judge(result, moved);
  }

  int descriptor() const override { return socket_.get(); }

 private:
  Expected<Transfer> Judge(int result, std::size_t moved) {
    if (result == 1) return Transfer{Transfer::State::kMoved, moved};
    const int errno_value = errno;
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return Transfer{Transfer::State::kWantsRead};
      case SSL_ERROR_WANT_WRITE:
        return Transfer{Transfer::State::kWantsWrite};
      case SSL_ERROR_ZERO_RETURN:
        return Transfer{Transfer::State::kEnded};
      case SSL_ERROR_SYSCALL:
        if (errno_value == 0 || errno_value == EPIPE || errno_value == ECONNRESET) {
          return Transfer{Transfer::State::kEnded};
        }
        return tl::unexpected(SystemError("use", "the TLS connection", errno_value));
      default:
        return tl::unexpected(Failure());
    }
  }

  Error Failure() const {
    const long verdict = SSL_get_verify_result(ssl_.get());
    if (verdict != X509_V_OK) {
      ERR_clear_error();
      return Refusal(verdict);
    }
    // A server that closes without TLS's own goodbye, as a killed Redis does.
    if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
      ERR_clear_error();
      return Error{ErrorKind::kFailed, "the server closed the TLS connection"};
    }
    return Error{ErrorKind::kFailed, "TLS failed (" + Reason() + ")"};
  }

  // In this order, so that the SSL goes before what it uses.
  UniqueDescriptor socket_;
  std::unique_ptr<BIO_METHOD, Free> method_;
  std::unique_ptr<SSL, Free> ssl_;
};

/// `ssl_ca_data`: certificates in PEM, one after the other.
Expected<void> TrustAll(SSL_CTX* context, const std::string& authorities) {
  const std::unique_ptr<BIO, Free> memory(
      BIO_new_mem_buf(authorities.data(), static_cast<int>(authorities.size())));
  if (!memory) return Fail(ErrorKind::kFailed, "cannot set up TLS: " + Reason());
  std::size_t count = 0;
  while (true) {
    const std::unique_ptr<X509, Free> certificate(
        PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    if (!certificate) break;
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get());
    ++count;
  }
  // The end of the text is told as an error, too.
  ERR_clear_error();
  if (count > 0) return {};
  return Fail(ErrorKind::kFailed, "ssl_ca_data holds no certificate in PEM");
}

/// Whom the server's certificate may come from.
Expected<void> LoadAuthorities(SSL_CTX* context, const TlsSettings& settings) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_default_verify_paths(context);
  const std::string& file = settings.authorities_file;
  if (!file.empty() && SSL_CTX_load_verify_locations(context, file.c_str(), nullptr) != 1) {
    return CannotUse("ssl_ca_certs", file);
  }
  const std::string& directory = settings.authorities_directory;
  if (!directory.empty() &&
      SSL_CTX_load_verify_locations(context, nullptr, directory.c_str()) != 1) {
    return CannotUse("ssl_ca_path", directory);
  }
  if (settings.authorities.empty()) return {};
  return TrustAll(context, settings.authorities);
}

/// Answers OpenSSL's question for the key's passphrase, instead of its asking the terminal.
int TellPassword(char* buffer, int size, int /*writing*/, void* settings) {
  const std::string& password = static_cast<const TlsSettings*>(settings)->key_password;
  if (password.size() > static_cast<std::size_t>(std::max(size, 0))) return 0;
  std::copy(password.begin(), password.end(), buffer);
  return static_cast<int>(password.size());
}

/// What we show of ourselves.
Expected<void> LoadCertificate(SSL_CTX* context, const TlsSettings& settings) {
  const std::string& certificate = settings.certificate_file;
  if (certificate.empty()) return {};
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
    return CannotUse("ssl_certfile", certificate);
  }
  const std::string& key = settings.key_file.empty() ? certificate : settings.key_file;
  // Asked within the next call only, so that nothing is changed through the pointer later.
  SSL_CTX_set_default_passwd_cb(context, TellPassword);
  SSL_CTX_set_default_passwd_cb_userdata(context, const_cast<TlsSettings*>(&settings));
  const bool used = SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) == 1;
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  SSL_CTX_set_default_passwd_cb(context, nullptr);
  if (!used) return CannotUse("ssl_keyfile", key);
  return {};
}

Expected<std::unique_ptr<SSL_CTX, Free>> MakeContext(const TlsSettings& settings) {
  ERR_clear_error();
  std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_client_method()));
  if (!context) return Fail(ErrorKind::kFailed, "cannot set up TLS: " + Reason());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  if (!settings.ciphers.empty() &&
      SSL_CTX_set_cipher_list(context.get(), settings.ciphers.c_str()) != 1) {
    return Fail(ErrorKind::kFailed, "cannot use ssl_ciphers: " + Reason());
  }
  if (settings.verify_certificate) {
    const auto loaded = LoadAuthorities(context.get(), settings);
    if (!loaded) return tl::unexpected(loaded.error());
  }
  const auto loaded = LoadCertificate(context.get(), settings);
  if (!loaded) return tl::unexpected(loaded.error());
  return context;
}

bool IsAddress(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> parsed{};
  return ::inet_pton(AF_INET, host.c_str(), parsed.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), parsed.data()) == 1;
}

/// Tells the server which name is wanted (SNI), and OpenSSL what the certificate must say.
bool NameTheServer(SSL* ssl, const std::string& host, bool check_hostname) {
  if (IsAddress(host)) {
    return !check_hostname || X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  }
  // SSL_set_tlsext_host_name is a macro with an old-style cast.
  if (SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
               const_cast<char*>(host.c_str())) != 1) {
    return false;
  }
  return !check_hostname || SSL_set1_host(ssl, host.c_str()) == 1;
}

}  // namespace

Expected<std::unique_ptr<Stream>> MakeTlsStream(UniqueDescriptor socket, const std::string& host,
                                                const TlsSettings& settings) {
  const auto context = MakeContext(settings);
  if (!context) return tl::unexpected(context.error());
  auto method = MakeSocketMethod();
  if (!method) return tl::unexpected(method.error());
  std::unique_ptr<SSL, Free> ssl(SSL_new(context->get()));
  BIO* const bio = ssl ? BIO_new(method->get()) : nullptr;
  if (bio == nullptr) return Fail(ErrorKind::kFailed, "cannot set up TLS: " + Reason());
  BIO_set_fd(bio, socket.get(), BIO_NOCLOSE);
  SSL_set_bio(ssl.get(), bio, bio);
  SSL_set_connect_state(ssl.get());
  const bool check_name = settings.verify_certificate && settings.check_hostname;
  if (!NameTheServer(ssl.get(), host, check_name)) {
    return Fail(ErrorKind::kFailed, "cannot set up TLS for this host name: " + Reason());
  }
  return std::make_unique<TlsStream>(std::move(socket), *std::move(method), std::move(ssl));
}

}  // namespace airflow_host
