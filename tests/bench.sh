#!/usr/bin/env bash
# Measures Fidelity on this machine: starts a private installation with durable commits, as up.sh does for everybody, runs the
# benchmarks against it, stops it, and prints one line of JSON for each figure, beside the baseline taken in the same run.
#
#   tests/bench.sh [BENCHMARK…]
#
#   BENCHMARK   import, submissions, forms, overview, existence, rebuild, events, exports, broker; without any, all of them
#
# Environment:
#   FIDELITY_BENCH_EVENTS   events appended while the broker is away (default: 200000)
#   FIDELITY_BENCH_ROWS     interviews that are exported (default: 1000000)
#
# Nothing else should run on the machine meanwhile. Progress goes to standard error.
set -euo pipefail

tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
deploy=$tests/../deploy

if [[ ${1:-} == -* ]]; then
  sed -n '2,/^[^#]/ { s/^# \{0,1\}//p }' "$0"
  [[ $1 == --help ]] && exit 0 || exit 2
fi

unset FIDELITY_POSTGRES FIDELITY_RABBITMQ FIDELITY_APP FIDELITY_URL
FIDELITY_DATA=$(mktemp -d "${TMPDIR:-/tmp}/fidelity-bench.XXXXXX")
chmod 711 "$FIDELITY_DATA"
. "$tests/lib/ports.sh"
FIDELITY_PORT=$(free_block)
FIDELITY_DEMO=0
FIDELITY_TODAY=2026-10-31
export FIDELITY_DATA FIDELITY_PORT FIDELITY_DEMO FIDELITY_TODAY

clean_up() {
  local result=$?
  trap - EXIT INT TERM
  "$deploy/down.sh" >&2 || true
  rm -rf -- "$(readlink -f -- "$FIDELITY_DATA/postgres")" "$FIDELITY_DATA"
  exit "$result"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

"$deploy/up.sh" >&2
. "$deploy/lib/console.sh"
. "$deploy/lib/installation.sh"
use_postgres
use_rabbitmq
export FIDELITY_URL=http://127.0.0.1:$FIDELITY_PORT FIDELITY_REBUILD=$deploy/rebuild.sh FIDELITY_UP=$deploy/up.sh FIDELITY_ACCESS=$deploy/access.sh
if ! dotnet build "$tests/Fidelity.Benchmarks" --configuration Release "${BUILD_PROPERTIES[@]}" >"$LOGS/benchmarks.log" 2>&1; then
  fail_with_log "$LOGS/benchmarks.log" "The benchmarks do not build."
fi

printf '{"machine":"%s","cores":%s,"memory_gb":%s,"postgres":"%s","rabbitmq":"%s","dotnet":"%s","commit":"%s"}\n' \
  "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" "$(awk '/MemTotal/ { printf "%d", $2 / 1048576 }' /proc/meminfo)" \
  "$(dpkg-query --show --showformat='${Version}' postgresql)" "$(dpkg-query --show --showformat='${Version}' rabbitmq-server)" \
  "$(dotnet --version)" "$(git -C "$ROOT" rev-parse --short HEAD 2>/dev/null || echo unknown)"
"$tests/Fidelity.Benchmarks/bin/Release/net10.0/Fidelity.Benchmarks" "$@"
