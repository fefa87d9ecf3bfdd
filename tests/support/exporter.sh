# shellcheck shell=bash
# For scripts that run the exporter: sourced, not run. EXPORTER names another binary than the
# release build's.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034  # Used by whoever sources this.
exporter=${EXPORTER:-$repository/build/release/exporter/airflow-host-exporter}

# A loopback port that nobody listens on.
free_port() {
  local port
  for port in $(shuf --input-range 20000-32000 --head-count 50); do
    if ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return 0
    fi
  done
  echo "found no free port" >&2
  return 1
}

# wait_for_page URL PID: until the page answers with 200; fails where the process ends before.
wait_for_page() {
  local url=$1 pid=$2 end=$((SECONDS + 60))
  until curl --fail --silent --max-time 5 --output /dev/null "$url"; do
    if ! kill -0 "$pid" 2>/dev/null || ((SECONDS >= end)); then
      echo "$url does not answer" >&2
      return 1
    fi
    sleep 0.1
  done
}
