// A file descriptor that closes itself.
#pragma once

#include <unistd.h>

#include <utility>

namespace airflow_host {

/// Owns one file descriptor, or none. Not shared between threads.
class UniqueDescriptor {
 public:
  UniqueDescriptor() = default;
  explicit UniqueDescriptor(int descriptor) : descriptor_(descriptor) {}
  UniqueDescriptor(UniqueDescriptor&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)) {}
  UniqueDescriptor& operator=(UniqueDescriptor&& other) noexcept {
    if (this != &other) Reset(std::exchange(other.descriptor_, -1));
    return *this;
  }
  UniqueDescriptor(const UniqueDescriptor&) = delete;
  UniqueDescriptor& operator=(const UniqueDescriptor&) = delete;
  ~UniqueDescriptor() { Reset(); }

  /// The descriptor, or -1.
  int get() const { return descriptor_; }
  /// True if it owns a descriptor.
  bool valid() const { return descriptor_ >= 0; }
  /// Closes what it owns and takes over `descriptor`.
  void Reset(int descriptor = -1) {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = descriptor;
  }

 private:
  int descriptor_ = -1;
};

}  // namespace airflow_host
