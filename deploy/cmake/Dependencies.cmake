# Every library that the program is built with, named here and nowhere else, each with why.
# deploy/install-dependencies.sh names the Debian packages that hold them.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# The metric model and its text format (core only: its HTTP server cannot serve other pages).
find_package(prometheus-cpp CONFIG REQUIRED)
# Errors as values, until C++23's std::expected is everywhere.
find_package(tl-expected CONFIG REQUIRED)
# Reads flags and writes --help.
find_package(CLI11 CONFIG REQUIRED)
# Reads the configuration file.
find_package(yaml-cpp CONFIG REQUIRED)
# JSON: log lines, the API, the Docker engine's answers.
find_package(nlohmann_json CONFIG REQUIRED)
# gzip of the pages.
find_package(ZLIB REQUIRED)
# TLS to Redis.
find_package(OpenSSL REQUIRED)
# PostgreSQL. Has a pkg-config file only.
pkg_check_modules(LIBPQXX REQUIRED IMPORTED_TARGET GLOBAL libpqxx)
# The protocol of Redis (its sockets are not used: they have no overall deadline).
pkg_check_modules(HIREDIS REQUIRED IMPORTED_TARGET GLOBAL hiredis)

# The HTTP server. Debian ships neither a CMake nor a pkg-config file with a usable target name on
# all releases, so it is looked up by its header and library.
find_path(CIVETWEB_INCLUDE_DIR civetweb.h REQUIRED)
find_library(CIVETWEB_LIBRARY civetweb REQUIRED)
add_library(civetweb_library UNKNOWN IMPORTED GLOBAL)
set_target_properties(civetweb_library PROPERTIES
  IMPORTED_LOCATION ${CIVETWEB_LIBRARY}
  INTERFACE_INCLUDE_DIRECTORIES ${CIVETWEB_INCLUDE_DIR})
