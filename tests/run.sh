#!/usr/bin/env bash
# The one test command: installs what is missing, starts a private PostgreSQL and RabbitMQ, builds, runs every test
# project, stops what it started, and ends with a line `N passed, N failed`.
#
#   tests/run.sh [--only PATTERN] [--marten] [--screenshots]
#
#   --only PATTERN   only the test projects whose name contains PATTERN (a shell pattern)
#   --marten         insist on Marten itself instead of the substitute, and fail when the package feed has none; where the
#                    feed lacks the versions of what Marten depends on, the nearest that it has will do. Builds the
#                    conformance suite with the substitute as well, so that each continues what the other wrote
#   --screenshots    keep screenshots of the pages in artifacts/screenshots
#
# Environment:
#   FIDELITY_NUGET_SOURCE   a package source besides the machine's own
#   FIDELITY_TEST_CHROMIUM  the browser to use (default: Debian's chromium)
set -euo pipefail

tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
deploy=$tests/../deploy

only='*' insist_on_marten='' screenshots=''
while (($#)); do
  case $1 in
    --only)
      only="*${2:?--only wants a pattern}*"
      shift
      ;;
    --marten) insist_on_marten=yes ;;
    --screenshots) screenshots=yes ;;
    *)
      sed -n '2,/^[^#]/ { s/^# \{0,1\}//p }' "$0"
      [[ $1 == --help ]] && exit 0 || exit 2
      ;;
  esac
  shift
done

# The tests get their own installation, wherever the caller's own is.
unset FIDELITY_DATA FIDELITY_PORT FIDELITY_TODAY FIDELITY_POSTGRES FIDELITY_RABBITMQ FIDELITY_APP FIDELITY_DEMO FIDELITY_URL
FIDELITY_DATA=$(mktemp -d "${TMPDIR:-/tmp}/fidelity-tests.XXXXXX")
chmod 711 "$FIDELITY_DATA"

. "$tests/lib/ports.sh"
FIDELITY_PORT=$(free_block)

. "$deploy/lib/console.sh"
. "$deploy/lib/settings.sh"
. "$deploy/lib/processes.sh"
. "$deploy/lib/packages.sh"
. "$deploy/lib/postgres.sh"
. "$deploy/lib/rabbitmq.sh"
. "$deploy/lib/build.sh"

passed=0 failed=0 skipped=0
declare -A running=()

