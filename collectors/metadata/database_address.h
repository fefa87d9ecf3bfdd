// Where the metadata database is and how to log in, as libpq's keywords.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace airflow_host {

/// One database as libpq names it. Holds secrets: `parameters` and `secrets` are never shown.
struct DatabaseAddress {
  /// libpq's keywords and values, each keyword once:
  /// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
  std::vector<std::pair<std::string, std::string>> parameters;
  /// What must not stand in any message: the passwords.
  std::vector<std::string> secrets;
  /// For messages: "db.example:5432/airflow"; no user, no secret.
  std::string shown;
};

}  // namespace airflow_host
