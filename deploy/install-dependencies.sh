#!/usr/bin/env bash
# Installs the Debian packages that this project needs and that the machine lacks.
#
#   deploy/install-dependencies.sh GROUP...      GROUP: build, sandbox, test or airflow
#
# Silent, and without any use of the network, when nothing is missing. Every package is named here,
# once, with what it is for. A service that comes with a package is neither started nor enabled.
# shellcheck disable=SC2034  # The arrays are used by name, in main.
set -euo pipefail

# What compiles the program (deploy/cmake/Dependencies.cmake says what each library does).
build_packages=(
  g++                   # the compiler
  cmake                 # the build's description
  ninja-build           # the build's runner
  pkg-config            # finds libpqxx and hiredis
  libpq-dev             # PostgreSQL's client, below libpqxx
  libpqxx-dev           # PostgreSQL
  libhiredis-dev        # the protocol of Redis
  libssl-dev            # TLS
  libcivetweb-dev       # the HTTP server
  prometheus-cpp-dev    # the metric model and its text format
  libexpected-dev       # errors as values
  libcli11-dev          # flags
  libyaml-cpp-dev       # the configuration file
  nlohmann-json3-dev    # JSON
  zlib1g-dev            # gzip
  curl                  # quickstart.sh --once asks the program for its page
)
# What deploy/sandbox starts: an Airflow-shaped workload with real servers below it.
sandbox_packages=(
  postgresql            # the metadata database
  redis-server          # the Celery broker
  python3               # the workload itself
  python3-psycopg2      # its connection to PostgreSQL
  python3-redis         # its connection to Redis
  python3-celery        # its worker, the one that Airflow uses
  python3-setproctitle  # process titles as Airflow and Celery set them
)
# What tests/run.sh needs besides.
test_packages=(
  libgtest-dev              # unit tests
  libgmock-dev              # and their matchers
  libbenchmark-dev          # tests/bench
  clang-14                  # the second compiler, and libFuzzer
  libclang-rt-14-dev        # libFuzzer's and the sanitizers' run time
  llvm-14                   # llvm-symbolizer: names in the sanitizers' reports
  clang-format              # layout of the C++ sources
  clang-tidy                # static analysis of the C++ sources
  shellcheck                # static analysis of the scripts
  python3-pytest            # tests/integration
  python3-pytest-xdist      # and several of its files at a time
  redis-sentinel            # failover of the Celery broker
  pgbouncer                 # the metadata database by transaction pooling
  openssl                   # certificates for the servers of tests/integration
  docker.io                 # the container engine that tests/integration reads containers of
  busybox-static            # and what runs in its containers
  prometheus                # promtool, and the server that alerts and dashboards are tried on
  prometheus-alertmanager   # amtool, and the server that test_alerts.py has send its alerts
  python3-yaml              # tests/rules reads the rules, test_alerts.py shortens copies of them;
                            # tests/dashboards reads Grafana's provisioning
  jsonnet                   # dashboards/*.json from their sources
  python3-jsonschema        # and their form against Grafana's own
  prometheus-node-exporter  # what tests/bench/footprint.sh measures us against
)
# What tests/airflow/run.sh needs besides: everything else of a real Airflow comes from PyPI.
airflow_packages=(
  python3-venv  # Airflow's virtual environments
  iproute2      # the loopback of the network that they are tested in
)
# The services of the packages above: a package's name, and the service's where it differs.
services=(postgresql pgbouncer redis-server redis-sentinel prometheus prometheus-alertmanager
  prometheus-node-exporter docker.io:docker docker.io:containerd)

readonly policy=/usr/sbin/policy-rc.d
readonly cluster_settings=/etc/postgresql-common/createcluster.d/airflow-host-exporter.conf
own_policy=no
own_cluster_settings=no

fail() {
  echo "install-dependencies: $1" >&2
  exit 1
}

remove_own_files() {
  if [[ $own_policy == yes ]]; then rm -f "$policy"; fi
  if [[ $own_cluster_settings == yes ]]; then
    rm -f "$cluster_settings"
    rmdir --ignore-fail-on-non-empty "${cluster_settings%/*}"
  fi
}

is_installed() {
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

check_distribution() {
  local id='' like=''
  # shellcheck disable=SC1091  # A file of the machine, not of this project.
  if [[ -r /etc/os-release ]]; then
    id=$(. /etc/os-release && echo "${ID:-}")
    like=$(. /etc/os-release && echo "${ID_LIKE:-}")
  fi
  if [[ " $id $like " != *" debian "* ]] || ! command -v apt-get dpkg-query >/dev/null; then
    fail "this machine runs '${id:-an unknown system}'; packages can be installed on Debian and \
Ubuntu only. Elsewhere install what deploy/install-dependencies.sh names by hand."
  fi
}

# A package's own scripts start its service at once unless policy-rc.d forbids it, and PostgreSQL's
# makes a first cluster. Both are forbidden for the time of the installation.
forbid_services() {
  if [[ ! -e $policy ]]; then
    own_policy=yes
    printf '#!/bin/sh\n# Of install-dependencies.sh, for as long as it runs.\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  if [[ ! -e $cluster_settings && ! -d /etc/postgresql ]]; then
    own_cluster_settings=yes
    mkdir -p "${cluster_settings%/*}"
    echo 'create_main_cluster = false' >"$cluster_settings"
  fi
}

# Not started now must not mean started by the next boot.
disable_new_services() {
  local service
  for service in "${services[@]}"; do
    if [[ " $* " == *" ${service%%:*} "* ]]; then update-rc.d "${service##*:}" disable || true; fi
  done
}

install_packages() {
  local apt=(apt-get --quiet=2 -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0)
  export DEBIAN_FRONTEND=noninteractive
  echo "Installing: $*" >&2
  trap remove_own_files EXIT
  forbid_services
  "${apt[@]}" update >&2 || fail "apt-get update failed; are the network and /etc/apt in order?"
  "${apt[@]}" install --yes --no-install-recommends "$@" >&2 ||
    fail "apt-get could not install: $*"
  disable_new_services "$@"
}

main() {
  local group package missing=()
  if (($# == 0)); then fail "name at least one group: build, sandbox, test, airflow"; fi
  check_distribution
  for group in "$@"; do
    case $group in
      build | sandbox | test | airflow) ;;
      *) fail "unknown group '$group'; there are build, sandbox, test and airflow" ;;
    esac
    local -n packages="${group}_packages"
    for package in "${packages[@]}"; do
      if ! is_installed "$package"; then missing+=("$package"); fi
    done
  done
  if ((${#missing[@]} == 0)); then return; fi
  if ((EUID != 0)); then
    fail "these packages are missing and only root can install them: ${missing[*]}"
  fi
  install_packages "${missing[@]}"
}

main "$@"