# Everything a test starts inherits this mark, so that what a failed test leaves behind can be found and ended exactly.
FIDELITY_TEST_RUN=${FIDELITY_DATA##*.}-$$

end_what_tests_left() {
  local environment pid left=()
  for environment in /proc/[0-9]*/environ; do
    pid=${environment//[!0-9]/}
    if [[ $pid != "$$" && $pid != "$BASHPID" ]] &&
      grep --quiet --text --null-data --line-regexp --fixed-strings "FIDELITY_TEST_RUN=$FIDELITY_TEST_RUN" "$environment" 2>/dev/null; then
      left+=("$pid")
    fi
  done
  ((${#left[@]})) || return 0
  step tests "ending ${#left[@]} process(es) that tests left running"
  kill -s KILL "${left[@]}" 2>/dev/null || true
}

clean_up() {
  local result=$?
  trap - EXIT INT TERM
  set +e
  end_what_tests_left
  stop_rabbitmq >/dev/null
  stop_postgres >/dev/null
  if ((result == 0)); then
    rm -rf -- "$(readlink -f -- "$FIDELITY_DATA/postgres")" "$FIDELITY_DATA"
  else
    # Only what helps to understand the failure stays.
    rm -rf -- "$(readlink -f -- "$FIDELITY_DATA/postgres")" "$FIDELITY_DATA"/{postgres,rabbitmq,app,build,marten,substitute}
    step tests "logs and results stay in $FIDELITY_DATA"
  fi
  if [[ ${verdict:-} ]]; then say "$verdict"; fi
  exit "$result"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

open_data_folder
results=$FIDELITY_DATA/results
install -d -m 700 -- "$results"

say "Testing Fidelity in $FIDELITY_DATA"
require_sdk
packages=(curl tzdata postgresql rabbitmq-server xz-utils)
# What exports are opened with, as those who get them do.
packages+=(libreoffice-calc)
[[ ${FIDELITY_TEST_CHROMIUM:-} ]] || packages+=(chromium)
# For the OpenID provider that sign-in is tested with.
command -v npm >/dev/null || packages+=(npm)
require_packages "${packages[@]}"

# As in production, but without waiting for the disk: nothing in these databases outlives the run.
POSTGRES_SETTINGS=(-c fsync=off -c full_page_writes=off -c max_connections=400)
start_postgres
start_rabbitmq

choose_event_store ${insist_on_marten:+nearest}
say "Event store: $EVENT_STORE"
if [[ $insist_on_marten && $USE_MARTEN == false ]]; then
  tail -n 5 -- "$LOGS/marten.log" >&2 || true
  fail "--marten was given, but Marten cannot be used here; its restore said the above."
fi

build_started=$SECONDS
transient "  build: building the solution"
# Quiet on success; on failure each message once.
if ! dotnet build "$ROOT/Fidelity.sln" --configuration Release "-p:UseMarten=$USE_MARTEN" \
  "${BUILD_PROPERTIES[@]}" >"$LOGS/solution.log" 2>&1; then
  grep -E '(error|warning) [A-Z]+[0-9]+' -- "$LOGS/solution.log" | sort -u | head -n 50 >&2 || true
  fail "The solution does not build; the errors are above, everything is in $LOGS/solution.log."
fi
step build "solution built ($((SECONDS - build_started)) s)"
if [[ $insist_on_marten ]]; then
  # In a folder of its own, beside the same sources built with Marten.
  name=Fidelity.MartenSubstitute.Tests
  dotnet build "$tests/services/$name/$name.csproj" --configuration Release -p:UseMarten=false \
    --artifacts-path "$FIDELITY_DATA/substitute" "${BUILD_PROPERTIES[@]}" >"$LOGS/substitute.log" 2>&1 ||
    fail_with_log "$LOGS/substitute.log" "The conformance suite does not build with the substitute."
  export FIDELITY_TEST_OTHER_STORE=$FIDELITY_DATA/substitute/bin/$name/release/$name
  step build "conformance suite built with the substitute too"
fi
publish_services "$FIDELITY_DATA/app" --no-build

await_postgres
await_rabbitmq

export FIDELITY_TEST_RUN
FIDELITY_TEST_POSTGRES=$(postgres_connection postgres postgres)
FIDELITY_TEST_RABBITMQ=$(rabbitmq_uri)
FIDELITY_TEST_RABBITMQCTL=$FIDELITY_DATA/rabbitmq/rabbitmqctl
FIDELITY_TEST_CHROMIUM=${FIDELITY_TEST_CHROMIUM:-$(command -v chromium)}
export FIDELITY_TEST_POSTGRES FIDELITY_TEST_RABBITMQ FIDELITY_TEST_RABBITMQCTL FIDELITY_TEST_CHROMIUM
export FIDELITY_APP=$FIDELITY_DATA/app
if [[ $screenshots ]]; then
  export FIDELITY_TEST_SCREENSHOTS=$ROOT/artifacts/screenshots
  mkdir -p -- "$FIDELITY_TEST_SCREENSHOTS"
fi

# run_project PROJECT: one executable, at most an hour; its output, results and time into $results.
run_project() {
  local project=$1 name executable started=$SECONDS status=0
  name=$(basename "$project" .csproj)
  # The assembly may be named otherwise than its project; its run-time configuration is the only one of a test.
  executable=$(printf '%s\n' "${project%/*}"/bin/Release/net10.0/*.Tests.runtimeconfig.json | head -n 1)
  executable=${executable%.runtimeconfig.json}
  if [[ -x $executable ]]; then
    timeout --kill-after=20 60m "$executable" -noColor -noLogo -reporter verbose -xml "$results/$name.xml" \
      >"$results/$name.log" 2>&1 </dev/null || status=$?
    ((status != 124 && status != 137)) || echo "Stopped after 60 minutes, in: $(begun_only "$results/$name.log")" >>"$results/$name.log"
  else
    echo "There is no $executable after the build." >"$results/$name.log"
    status=127
  fi
  echo "$status $((SECONDS - started))" >"$results/$name.done"
}

# begun_only LOG: the tests that began and did not end.
begun_only() {
  comm -23 <(sed -n 's/^ *\(.*\) \[STARTING\].*/\1/p' "$1" | sort) <(sed -n 's/^ *\(.*\) \[FINISHED\].*/\1/p' "$1" | sort)
}

# count_of NAME ATTRIBUTE: of the assembly in the project's XML results; 0 when it wrote none.
count_of() {
  local count=''
  if [[ -e $results/$1.xml ]]; then
    count=$(grep --only-matching --max-count=1 "<assembly .*" "$results/$1.xml" | sed -n "s/^[^>]* $2=\"\([0-9]*\)\".*/\1/p")
  fi
  printf '%s' "${count:-0}"
}

# report_project NAME: one line, and everything it said when it failed.
report_project() {
  local name=$1 status seconds ok bad left out
  read -r status seconds <"$results/$name.done"
  ok=$(count_of "$name" passed)
  bad=$(($(count_of "$name" failed) + $(count_of "$name" errors)))
  left=$(($(count_of "$name" skipped) + $(count_of "$name" not-run)))
  out="$ok passed, $bad failed"
  ((left == 0)) || out+=", $left skipped"
  if ((bad == 0 && status != 0)); then
    bad=1 out+=" — but it ended with status $status"
  elif ((ok + bad == 0)); then
    bad=1 out="no test was executed, which counts as a failure"
  fi
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + left))
  end_transient
  printf '  %-42s %s (%s s)\n' "$name" "$out" "$seconds"
  if ((bad)); then sed -E '/\[(STARTING|FINISHED)\]/d; s/^/    /' -- "$results/$name.log"; fi
}

# await_one: until one of the running projects ends.
await_one() {
  local ended=''
  transient "  running: ${running[*]}"
  wait -n -p ended "${!running[@]}" || true
  report_project "${running[$ended]}"
  unset "running[$ended]"
}

# run_projects AT_ONCE PROJECT…
run_projects() {
  local at_once=$1 project
  shift
  for project; do
    while ((${#running[@]} >= at_once)); do await_one; done
    run_project "$project" &
    running[$!]=$(basename "$project" .csproj)
  done
  while ((${#running[@]})); do await_one; done
}

# Two cores: two projects at once, then those that start the whole system, each alone.
whole_system=() others=()
while read -r project; do
  # Unquoted, because --only takes a pattern.
  # shellcheck disable=SC2053
  [[ $(basename "$project") == $only ]] || continue
  if [[ $project == *EndToEnd* ]]; then whole_system+=("$project"); else others+=("$project"); fi
done < <(find "$tests" -name '*.Tests.csproj' | LC_ALL=C sort)

say "Running $((${#others[@]} + ${#whole_system[@]})) test project(s)"
run_projects 2 "${others[@]}"
run_projects 1 "${whole_system[@]}"

if ((passed + failed == 0)); then
  failed=1
  say "No test was executed, which counts as a failure."
fi
verdict="$passed passed, $failed failed"
((skipped == 0)) || verdict+=", $skipped skipped"
((failed == 0))
