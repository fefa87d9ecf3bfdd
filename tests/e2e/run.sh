#!/usr/bin/env bash
# Golden end-to-end test: the real program on recorded trees of /proc and /sys, the whole page compared.
#
#   tests/e2e/run.sh [-u] [TREE...]
#
# TREE is a folder of tests/fixtures that has proc and sys; without one, every TREE.metrics here is
# tested. -u writes the golden files anew: look at the difference before you commit it.
set -euo pipefail
# shellcheck source=../support/exporter.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/exporter.sh"

golden_folder=$repository/tests/e2e
# What differs between two runs on the same tree: the exporter's own process and times, its build,
# how late its timer was, the age of the tree's folders (a container's start), and file systems, which
# statvfs(2) tells of this machine.
volatile='^(# (HELP|TYPE) )?(process_|airflow_host_exporter_(build_info|memory_locked|log_messages_'
volatile+='dropped_total|collector_(duration|last_success_timestamp)_seconds)|airflow_host_stall_'
volatile+='seconds_total|airflow_host_filesystem_|airflow_container_start_timestamp_seconds)'

update=no
if [[ ${1:-} == -u ]]; then
  update=yes
  shift
fi
trees=("$@")
if ((${#trees[@]} == 0)); then
  for file in "$golden_folder"/*.metrics; do
    if [[ -e $file ]]; then trees+=("$(basename "$file" .metrics)"); fi
  done
fi
if ((${#trees[@]} == 0)); then
  echo "e2e: no tree is named and tests/e2e has no golden file" >&2
  exit 1
fi

pid=''
page=$(mktemp)
log=$(mktemp)
clean_up() {
  if [[ -n $pid ]]; then
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  fi
  rm -f "$page" "$log"
}
trap clean_up EXIT

# Writes the page of one tree, without its volatile lines, to the file $page.
record() {
  local root=$repository/tests/fixtures/$1 url
  if [[ ! -d $root/proc || ! -d $root/sys ]]; then
    echo "e2e: $root has no proc and sys" >&2
    return 1
  fi
  url=127.0.0.1:$(free_port)
  # No Airflow, no engine and no kernel log may be found: neither this machine's nor this user's.
  env --ignore-environment HOME=/nonexistent "$exporter" --web.listen-address="$url" \
    --path.procfs="$root/proc" --path.sysfs="$root/sys" --path.rootfs="$root" \
    --path.kmsg="$root/dev/kmsg" --container.docker-socket= --container.podman-socket= >"$log" 2>&1 &
  pid=$!
  wait_for_page "http://$url/readyz" "$pid" || {
    cat "$log" >&2
    return 1
  }
  curl --fail --silent --show-error "http://$url/metrics" | grep -Ev "$volatile" >"$page"
  kill "$pid"
  wait "$pid"
  pid=''
}

failed=0
for tree in "${trees[@]}"; do
  golden=$golden_folder/$tree.metrics
  if ! record "$tree"; then
    failed=$((failed + 1))
  elif [[ $update == yes ]]; then
    cp "$page" "$golden"
    echo "e2e: wrote $golden"
  elif diff --unified "$golden" "$page"; then
    echo "e2e: $tree is as recorded"
  else
    echo "e2e: $tree differs; tests/e2e/run.sh -u $tree records it anew" >&2
    failed=$((failed + 1))
  fi
done
exit $((failed > 0))
