#!/usr/bin/env bash
# Tests the exporter on a real Airflow, which it installs from PyPI.
#
#   tests/airflow/run.sh [VERSION...]      VERSION: a name in releases.txt (default: its last), a
#                                          release such as 3.1.5, or `newest`: what PyPI has now
#
# The exporter must have been built (build/release). Each version has a virtual environment of its
# own, build/airflow/RELEASE, which is kept for the next run. Everything else lives in a folder of
# its own in /tmp and in a namespace of process ids, and ends with this script.
# Exits with 1 where a test failed, and with 77 where a version could not be installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly cache=build/airflow
readonly releases=tests/airflow/releases.txt
readonly python=/usr/bin/python3
readonly uv=$cache/tools/bin/uv
export EXPORTER=${EXPORTER:-$PWD/build/release/exporter/airflow-host-exporter}

failed=0
not_installed=0

say() { echo "airflow: $1"; }

# The installer that can take everything as of a day.
install_tools() {
  if [[ -x $uv ]]; then return 0; fi
  mkdir -p "$cache"
  "$python" -m venv "$cache/tools" && "$cache/tools/bin/pip" install --quiet uv
}

# listed COLUMN TEXT: release and day of the line of releases.txt whose COLUMN is that.
listed() { awk -v at="$1" -v text="$2" '!/^#/ && $at == text { print $2, $3 }' "$releases"; }

# release_of VERSION: the release and the day as of which to install it; no day: now.
release_of() {
  local release=$1 day
  if [[ $release == newest ]]; then
    release=$(echo apache-airflow | "$uv" pip compile --quiet --no-deps --no-header --no-annotate \
      --python "$python" - | sed 's/.*==//') || return 1
  fi
  read -r release day < <(listed 1 "$release"; listed 2 "$release"; echo "$release")
  echo "$release $day"
}

# What is installed: only what our dags and components need, and what the release's own file pins.
requirements() {
  local release=$1 pins=tests/airflow/requirements/${1%.*}.txt
  printf '%s\n' "apache-airflow==$release" apache-airflow-providers-celery psycopg2-binary redis
  if [[ $release == 3.* ]]; then echo asyncpg; fi
  if [[ -e $pins ]]; then cat "$pins"; fi
}

# install RELEASE DAY VENV
install() {
  local release=$1 day=$2 venv=$3 wanted options=(--compile-bytecode)
  wanted=$(requirements "$release"; echo "# as of ${day:-now}")
  if [[ $(cat "$venv/wanted" 2>/dev/null) == "$wanted" ]]; then return 0; fi
  rm -rf "$venv"
  if [[ -n $day ]]; then options+=(--exclude-newer "$day"); fi
  "$uv" venv --quiet --python "$python" "$venv"
  "$uv" pip install --quiet --python "$venv/bin/python" "${options[@]}" \
    --requirements <(echo "$wanted") || return 1
  echo "$wanted" >"$venv/wanted"
}

# test_on VENV: in namespaces in which no other Airflow is to be seen, nothing outlives the tests, and
# what listens on every address is heard by nobody else.
test_on() {
  local rights=()
  if ((EUID != 0)); then rights=(--user --map-current-user --keep-caps); fi
  # shellcheck disable=SC2016  # The inner shell is to expand it.
  AIRFLOW_VENV=$PWD/$1 PYTHONDONTWRITEBYTECODE=1 unshare "${rights[@]}" --net --pid --fork \
    --mount-proc --kill-child bash -c 'ip link set lo up && exec "$@"' - \
    "$python" -m pytest -p no:cacheprovider --quiet --durations=5 tests/airflow
}

run_version() {
  local version=$1 release day begin=$SECONDS
  if ! read -r release day < <(release_of "$version") || [[ -z $release ]]; then
    not_installed=1
    say "PyPI does not say what the newest release is; it is not tested"
    return 0
  fi
  if ! install "$release" "$day" "$cache/$release"; then
    not_installed=1
    say "Airflow $release cannot be installed from PyPI; it is not tested"
    return 0
  fi
  say "Airflow $release is installed ($((SECONDS - begin)) s)"
  begin=$SECONDS
  if test_on "$cache/$release"; then
    say "Airflow $release: every figure agrees ($((SECONDS - begin)) s)"
  else
    failed=1
    say "Airflow $release: FAILED ($((SECONDS - begin)) s)"
  fi
}

main() {
  local version versions=("$@")
  if (($# == 0)); then versions=("$(awk '!/^#/ { name = $1 } END { print name }' "$releases")"); fi
  if [[ ! -x $EXPORTER ]]; then
    say "there is no $EXPORTER; build it first (tests/run.sh does)"
    exit 1
  fi
  deploy/install-dependencies.sh sandbox test airflow
  if ! install_tools; then
    say "PyPI cannot be reached; no Airflow is tested"
    exit 77
  fi
  for version in "${versions[@]}"; do run_version "$version"; done
  if ((failed)); then exit 1; fi
  if ((not_installed)); then exit 77; fi
  exit 0
}

main "$@"
