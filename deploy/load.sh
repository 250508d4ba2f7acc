#!/usr/bin/env bash
# Imports a programme's files: dry run, report, accept, and wait until every review has settled.
#
#   deploy/load.sh FOLDER|FILE.zip|FILE.xlsx [--programme NAME] [--accept-good-rows]
#
#   --programme NAME     where the rows go; needed when the installation has several programmes
#   --accept-good-rows   accept an import whose dry run found errors; the rows with errors are left out
#
# Environment:
#   FIDELITY_URL     the portal's address (default: http://127.0.0.1:$FIDELITY_PORT, with port 8080)
#   FIDELITY_TOKEN   a token with the purposes submit_records and follow_team (default: the one of the installation in FIDELITY_DATA)
#
# Exits 0 when every row was recorded, 1 when rows were refused or the import failed, 2 when called wrongly.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
. "$here/lib/console.sh"

# Without any news for this long, waiting is left to whoever reads the import's page.
PATIENCE=300
# Lines of a report that are worth a screen.
REPORT_LINES=40

source='' programme='' accept_good_rows=''
while (($#)); do
  case $1 in
    --help)
      usage_of "$0"
      exit 0
      ;;
    --programme)
      programme=${2:-}
      [[ $programme ]] || wrong_use=yes
      shift
      ;;
    --accept-good-rows) accept_good_rows=yes ;;
    -*) wrong_use=yes ;;
    *)
      [[ -z $source ]] || wrong_use=yes
      source=$1
      ;;
  esac
  (($#)) && shift
done
if [[ ${wrong_use:-} || -z $source ]]; then
  usage_of "$0" >&2
  exit 2
fi
. "$here/lib/portal.sh"

# request [OPTION…] PATH: fills $answer with the body.
request() { ask "$answer" --header 'Accept: text/plain' "$@"; }

# value KEY: of the import as last answered; 0 when it does not say.
value() {
  local line
  line=$(grep -m 1 "^$1=" "$answer") || line=$1=0
  printf '%s' "${line#*=}" | tr -d '\r'
}

# wait_until STATES SHOW: polls the import, shows how far it is with the function SHOW, and ends when its state is one of STATES.
wait_until() {
  local states=$1 show=$2 last='' news=$SECONDS said=$SECONDS line
  while request "/api/v1/imports/$id"; [[ " $states " != *" $(value state) "* ]]; do
    line=$($show)
    if [[ $(<"$answer") != "$last" ]]; then
      last=$(<"$answer") news=$SECONDS
    elif ((SECONDS - news >= PATIENCE)); then
      fail "Nothing has changed for $PATIENCE seconds ($line). The import goes on by itself; see $url/api/v1/imports/$id, and $url/operations for what is held up."
    fi
    if [[ -t 1 ]]; then
      transient "  $line"
    elif ((SECONDS - said >= 10)); then
      say "  $line"
      said=$SECONDS
    fi
    sleep 0.5
  done
  end_transient
}

checking() { printf 'checking: %s rows so far, %s errors' "$(value rows)" "$(value errors)"; }
recording() {
  printf 'recording: %s of %s rows answered, %s recorded, %s waiting, %s refused' \
    "$(value answered)" "$(($(value new) + $(value changes)))" "$(value recorded)" "$(value waiting)" "$(value refused)"
}

# show_report: the first lines of what is wrong, and where all of it is.
show_report() {
  request "/api/v1/imports/$id/report.csv"
  head -n "$((REPORT_LINES + 1))" -- "$answer" | sed 's/\r$//; s/^/    /' >&2
  local lines
  lines=$(wc -l <"$answer")
  if ((lines > REPORT_LINES + 1)); then printf '    … and %s more\n' "$((lines - REPORT_LINES - 1))" >&2; fi
  printf 'The whole report: %s/api/v1/imports/%s/report.csv\n' "$url" "$id" >&2
}

# What to send.
files=()
if [[ -d $source ]]; then
  shopt -s nullglob nocaseglob
  files=("${source%/}"/*.csv)
  shopt -u nullglob nocaseglob
  ((${#files[@]})) || fail "There is no .csv file in $source."
elif [[ -f $source && ${source,,} == *.@(zip|xlsx|csv) ]]; then
  files=("$source")
else
  fail "$source is neither a folder nor a .zip or .xlsx file."
fi
form=()
for file in "${files[@]}"; do
  # curl wants quotes and backslashes in a quoted file name escaped.
  file=${file//\\/\\\\}
  form+=(--form "files=@\"${file//\"/\\\"}\"")
done

# Where to.
if [[ -z $programme ]]; then
  request /api/v1/programmes
  mapfile -t programmes < <(tr -d '\r' <"$answer" | grep .)
  case ${#programmes[@]} in
    0) programme=main ;;
    1) programme=${programmes[0]} ;;
    *) fail "There are ${#programmes[@]} programmes (${programmes[*]}); say which with --programme NAME." ;;
  esac
fi
[[ $programme =~ ^[a-z0-9-]{1,40}$ ]] || fail "'$programme' is no programme's name; use up to 40 of a-z, 0-9 and -."

# Dry run.
started=$SECONDS
say "Importing ${#files[@]} file(s) from $source into programme $programme"
request "${form[@]}" "/api/v1/imports?programme=$programme"
id=$(value id)
[[ $id != 0 ]] || fail "The portal took the files but named no import."
wait_until "checked accepted settled" checking
say "  checked: $(value rows) rows: $(value new) new, $(value known) known, $(value changes) changed, $(value errors) errors"
checked_errors=$(value errors)
if ((checked_errors > 0)); then
  if [[ -z $accept_good_rows ]]; then
    show_report
    fail "Nothing was written. Correct the files, or accept the other rows with --accept-good-rows."
  fi
  (show_report)
  say "  going on without the rows that have errors"
fi

# The real one.
request --request POST --data '' "/api/v1/imports/$id/accept${accept_good_rows:+?goodRowsOnly=true}"
wait_until settled recording
say "  settled: $(value recorded) rows recorded, $(value waiting) waiting, $(value refused) refused ($((SECONDS - started)) s)"
left_out=$(($(value errors) - checked_errors))
if ((left_out > 0)); then
  show_report
  fail "$left_out more errors came up while the rows were recorded, since something else had been recorded in the meantime; those rows were left out."
fi
if (($(value refused) > 0)); then
  refused=$(value refused)
  show_report
  fail "$refused rows were refused by the service that owns them; all others are recorded."
fi
