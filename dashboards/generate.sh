#!/usr/bin/env bash
# Makes the dashboards, airflow-host-*.json beside this script, from their sources in source/.
#
#   dashboards/generate.sh [--check]
#
# --check: writes nothing; says which file differs from its source and exits with 1 where one does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

check=no
case ${1:-} in
  '') ;;
  --check) check=yes ;;
  *)
    echo "usage: dashboards/generate.sh [--check]" >&2
    exit 2
    ;;
esac

generated=$(mktemp --directory)
trap 'rm -r "$generated"' EXIT
status=0
for source in source/*.jsonnet; do
  file=$(basename "$source" .jsonnet).json
  jsonnet --output-file "$generated/$file" "$source"
  if [[ $check == no ]]; then
    cp "$generated/$file" "$file"
  elif ! diff --unified "$file" "$generated/$file"; then
    status=1
  fi
done
if ((status != 0)); then
  echo "generate: the dashboards differ from their sources; run dashboards/generate.sh" >&2
fi
exit "$status"
