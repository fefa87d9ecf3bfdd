#!/usr/bin/env bash
# Resident memory of the exporter on a generated host of many processes, after two minutes at work and
# a hundred scrapes. The aim: less than 32 MB with 10,000 processes.
#
#   tests/bench/resident.sh [PROCESSES [CONTAINERS]]
#
# Needs a build with -DAIRFLOW_HOST_BENCHMARKS=ON; TICK_BENCH names another tick_bench than that of
# build/release, EXPORTER another exporter. The host is written to /dev/shm (500 MB for 10,000).
set -euo pipefail
# shellcheck source=../support/exporter.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/exporter.sh"

processes=${1:-10000}
containers=${2:-200}
limit_kib=$((32 * 1000 * 1000 / 1024))
tick_bench=${TICK_BENCH:-$repository/build/release/tests/bench/tick/tick_bench}
folder=$(mktemp --directory /dev/shm/resident-XXXXXX)
pid=

clean_up() {
  if [[ -n $pid ]]; then
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  fi
  rm -rf "$folder"
}
trap clean_up EXIT

# status_field NAME: a field of /proc/PID/status in KiB.
status_field() { awk -v name="$1:" '$1 == name { print $2 }' "/proc/$pid/status"; }

"$tick_bench" --write-host "$folder/host" "$processes" "$containers"
url=127.0.0.1:$(free_port)
"$exporter" --web.listen-address="$url" --container.docker-socket= --path.procfs="$folder/host/proc" \
  --path.sysfs="$folder/host/sys" --path.rootfs="$folder/host" 2>"$folder/log" &
pid=$!
wait_for_page "http://$url/readyz" "$pid"
for _ in {1..100}; do
  curl --silent --fail --output "$folder/page" "http://$url/metrics"
  sleep 1.2
done
rss=$(status_field VmRSS)
echo "$processes processes, $containers containers: VmRSS $rss KiB (RssAnon $(status_field RssAnon)," \
  "VmHWM $(status_field VmHWM)), $(grep --count --invert-match '^#' "$folder/page") series"
if ((rss > limit_kib)); then
  echo "more than $limit_kib KiB" >&2
  exit 1
fi
