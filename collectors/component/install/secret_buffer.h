// Memory for text that holds passwords.
#pragma once

#include <string.h>

#include <cstddef>
#include <string>

namespace airflow_host {

/// A buffer whose content is overwritten before its memory is given back. It is as large from the
/// beginning as it may become, so growing leaves no copy behind. Used by one thread.
class SecretBuffer {
 public:
  /// For texts of up to `most` bytes.
  explicit SecretBuffer(std::size_t most) { text_.reserve(most + 1); }
  SecretBuffer(const SecretBuffer&) = delete;
  SecretBuffer& operator=(const SecretBuffer&) = delete;
  ~SecretBuffer() {
    text_.resize(text_.capacity());
    ::explicit_bzero(text_.data(), text_.size());
  }

  /// Hand it to ReadFile or to its like, with a limit of at most `most`.
  std::string& text() { return text_; }

 private:
  std::string text_;
};

}  // namespace airflow_host
