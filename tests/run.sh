#!/usr/bin/env bash
# Runs the tests, installing what they need first.
#
#   tests/run.sh [GROUP...]      GROUP: all, or some of the groups named below (default: all)
#
# Prints one line per step, the output of a step that fails, and at the end
# `N passed, N failed, N skipped`. Exits with 1 where a step failed. Whole outputs: build/test-logs.
# TIDY=all has clang-tidy look at every source instead of those changed since TIDY_BASE (default:
# where this branch left main, or the commit before).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly all_groups=(lint rules dashboards unit e2e integration asan tsan fuzz)
# Not part of all: a real Airflow from PyPI (tests/airflow); a day's work in ten minutes
# (test_compressed_day.py, of which a short run is among the integration tests).
readonly more_groups=(airflow soak)
readonly logs=build/test-logs
readonly step_seconds=1500
readonly fuzz_seconds=10
# The tests in which threads meet, on the real program: for the sanitizers.
readonly threaded_tests=(test_web.py test_starting.py test_hanging_servers.py)
# And the targets, for the thread sanitizer: the others' tests have one thread.
readonly threaded_targets=(airflow-host-exporter exporter_test host_test insight_test
  metadata_integration_test storage_test web_test)
# The integration tests that measure latencies or the exporter's own memory, or make the host thrash;
# the others mostly wait, so that six files run at a time.
readonly lonely_tests=(test_leak.py test_hanging_servers.py test_host.py)

passed=0
failed=0
skipped=0

