# Fidelity's own processes.

# lower SERVICE: the name used for pid files and logs.
lower() { printf '%s' "${1,,}"; }

port_of() {
  case $1 in
    Portal) printf '%s' "$FIDELITY_PORT" ;;
    Roster) printf '%s' "$((FIDELITY_PORT + 1))" ;;
    Tam) printf '%s' "$((FIDELITY_PORT + 2))" ;;
    Pir) printf '%s' "$((FIDELITY_PORT + 3))" ;;
    Surveys) printf '%s' "$((FIDELITY_PORT + 4))" ;;
  esac
}

is_ready() { curl --silent --fail --noproxy '*' --max-time 3 --output /dev/null "http://127.0.0.1:$(port_of "$1")/health/ready"; }

# services_in APP: those of SERVICES that are published there.
services_in() {
  local service
  for service in "${SERVICES[@]}"; do
    [[ ! -e $1/$service/Fidelity.$service.dll ]] || printf '%s\n' "$service"
  done
}

# declare_topology APP SERVICE…: every exchange, queue and binding, before any service starts. All at once, then each answer.
declare_topology() {
  local app=$1 service pids=() failed='' index=0
  shift
  for service; do
    declare_topology_of "$app" "$service" &
    pids+=($!)
  done
  for service; do
    wait "${pids[index]}" || failed=${failed:-$service}
    index=$((index + 1))
  done
  [[ -z $failed ]] || fail_with_log "$LOGS/topology-$(lower "$failed").log" "$failed could not declare its exchanges and queues."
  step topology "exchanges, queues and bindings declared"
}

# declare_topology_of APP SERVICE [--anew]: a broker that has only just started may keep an answer to itself, so up to three times.
declare_topology_of() {
  local attempt
  for attempt in 1 2 3; do
    ! as_deploy run_service "$1" "$2" --declare-topology "${@:3}" >"$LOGS/topology-$(lower "$2").log" 2>&1 || return 0
    ! grep --quiet 'deploy/upgrade.sh' "$LOGS/topology-$(lower "$2").log" || return 1
    ((attempt == 3)) || sleep 1
  done
  return 1
}

# run_service APP SERVICE OPTION…: a service's program, for one of the things it does besides serving.
run_service() { as_service "$2" env -C "$1/$2" dotnet "Fidelity.$2.dll" "${@:3}" </dev/null 9>&-; }

# start_service APP SERVICE: in its own folder, where its pages and settings are.
start_service() {
  local app=$1 service=$2 port addresses
  port=$(port_of "$service")
  require_free_port "$port" "$service"
  addresses=("ASPNETCORE_URLS=http://127.0.0.1:$port")
  if [[ $service == Portal && $FIDELITY_HTTPS ]]; then
    addresses=("ASPNETCORE_URLS=http://127.0.0.1:$port;https://$FIDELITY_HTTPS" "Kestrel__Certificates__Default__Path=$FIDELITY_CERTIFICATE" \
      "Kestrel__Certificates__Default__KeyPath=$FIDELITY_CERTIFICATE_KEY")
  fi
  as_service "$service" start_process "$(lower "$service")" env -C "$app/$service" "${addresses[@]}" \
    dotnet "Fidelity.$service.dll"
}

wait_for_service() {
  local name
  name=$(lower "$1")
  wait_for "$name" 120 is_ready "$1"
  step "$name" "ready on 127.0.0.1:$(port_of "$1") ($((SECONDS - $2)) s)"
}

stop_services() {
  local service
  # All are told first, so that they finish side by side.
  for service in "${SERVICES[@]}"; do signal_process "$(lower "$service")" TERM || true; done
  for service in "${SERVICES[@]}"; do stop_process "$(lower "$service")" 30 TERM KILL; done
}
