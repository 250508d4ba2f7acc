# Long-running processes: started detached, remembered by pid and start time, stopped exactly.
# A pid alone may belong to someone else tomorrow; pid, start time and boot together never do.

BOOT=$(</proc/sys/kernel/random/boot_id)

# started_at PID: its start time in clock ticks since boot; fails when there is no such process or it is a zombie.
started_at() {
  local stat fields
  { IFS= read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  # The second field is the program's name in parentheses, which may hold anything; count from behind it.
  read -ra fields <<<"${stat##*) }"
  [[ ${fields[0]} != [ZX] ]] || return 1
  printf '%s' "${fields[19]}"
}

# pid_of NAME: the pid of what we started under this name, if it still runs.
pid_of() {
  local pid start boot
  { read -r pid start boot <"$PIDS/$1"; } 2>/dev/null || return 1
  [[ $boot == "$BOOT" && $(started_at "$pid") == "$start" ]] || return 1
  printf '%s' "$pid"
}

is_running() { pid_of "$1" >/dev/null; }

# start_process NAME COMMAND…: detached from this script and its terminal, output to $LOGS/NAME.log.
# The log of the run before is kept beside it as NAME.log.1.
start_process() {
  local name=$1 log=$LOGS/$1.log pid
  shift
  if [[ -s $log ]]; then mv -f -- "$log" "$log.1"; fi
  setsid "$@" </dev/null >"$log" 2>&1 9>&- &
  pid=$!
  printf '%s %s %s\n' "$pid" "$(started_at "$pid" || echo 0)" "$BOOT" >"$PIDS/$name"
}

# signal_process NAME SIGNAL: fails when it does not run.
signal_process() {
  local pid
  pid=$(pid_of "$1") && kill -s "$2" "$pid" 2>/dev/null
}

# stop_process NAME SECONDS SIGNAL…: sends each signal in turn and gives it that many seconds.
stop_process() {
  local name=$1 patience=$2 signal deadline
  shift 2
  [[ -e $PIDS/$name ]] || return 0
  for signal; do
    signal_process "$name" "$signal" || break
    transient "  $name: stopping"
    deadline=$((SECONDS + patience))
    while is_running "$name" && ((SECONDS < deadline)); do sleep 0.1; done
  done
  if is_running "$name"; then fail "$name (pid $(pid_of "$name")) does not stop."; fi
  rm -f -- "$PIDS/$name"
  step "$name" "stopped"
}

# port_answers PORT: something listens there on 127.0.0.1.
port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

require_free_port() {
  if port_answers "$1"; then
    fail "Port $1 on 127.0.0.1, needed for $2, is used by another program. Set FIDELITY_PORT to move all ports (it is $FIDELITY_PORT)."
  fi
}

# wait_for NAME SECONDS COMMAND…: until the command succeeds; fails early, with the log, when the process ends.
wait_for() {
  local name=$1 started=$SECONDS deadline=$((SECONDS + $2)) log=$LOGS/$1.log
  shift 2
  until "$@" >/dev/null 2>&1; do
    is_running "$name" || fail_with_log "$log" "$name stopped while starting."
    ((SECONDS < deadline)) || fail_with_log "$log" "$name is not ready after $((SECONDS - started)) seconds."
    transient "  $name: starting, $((SECONDS - started)) s"
    sleep 0.2
  done
}
