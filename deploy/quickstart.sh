#!/usr/bin/env bash
# From a fresh Debian machine to a running airflow-host-exporter, in one command.
#
#   deploy/quickstart.sh [--once] [--airflow-version 3.3|3.1|2.10] [-- EXPORTER FLAGS...]
#
# Installs what is missing, builds the program, and runs it in the foreground until Ctrl-C. It finds
# Airflow as Airflow finds its own settings. Where there is no Airflow, it starts the sandbox of
# deploy/sandbox (--airflow-version says which schema) and removes it at the end.
# --once: prints the metrics on standard output as soon as there are all, and ends.
# Whatever the end is, no process, socket or file stays but the packages and build/.
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly repository
readonly exporter=$repository/build/release/exporter/airflow-host-exporter
readonly default_url=http://localhost:10132/
readonly ready_seconds=90

once=no
airflow_version=3.1
exporter_flags=()
sandbox_runs=no
folder=''
exporter_pid=''
sandbox_pid=''
build_pid=''

say() { echo "quickstart: $1" >&2; }

fail() {
  say "$1"
  exit 1
}

usage() { sed -n '2,/^set -euo/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; }

read_arguments() {
  while (($# > 0)); do
    case $1 in
      --once) once=yes ;;
      --airflow-version)
        airflow_version=${2:-}
        shift
        ;;
      --airflow-version=*) airflow_version=${1#*=} ;;
      -h | --help)
        usage
        exit 0
        ;;
      --)
        shift
        exporter_flags=("$@")
        break
        ;;
      *)
        say "unknown argument '$1'; flags of the exporter come after --"
        exit 2
        ;;
    esac
    if (($# > 0)); then shift; fi
  done
  case $airflow_version in
    3.3 | 3.1 | 2.10) ;;
    *)
      say "there is no sandbox for Airflow '$airflow_version'; there are 3.3, 3.1 and 2.10"
      exit 2
      ;;
  esac
}

# Ends a process that run_apart started, waits for it, and kills what it may have left.
end_group() {
  local pid=$1
  if [[ -z $pid ]]; then return 0; fi
  kill -TERM "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  kill -KILL -- "-$pid" 2>/dev/null || true
}

clean_up() {
  local status=$?
  trap '' INT TERM HUP
  end_group "$build_pid"
  end_group "$exporter_pid"
  end_group "$sandbox_pid"
  if [[ -n $folder ]]; then rm -rf "$folder"; fi
  exit "$status"
}

# Runs a command as the leader of a new session, so that a signal reaches it and all of its children,
# and Ctrl-C does not reach it before this script; it ends with this script in any case.
run_apart() { exec setsid setpriv --pdeathsig TERM -- "$@" </dev/null; }

run_build_step() {
  run_apart "$@" >&2 &
  build_pid=$!
  wait "$build_pid" || fail "the build failed; the lines above say why."
  build_pid=''
}

build() {
  if [[ ! -x $exporter ]]; then say "Building; the first time takes some minutes."; fi
  # A developer's build keeps its own choices.
  if [[ ! -e build/release/build.ninja ]]; then
    run_build_step cmake --preset release -DAIRFLOW_HOST_TESTS=OFF
  fi
  run_build_step cmake --build --preset release --target airflow-host-exporter
}

