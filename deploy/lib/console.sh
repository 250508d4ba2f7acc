# Calm output: one line per thing that happened, and failures that name the log to read.

say() { printf '%s\n' "$*"; }

# step WHO WHAT: one aligned progress line.
step() {
  end_transient
  printf '  %-11s %s\n' "$1" "$2"
}

# transient TEXT: a line that the next one replaces. Only on a terminal; logs stay clean.
transient() {
  if [[ -t 1 ]]; then printf '\r\033[K%s' "$*"; fi
}

end_transient() {
  if [[ -t 1 ]]; then printf '\r\033[K'; fi
}

# watched WHO LOG COMMAND…: runs it with its output in the log, and shows the newest line of that while it works.
watched() {
  local who=$1 log=$2 started=$SECONDS pid status=0
  shift 2
  "$@" </dev/null >"$log" 2>&1 9>&- &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    transient "  $who: $((SECONDS - started)) s, $(tail -n 1 -- "$log" | cut -c 1-90)"
    sleep 0.2
  done
  end_transient
  wait "$pid" || status=$?
  return "$status"
}

fail() {
  end_transient
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# fail_with_log LOG MESSAGE: where to read on, and the last lines of it.
fail_with_log() {
  local log=$1
  shift
  end_transient
  printf 'error: %s\n' "$*" >&2
  if [[ -s $log ]]; then
    printf 'The log is %s. Its last lines:\n' "$log" >&2
    tail -n 20 -- "$log" | sed 's/^/    /' >&2
  else
    printf 'The log is %s. It is empty.\n' "$log" >&2
  fi
  exit 1
}

# usage_of SCRIPT: the comment at its top, which is its manual.
usage_of() { sed -n '2,/^[^#]/ { s/^# \{0,1\}//p }' "$1"; }
