// A stream of bytes to a server that never blocks: whoever moves bytes decides how long to wait.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "collectors/support/error.h"
#include "collectors/support/unique_descriptor.h"

namespace airflow_host {

/// What became of one attempt to move bytes. A plain value.
struct Transfer {
  enum class State {
    kMoved,       ///< `bytes` were moved, at least one.
    kWantsRead,   ///< Nothing moved: try again once the descriptor is readable.
    kWantsWrite,  ///< Nothing moved: try again once it is writable.
    kEnded,       ///< The server has closed the connection.
  };
  State state = State::kEnded;
  std::size_t bytes = 0;
};

/// One connection's bytes. Used by one thread.
class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream() = default;

  /// Reads what has arrived, at most `buffer` (not empty). An error means that the stream is dead.
  virtual Expected<Transfer> Read(std::span<char> buffer) = 0;
  /// Hands over some of `bytes` (not empty). An error means that the stream is dead.
  virtual Expected<Transfer> Write(std::string_view bytes) = 0;
  /// For poll(2).
  virtual int descriptor() const = 0;
};

/// A connected, non-blocking socket in plain text: TCP or Unix.
class SocketStream final : public Stream {
 public:
  explicit SocketStream(UniqueDescriptor socket) : socket_(std::move(socket)) {}

  Expected<Transfer> Read(std::span<char> buffer) override;
  Expected<Transfer> Write(std::string_view bytes) override;
  int descriptor() const override { return socket_.get(); }

 private:
  UniqueDescriptor socket_;
};

}  // namespace airflow_host
