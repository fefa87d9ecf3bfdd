// Which Python distribution a folder in site-packages says is installed. Only names are looked at:
//
//   apache_airflow-2.10.5.dist-info                      Airflow 2
//   apache_airflow_core-3.1.3.dist-info                  Airflow 3
//   apache_airflow_providers_celery-3.16.0.dist-info
//   apache_airflow-2.2.5-py3.8.egg-info                  as distributions of Linux write it
//
// https://packaging.python.org/en/latest/specifications/recording-installed-packages/
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace airflow_host {

/// One installed distribution.
struct Distribution {
  std::string name;  ///< Small letters, with "_" for any run of "-", "_" and ".".
  std::string version;

  bool operator==(const Distribution&) const = default;
};

/// Reads the name of a file or folder in site-packages; nothing where it names no distribution, or
/// none whose version can be one (PEP 440). Total; any thread.
std::optional<Distribution> ParseDistInfoName(std::string_view name);

/// The first two numbers of a version.
struct ReleaseSeries {
  unsigned major = 0;
  unsigned minor = 0;

  auto operator<=>(const ReleaseSeries&) const = default;
};

/// "2.10.5+composer" is {2, 10}; nothing where it does not begin with two numbers. Total; any
/// thread.
std::optional<ReleaseSeries> SeriesOf(std::string_view version);

}  // namespace airflow_host
