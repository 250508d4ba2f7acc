#!/usr/bin/env bash
# Takes an installation to the version of this folder: builds it, stops the services, takes a backup, makes the queues
# anew with what is in them, makes every read table anew from the events, starts, and says how to go back.
#
#   deploy/upgrade.sh [--backup FOLDER]
#
#   --backup FOLDER   where the backup goes, a folder that does not exist yet (default: as for backup.sh)
#
# The services run until the new version is built; from then on nothing is answered until they are started again. What
# had been accepted stays accepted. When something fails, the cause is named and everything is kept: run it again when the
# cause is gone, or go back.
#
# Events are never rewritten: every version reads what earlier ones stored (deploy/adr/0005-stored-events.md).
#
# Environment:
#   FIDELITY_DATA, FIDELITY_POSTGRES, FIDELITY_RABBITMQ, FIDELITY_NUGET_SOURCE, FIDELITY_APP  as for up.sh; port and date stay as they were
#   FIDELITY_RABBITMQ_API  as for backup.sh
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
. "$here/lib/console.sh"

backup=''
while (($#)); do
  case $1 in
    --help)
      usage_of "$0"
      exit 0
      ;;
    --backup)
      backup=${2:-}
      [[ $backup ]] || wrong_use=yes
      shift
      ;;
    *) wrong_use=yes ;;
  esac
  (($#)) && shift
done
if [[ ${wrong_use:-} ]]; then
  usage_of "$0" >&2
  exit 2
fi

. "$here/lib/installation.sh"
. "$here/lib/packages.sh"
. "$here/lib/services.sh"
. "$here/lib/backup.sh"
[[ -e ${FIDELITY_DATA:-$ROOT/.run}/secret ]] || fail "There is no installation in ${FIDELITY_DATA:-$ROOT/.run} that could be upgraded; deploy/up.sh makes one."
open_data_folder
only_one_at_a_time
[[ ! -e $FIDELITY_DATA/restoring ]] || fail "A restore into $FIDELITY_DATA was not completed; see deploy/restore.sh."
backup=$(realpath -m -- "${backup:-$FIDELITY_DATA/backups/$(date -u +%Y-%m-%dT%H%M%SZ)}")
before=$(version_of_data)
own_postgres=yes own_broker=yes
[[ ! ${FIDELITY_POSTGRES:-} ]] || own_postgres=''
[[ ! ${FIDELITY_RABBITMQ:-} ]] || own_broker=''
started=$SECONDS

# The new version is made while the old one runs.
say "Upgrading $FIDELITY_DATA"
mapfile -t packages < <(needed_packages)
require_packages "${packages[@]}"
if [[ ${FIDELITY_APP:-} ]]; then
  require_runtime
  next=$(cd -- "$FIDELITY_APP" && pwd -P)
else
  require_sdk
  choose_event_store
  next=$FIDELITY_DATA/app.next
  publish_services "$next"
fi
mapfile -t services < <(services_in "$next")
((${#services[@]})) || fail "$next holds no published service."
after=$(commit_of "$next")

how_to_go_back() {
  local data aside kept
  [[ -d $backup ]] || return 0
  # As a shell wants them.
  printf -v data '%q' "$FIDELITY_DATA"
  printf -v aside '%q' "$FIDELITY_DATA.set-aside"
  printf -v kept '%q' "${backup/#"$FIDELITY_DATA/"/"$FIDELITY_DATA.set-aside/"}"
  say "To go back to the version before, with the data as they were then:"
  say "    export FIDELITY_DATA=$data FIDELITY_PORT=$FIDELITY_PORT"
  say "    deploy/down.sh"
  say "    mv $data $aside"
  if [[ ! $own_postgres ]]; then say "    export FIDELITY_POSTGRES=…     # an empty database"; fi
  if [[ ! $own_broker ]]; then say "    export FIDELITY_RABBITMQ=…     # an empty virtual host"; fi
  if [[ $before == unknown ]]; then say "    # take this folder back to the version that ran before"; else say "    git checkout ${before%-dirty}"; fi
  say "    deploy/restore.sh $kept --secrets $aside"
  say "    deploy/up.sh"
}

not_completed() {
  local status=$?
  ((status)) || return 0
  {
    say "The upgrade was not completed. Nothing is lost; run it again when the cause above is gone."
    how_to_go_back
  } >&2
}
trap not_completed EXIT

stop_services
start_servers
await_servers
export FIDELITY_SECRET_FILE=$FIDELITY_DATA/secret
take_backup "$backup"

if [[ ! ${FIDELITY_APP:-} ]]; then
  rm -rf -- "$FIDELITY_DATA/app"
  mv -- "$next" "$FIDELITY_DATA/app"
  next=$FIDELITY_DATA/app
fi

# One service after the other: each sets its queues aside and puts back what was in them.
for service in "${services[@]}"; do
  log=$LOGS/topology-$(lower "$service").log
  watched topology /dev/null declare_topology_of "$next" "$service" --anew || fail_with_log "$log" "The queues of $service could not be made anew. What was in them is there, or in queues beside them whose names end in _aside."
  sed -n 's/^\([a-z_-]*: made anew with [0-9]* messages\)$/              \1/p' -- "$log"
done
step topology "queues made anew, with what was in them"

for service in "${services[@]}"; do
  log=$LOGS/rebuild-$(lower "$service").log
  watched "$(lower "$service")" "$log" run_service "$next" "$service" --rebuild || fail_with_log "$log" "The read tables of $service could not be made anew."
  step "$(lower "$service")" "$(grep -c ': rebuilt from' -- "$log" || true) read models made anew"
done

# up.sh takes the lock itself, starts private servers only where no others are named, and leaves a demonstration one.
exec 9>&-
[[ ! $own_postgres ]] || unset FIDELITY_POSTGRES
[[ ! $own_broker ]] || unset FIDELITY_RABBITMQ
export FIDELITY_DATA FIDELITY_PORT FIDELITY_TODAY
"$here/up.sh"

trap - EXIT
say "Upgraded from ${before:0:7} to ${after:0:7} in $((SECONDS - started)) s."
health=$(curl --silent --noproxy '*' --max-time 30 "http://127.0.0.1:$FIDELITY_PORT/health/ready" | tr -d '\r')
if [[ $health != *'"status": "Healthy"'* ]]; then say "$health"; fi
how_to_go_back
