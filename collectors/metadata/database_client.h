// One connection to PostgreSQL. The only part of the program that knows libpqxx; its source is
// compiled as C++17 (see CMakeLists.txt), so this header keeps to C++17.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "collectors/metadata/database_address.h"
#include "collectors/support/error.h"
#include "collectors/support/unique_descriptor.h"

namespace airflow_host {

/// One row of an answer, as text; an empty optional is SQL's NULL.
using DatabaseRow = std::vector<std::optional<std::string>>;

/// Holds at most one connection and reuses it. Connect, Query and the destructor are for one
/// thread, Interrupt for any. A connection that broke is destroyed at once and never reused; no
/// call makes more than one attempt to connect.
class DatabaseClient {
 public:
  /// `conninfo`: Conninfo(address).
  DatabaseClient(DatabaseAddress address, std::string conninfo);
  DatabaseClient(const DatabaseClient&) = delete;
  DatabaseClient& operator=(const DatabaseClient&) = delete;
  ~DatabaseClient();

  /// True while a connection is held that has not been seen to break.
  bool connected() const;

  /// Connects unless connected; true if the connection is a new one. Blocks for connect_timeout per
  /// address at most, and for as long as the resolver takes. kDenied: the server refused the login.
  /// Messages hold no secret.
  Expected<bool> Connect();

  /// Sends `sql` (one statement or several, in one message) and gives the rows of the last one.
  /// Blocks until the server has answered, the connection has broken or Interrupt was called:
  /// time limits of the statements are the caller's to put into `sql`. kTimedOut: the server gave
  /// up at its own time limit, or Interrupt broke it off. kDenied: a right is missing. kMalformed:
  /// the server does not know a table or column of `sql`. An error is `answered` where the server
  /// gave it and the connection lives.
  Expected<std::vector<DatabaseRow>> Query(const std::string& sql);

  /// Shuts the connection's socket down, so that a Query under way returns at once with kTimedOut;
  /// an idle connection is replaced at the next Connect. While Connect is under way it only makes
  /// the Query after it fail: libpq's connect_timeout bounds a Connect. Any thread.
  void Interrupt() noexcept;

 private:
  struct Connection;

  Expected<bool> Open();
  void Drop();
  Error Broken(const char* reason);
  bool TakeInterrupted();
  Error Failure(ErrorKind kind, const char* action, const std::string& reason) const;

  const DatabaseAddress address_;
  const std::string conninfo_;
  std::unique_ptr<Connection> connection_;

  /// Guards what Interrupt touches. Never held while the network is waited for.
  std::mutex mutex_;
  /// A duplicate of the connection's descriptor, ours alone. libpq closes its own whenever it finds
  /// the connection broken, and its number may at once be another file's: shutting that down would
  /// hit a stranger. A duplicate shares the socket, and its number stays ours until Drop.
  UniqueDescriptor socket_;
  bool interrupted_ = false;
};

}  // namespace airflow_host
