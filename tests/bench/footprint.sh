#!/usr/bin/env bash
# What the exporter costs the host it watches, beside what prometheus-node-exporter costs it: resident
# memory after 2,000 scrapes with every collector at work on the sandbox, and CPU time per scrape.
#
#   tests/bench/footprint.sh [SCRAPES]
set -euo pipefail
# shellcheck source=../support/exporter.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/exporter.sh"

scrapes=${1:-2000}
idle_seconds=20
folder=$(mktemp --directory /tmp/footprint-XXXXXX)
chmod 711 "$folder" # PostgreSQL's user passes through.
pids=()

clean_up() {
  local pid
  for pid in "${pids[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  "$repository/deploy/sandbox/sandbox.py" stop "$folder/s" 2>/dev/null || true
  rm -rf "$folder"
}
trap clean_up EXIT

# status_field PID NAME: a field of /proc/PID/status in KiB.
status_field() { awk -v name="$2:" '$1 == name { print $2 }' "/proc/$1/status"; }

# cpu_milliseconds PID: user and system time so far (fields 14 and 15 of /proc/PID/stat).
cpu_milliseconds() {
  local stat ticks
  stat=$(<"/proc/$1/stat")
  read -r -a ticks <<<"${stat##*) }"
  echo $(((ticks[11] + ticks[12]) * 1000 / $(getconf CLK_TCK)))
}

# measure NAME PID URL: scrapes, and prints one line of the table. Sets rss to KiB.
measure() {
  local name=$1 pid=$2 url=$3 idle_begin idle begin busy anonymous
  curl --silent --output /dev/null "$url"
  idle_begin=$(cpu_milliseconds "$pid")
  sleep "$idle_seconds"
  idle=$(($(cpu_milliseconds "$pid") - idle_begin))
  begin=$(cpu_milliseconds "$pid")
  curl --silent --fail --output /dev/null "$url?[1-$scrapes]"
  busy=$(($(cpu_milliseconds "$pid") - begin))
  rss=$(status_field "$pid" VmRSS)
  anonymous=$(status_field "$pid" RssAnon)
  printf '%-26s %10s %10s %17s %19s\n' "$name" "$rss" "$anonymous" \
    "$(awk "BEGIN { printf \"%.2f\", $busy / $scrapes }")" \
    "$(awk "BEGIN { printf \"%.2f\", $idle / $idle_seconds / 10 }")"
}

"$repository/deploy/sandbox/sandbox.py" start "$folder/s"
own_url=127.0.0.1:$(free_port)
(
  # shellcheck disable=SC1091  # Written by the sandbox.
  source "$folder/s/environment"
  exec "$exporter" --web.listen-address="$own_url" 2>"$folder/exporter.log"
) &
own_pid=$!
pids+=("$own_pid")
node_url=127.0.0.1:$(free_port)
prometheus-node-exporter --web.listen-address="$node_url" 2>"$folder/node.log" &
node_pid=$!
pids+=("$node_pid")
wait_for_page "http://$own_url/readyz" "$own_pid"
wait_for_page "http://$node_url/metrics" "$node_pid"

echo "After $scrapes scrapes each, everything on:"
printf '%-26s %10s %10s %17s %19s\n' '' 'VmRSS KiB' 'RssAnon' 'CPU ms / scrape' 'idle, % of a core'
measure airflow-host-exporter "$own_pid" "http://$own_url/metrics"
own_rss=$rss
measure prometheus-node-exporter "$node_pid" "http://$node_url/metrics"
awk "BEGIN { printf \"Resident memory, ours to node_exporter's: %.2f\n\", $own_rss / $rss }"