# Whether the words are the command line of one of Airflow's own programs.
is_airflow_command() {
  local word previous=''
  for word in "$@"; do
    if [[ ${previous##*/} == airflow ]]; then
      case $word in
        scheduler | triggerer | dag-processor | celery | api-server | webserver | standalone)
          return 0
          ;;
      esac
    fi
    previous=$word
  done
  return 1
}

# Exports the Airflow settings of a running Airflow process; fails where none can be read.
adopt_running_airflow() {
  local directory words variables variable
  for directory in /proc/[0-9]*; do
    mapfile -d '' -t words 2>/dev/null <"$directory/cmdline" || continue
    if ! is_airflow_command "${words[@]}"; then continue; fi
    mapfile -d '' -t variables 2>/dev/null <"$directory/environ" || continue
    if [[ " ${variables[*]}" == *" SANDBOX_AIRFLOW_VERSION="* ]]; then continue; fi
    say "Airflow runs here (process ${directory#/proc/}); its settings are taken."
    for variable in "${variables[@]}"; do
      case $variable in
        AIRFLOW__*=* | AIRFLOW_HOME=* | AIRFLOW_CONFIG=*) export "${variable?}" ;;
      esac
    done
    return 0
  done
  return 1
}

find_airflow() {
  if [[ -n $(compgen -e AIRFLOW__ || true)${AIRFLOW_HOME:-}${AIRFLOW_CONFIG:-} ]]; then
    say "Airflow's settings are taken from the environment."
  elif [[ -e ${HOME:-/nonexistent}/airflow/airflow.cfg ]]; then
    say "Airflow's settings are taken from $HOME/airflow/airflow.cfg."
  else
    adopt_running_airflow
  fi
}

start_sandbox() {
  say "There is no Airflow here: no AIRFLOW__ variable, no ~/airflow/airflow.cfg, no process."
  say "So a sandbox takes its place: PostgreSQL, Redis, a Celery worker and a small workload in \
the shape of Airflow $airflow_version. The host's own figures are real."
  "$repository/deploy/install-dependencies.sh" sandbox
  folder=$(mktemp --directory --tmpdir airflow-host-XXXXXX)
  run_apart /usr/bin/python3 "$repository/deploy/sandbox/sandbox.py" run "$folder" \
    --airflow-version "$airflow_version" >&2 &
  sandbox_pid=$!
  until [[ -e $folder/ready ]]; do
    kill -0 "$sandbox_pid" 2>/dev/null || fail "the sandbox did not start."
    sleep 0.1
  done
  sandbox_runs=yes
  # shellcheck disable=SC1091  # Written by the sandbox.
  source "$folder/environment"
  # A slope needs a warm-up and a fifth of its window: the usual hour is too long for a first look.
  export AIRFLOW_HOST_EXPORTER_TREND_WINDOWS=${AIRFLOW_HOST_EXPORTER_TREND_WINDOWS:-5m,1h}
}

free_port() {
  local port
  for port in $(shuf --input-range 20000-32000 --head-count 50); do
    if ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  fail "found no free port."
}

# The page, where every source has been asked once and, with a sandbox, a task is seen running.
complete_page() {
  local url=$1 page
  curl --fail --silent --max-time 5 --output /dev/null "$url/readyz" || return 1
  page=$(curl --fail --silent --max-time 5 "$url/metrics") || return 1
  if [[ $sandbox_runs == yes ]]; then
    grep -q '^airflow_metadata_task_instances{.*state="running".*} [1-9]' <<<"$page" || return 1
  fi
  echo "$page"
}

# Where a person finds the page, given the exporter's flags.
page_url() {
  local flag url=$default_url
  for flag in "$@"; do
    case $flag in
      --web.listen-address=:*) url=http://localhost${flag#*=}/ ;;
      --web.listen-address=*) url=http://${flag#*=}/ ;;
    esac
  done
  echo "$url"
}

start_exporter() {
  run_apart "$exporter" "$@" >&2 &
  exporter_pid=$!
}

# Waits for the exporter's end and ends with its exit code.
follow_exporter() {
  local status=0
  wait "$exporter_pid" || status=$?
  exporter_pid=''
  exit "$status"
}

print_once() {
  local url page end=$((SECONDS + ready_seconds))
  url=127.0.0.1:$(free_port)
  start_exporter "--web.listen-address=$url" "${exporter_flags[@]}"
  until page=$(complete_page "http://$url"); do
    if ! kill -0 "$exporter_pid" 2>/dev/null; then follow_exporter; fi
    if ((SECONDS >= end)); then
      fail "the metrics were not complete after $ready_seconds seconds."
    fi
    sleep 0.2
  done
  echo "$page"
}

main() {
  read_arguments "$@"
  cd "$repository"
  deploy/install-dependencies.sh build
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap 'exit 129' HUP
  build
  find_airflow || start_sandbox
  if [[ $once == yes ]]; then
    print_once
  else
    say "Open $(page_url "${exporter_flags[@]}") in a browser; Ctrl-C ends it."
    if [[ $sandbox_runs == yes ]]; then
      say "After four minutes the scheduler's growth shows too: it leaks on purpose."
    fi
    start_exporter "${exporter_flags[@]}"
    follow_exporter
  fi
}

main "$@"