# step NAME COMMAND...: runs one step and counts it. A command that ends with 77 cannot run here, and
# says why in its last line.
step() {
  local name=$1 begin=$SECONDS log code=0
  shift
  log=$logs/${name//[ \/]/-}.log
  "$@" >"$log" 2>&1 </dev/null || code=$?
  if ((code == 0)); then
    passed=$((passed + 1))
    printf 'ok      %s (%d s)\n' "$name" $((SECONDS - begin))
  elif ((code == 77)); then
    skip "$name" "$(tail --lines=1 "$log")"
  else
    failed=$((failed + 1))
    printf 'FAILED  %s (%d s), the end of %s:\n' "$name" $((SECONDS - begin)) "$log"
    tail --lines=80 "$log" | sed 's/^/    /'
    return 1
  fi
}

skip() {
  skipped=$((skipped + 1))
  printf 'skipped %s: %s\n' "$1" "$2"
}

limited() { timeout --kill-after=10 "$step_seconds" "$@"; }

# Randomised addresses can lie where the thread sanitizer wants its shadow memory. What is run may be
# a function of this script: a shell of its own gets them by their names.
without_randomised_addresses() {
  if ! setarch --addr-no-randomize true 2>/dev/null; then
    "$@"
    return
  fi
  export -f build limited run_ctest run_pytest
  export step_seconds
  # shellcheck disable=SC2016  # The inner shell is to expand it.
  setarch --addr-no-randomize bash -euo pipefail -c '"$@"' - "$@"
}

# build PRESET [TARGET...]
build() {
  local preset=$1 options=(-DAIRFLOW_HOST_TESTS=ON) targets=()
  shift
  if (($# > 0)); then targets=(--target "$@"); fi
  if command -v ccache >/dev/null; then options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  cmake --preset "$preset" "${options[@]}"
  cmake --build --preset "$preset" "${targets[@]}"
}

# Tests whose program was not built (for the thread sanitizer) are left out. So are, but for the release
# build, the suite of generated traces and all but five of the healthy systems' seeds: they measure
# verdicts on days of figures, and take minutes unoptimised; the code below them has other tests.
run_ctest() {
  local left_out='_NOT_BUILT$'
  if [[ $1 != release ]]; then left_out+='|^TrendSuite\.|^Seeds/HealthyAirflow\..*/([6-9]|[1-9][0-9])$'; fi
  limited ctest --preset "$1" --parallel "$(nproc)" --no-tests=error --exclude-regex "$left_out"
}

# run_pytest BUILD FILES-AT-A-TIME TEST...: the Python tests on that build's program.
run_pytest() {
  local build=$1 parallel=$2 flags=''
  shift 2
  # The sanitizers' shadow memory is not to be locked.
  if [[ $build != release ]]; then flags=--no-memory.lock; fi
  EXPORTER=$PWD/build/$build/exporter/airflow-host-exporter EXPORTER_FLAGS=$flags \
    PYTHONDONTWRITEBYTECODE=1 limited /usr/bin/python3 -m pytest -p no:cacheprovider --quiet \
    --numprocesses="$parallel" --dist=loadfile --durations=5 "${@/#/tests/integration/}"
}

# The group functions end at the first failed step on which the next ones stand.

built=''
# need PRESET: builds it, once.
need() {
  if [[ " $built " == *" $1 "* ]]; then return 0; fi
  step "build $1" build "$1" || return 1
  built+=" $1"
}

run_unit() {
  need release || return 0
  step 'unit tests' run_ctest release || true
}

run_e2e() {
  need release || return 0
  step 'golden pages' limited tests/e2e/run.sh || true
}

check_rules() { promtool check rules --lint=all --lint-fatal deploy/prometheus/rules/*.yml; }

# The rules' tests, two files at a time.
test_rules() {
  printf '%s\0' deploy/prometheus/tests/*.yml |
    limited xargs --null --max-args=1 --max-procs="$(nproc)" promtool test rules
}

# Whom an alert of each severity reaches.
check_routes() {
  local route receiver severity
  amtool check-config deploy/alertmanager/alertmanager.yml || return 1
  for route in critical:pager warning:team info:nobody; do
    severity=${route%%:*} receiver=${route##*:}
    amtool config routes test --config.file=deploy/alertmanager/alertmanager.yml \
      --verify.receivers="$receiver" alertname=AirflowHostMemoryLow "severity=$severity" || return 1
  done
}

run_rules() {
  step 'rules' check_rules || true
  step 'cases of rules' test_rules || true
  step 'rules, runbooks and metrics' tests/rules/check_rules.py || true
  step 'prometheus.yml' promtool check config deploy/prometheus/prometheus.yml || true
  step 'alertmanager.yml' check_routes || true
}

# What of the dashboards can be told without a server; the rest is in tests/integration.
run_dashboards() {
  step "schema of Grafana's types" limited tests/dashboards/make_schema.py || true
  step 'dashboards' env PYTHONDONTWRITEBYTECODE=1 timeout --kill-after=10 "$step_seconds" \
    /usr/bin/python3 -m pytest -p no:cacheprovider --quiet -rs tests/dashboards || true
}

run_integration() {
  local file together=()
  need release || return 0
  for file in tests/integration/test_*.py; do
    file=${file##*/}
    if [[ " ${lonely_tests[*]} " != *" $file "* ]]; then together+=("$file"); fi
  done
  step 'integration' run_pytest release 6 "${together[@]}" || true
  for file in "${lonely_tests[@]}"; do
    step "integration $file" run_pytest release 0 "$file" || true
  done
  step 'quickstart once' limited deploy/quickstart.sh --once || true
}

run_asan() {
  need asan || return 0
  step 'asan unit tests' run_ctest asan || true
  step 'asan integration' run_pytest asan 0 "${threaded_tests[@]}" || true
}

run_tsan() {
  step 'build tsan' without_randomised_addresses build tsan "${threaded_targets[@]}" || return 0
  step 'tsan unit tests' without_randomised_addresses run_ctest tsan || true
  step 'tsan integration' without_randomised_addresses run_pytest tsan 0 "${threaded_tests[@]}" || true
}

fuzz() {
  local target=$1 seeds=tests/fuzz/corpus/${1#fuzz_} corpus
  corpus=$(mktemp --directory)
  local folders=("$corpus")
  if [[ -d $seeds ]]; then folders+=("$seeds"); fi
  limited "build/asan/tests/fuzz/$target" -max_total_time="$fuzz_seconds" -timeout=5 \
    -rss_limit_mb=1024 -artifact_prefix="$logs/$target-" "${folders[@]}"
  rm -r "$corpus"
}

run_fuzz() {
  local source target
  need asan || return 0
  for source in tests/fuzz/fuzz_*.cc; do
    target=$(basename "$source" .cc)
    step "fuzz ${target#fuzz_}" fuzz "$target" || true
  done
}

run_soak() {
  need release || return 0
  SOAK=yes step 'soak' run_pytest release 0 test_compressed_day.py || return 0
  grep '^In ' "$logs/soak.log"
}

run_airflow() {
  need release || return 0
  step 'real Airflow' limited tests/airflow/run.sh || true
}

cpp_files() { git ls-files 'collectors/*.cc' 'exporter/*.cc' 'tests/*.cc' "$@"; }

check_layout() {
  cpp_files 'collectors/*.h' 'exporter/*.h' 'tests/*.h' | xargs clang-format --dry-run -Werror
}

# The sources that clang-tidy looks at: all, or what a change touched (a header has its .cc looked at),
# but those that need definitions of a target that this build does not have.
tidy_files() {
  local base=${TIDY_BASE:-}
  if [[ -z $base ]]; then
    base=$(git merge-base HEAD main 2>/dev/null || true)
    if [[ -z $base || $base == $(git rev-parse HEAD) ]]; then
      base=$(git rev-parse --verify --quiet HEAD~1 || true)
    fi
  fi
  if [[ ${TIDY:-changed} == all || -z $base ]]; then
    cpp_files
  else
    git diff --name-only --diff-filter=d "$base" -- '*.cc' '*.h' | sed 's/\.h$/.cc/' | sort --unique |
      while read -r file; do if [[ -e $file ]]; then echo "$file"; fi; done
  fi | grep -Ev '^tests/(fuzz|bench/metadata)/' || true
}

check_tidy() {
  local files
  mapfile -t files < <(tidy_files)
  if ((${#files[@]} == 0)); then
    echo 'no C++ source has changed'
    return 0
  fi
  # The build's compiler is GCC: Clang reads neither its precompiled headers nor all of its warnings.
  mkdir -p build/tidy
  sed 's/ -Winvalid-pch -include [^ ]*//' build/release/compile_commands.json \
    >build/tidy/compile_commands.json
  printf '%s\0' "${files[@]}" | limited xargs --null --max-args=1 --max-procs="$(nproc)" \
    clang-tidy -p build/tidy --quiet --extra-arg=-Wno-unknown-warning-option
}

check_scripts() {
  git ls-files '*.sh' .ci/run | xargs shellcheck
}

run_lint() {
  step 'scripts' check_scripts || true
  step 'layout of the sources' check_layout || true
  step 'includes run downward' tests/lint/includes.py || true
  step 'one type of each name' tests/lint/names.py || true
  need release || return 0
  step 'clang-tidy' check_tidy || true
}

main() {
  local group groups=("$@")
  if (($# == 0)); then groups=(all); fi
  if [[ " ${groups[*]} " == *' all '* ]]; then
    groups=("${all_groups[@]}")
    for group in "${more_groups[@]}"; do
      if [[ " $* " == *" $group "* ]]; then groups+=("$group"); fi
    done
  fi
  for group in "${groups[@]}"; do
    case " ${all_groups[*]} ${more_groups[*]} " in
      *" $group "*) ;;
      *)
        echo "run.sh: unknown group '$group'; there are ${all_groups[*]} all ${more_groups[*]}" >&2
        exit 2
        ;;
    esac
  done
  deploy/install-dependencies.sh build sandbox test
  mkdir -p "$logs"
  for group in "${groups[@]}"; do "run_$group"; done
  printf '\n%d passed, %d failed' "$passed" "$failed"
  if ((skipped > 0)); then printf ', %d skipped' "$skipped"; fi
  printf '\n'
  exit $((failed > 0))
}

main "$@"
