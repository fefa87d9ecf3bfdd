// Calls libpqxx (6.4 to 7.x), and ends its exceptions. Only what all of these versions share is
// used: connection, nontransaction, exec of a string.
//
// A nontransaction sends no BEGIN: the SQL comes as one message, which PostgreSQL runs as one
// implicit transaction, and the result is that of its last statement.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT
#include "collectors/metadata/database_client.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <exception>
#include <pqxx/pqxx>
#include <string_view>
#include <utility>

#include "collectors/metadata/conninfo.h"

namespace airflow_host {

struct DatabaseClient::Connection {
  explicit Connection(const std::string& conninfo) : connection(conninfo) {}
  pqxx::connection connection;
};

namespace {

/// What Query does, for its messages.
constexpr const char* kRead = "read";

bool Holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// libpq gives no SQLSTATE for a login that was refused; these are the server's words for it.
bool SpeaksOfRefusedLogin(std::string_view message) {
  return Holds(message, "authentication failed") || Holds(message, "no password supplied") ||
         Holds(message, "no pg_hba.conf entry") || Holds(message, "permission denied for database");
}

/// https://www.postgresql.org/docs/current/errcodes-appendix.html
ErrorKind KindOfState(std::string_view state) {
  if (state == "57014" || state == "55P03") return ErrorKind::kTimedOut;  // statement, lock
  if (state == "42501") return ErrorKind::kDenied;
  if (state == "42P01" || state == "42703") return ErrorKind::kMalformed;  // no table, no column
  return ErrorKind::kFailed;
}

/// What to do about it, where that is known.
std::string_view AdviceOfState(std::string_view state) {
  if (state == "57014") return "; the database is overloaded, or its statistics are out of date";
  if (state == "55P03") return "; another session, such as a migration, holds a lock on the table";
  if (state == "42501") return "; deploy/sql/grants.sql lists what the role needs";
  return {};
}

/// The server's message without its severity and without the quotation of our SQL.
std::string_view FirstLine(std::string_view message) {
  constexpr std::string_view kSeverity = "ERROR:  ";
  if (message.substr(0, kSeverity.size()) == kSeverity) message.remove_prefix(kSeverity.size());
  return message.substr(0, message.find('\n'));
}

std::vector<DatabaseRow> RowsOf(const pqxx::result& result) {
  std::vector<DatabaseRow> rows;
  for (const auto& row : result) {
    DatabaseRow& copy = rows.emplace_back();
    for (const auto& field : row) {
      if (field.is_null()) {
        copy.emplace_back();
      } else {
        copy.emplace_back(std::string(field.c_str(), field.size()));
      }
    }
  }
  return rows;
}

}  // namespace

DatabaseClient::DatabaseClient(DatabaseAddress address, std::string conninfo)
    : address_(std::move(address)), conninfo_(std::move(conninfo)) {}

DatabaseClient::~DatabaseClient() { Drop(); }

bool DatabaseClient::connected() const { return connection_ != nullptr; }

Error DatabaseClient::Failure(ErrorKind kind, const char* action, const std::string& reason) const {
  return Error{kind, std::string("cannot ") + action + " the metadata database at " +
                         address_.shown + ": " + ScrubbedMessage(reason, address_)};
}

Expected<bool> DatabaseClient::Connect() {
  if (TakeInterrupted()) Drop();
  if (connection_) return false;
  try {
    return Open();
  } catch (const std::exception& failure) {
    Drop();
    const std::string_view message = failure.what();
    return tl::unexpected(
        Failure(SpeaksOfRefusedLogin(message) ? ErrorKind::kDenied : ErrorKind::kFailed,
                "connect to", std::string(message)));
  }
}

Expected<bool> DatabaseClient::Open() {
  connection_ = std::make_unique<Connection>(conninfo_);
  UniqueDescriptor duplicate(::fcntl(connection_->connection.sock(), F_DUPFD_CLOEXEC, 0));
  if (!duplicate.valid()) {
    // Without it a server that hangs could hang us for good.
    const Error reason = SystemError("duplicate", "its socket", errno);
    Drop();
    return tl::unexpected(Failure(ErrorKind::kFailed, "watch", reason.message));
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  socket_ = std::move(duplicate);
  return true;
}

Expected<std::vector<DatabaseRow>> DatabaseClient::Query(const std::string& sql) {
  if (TakeInterrupted()) {
    Drop();
    return tl::unexpected(Failure(ErrorKind::kTimedOut, kRead, "connecting took too long"));
  }
  // libpqxx 6 would connect anew without saying so.
  if (!connection_ || !connection_->connection.is_open()) {
    Drop();
    return tl::unexpected(Failure(ErrorKind::kFailed, kRead, "there is no connection"));
  }
  try {
    pqxx::nontransaction statements(connection_->connection);
    return RowsOf(statements.exec(sql));
  } catch (const pqxx::broken_connection& failure) {
    return tl::unexpected(Broken(failure.what()));
  } catch (const pqxx::sql_error& failure) {
    // A backend that is told to go says why first, with a SQLSTATE: whether that counts as broken
    // differs between releases of libpqxx.
    if (!connection_->connection.is_open()) return tl::unexpected(Broken(failure.what()));
    const std::string& state = failure.sqlstate();
    std::string reason(FirstLine(failure.what()));
    reason.append(AdviceOfState(state));
    Error refusal = Failure(KindOfState(state), kRead, reason);
    refusal.answered = true;
    return tl::unexpected(std::move(refusal));
  } catch (const std::exception& failure) {
    return tl::unexpected(Broken(failure.what()));
  }
}

Error DatabaseClient::Broken(const char* reason) {
  const bool interrupted = TakeInterrupted();
  Drop();
  if (!interrupted) return Failure(ErrorKind::kFailed, kRead, reason);
  return Failure(ErrorKind::kTimedOut, kRead,
                 "it did not answer in time, so the connection was closed");
}

void DatabaseClient::Interrupt() noexcept {
  const std::lock_guard<std::mutex> lock(mutex_);
  interrupted_ = true;
  if (socket_.valid()) ::shutdown(socket_.get(), SHUT_RDWR);
}

bool DatabaseClient::TakeInterrupted() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(interrupted_, false);
}

void DatabaseClient::Drop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    socket_.Reset();
  }
  connection_.reset();
}

}  // namespace airflow_host
