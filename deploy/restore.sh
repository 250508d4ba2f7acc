#!/usr/bin/env bash
# Restores a backup into an empty installation. Then deploy/up.sh starts it; deploy/upgrade.sh instead when the backup is
# of an earlier version.
#
#   deploy/restore.sh FOLDER [--secrets FILE]
#
#   FOLDER           what deploy/backup.sh made
#   --secrets FILE   what deploy/backup.sh --secrets wrote, or the data folder that the backup was taken from; not needed
#                    where the secret is in place
#
# Nothing is overwritten: a database with anything in it, or a broker with messages, is refused. The checksums are verified
# first, and the events counted afterwards.
#
# What was on its way when the backup was taken is not lost. From its start on, every service publishes all that it ever
# appended once more, and the portal sends again what nobody has answered; whoever has it takes it for a repeat. Pages and
# submissions do not wait for that, but what is new arrives in the reviews behind it. Dead letters are among it: they get
# another try.
#
# Environment, as for up.sh:
#   FIDELITY_DATA, FIDELITY_PORT, FIDELITY_POSTGRES, FIDELITY_RABBITMQ, FIDELITY_NUGET_SOURCE, FIDELITY_APP
#   FIDELITY_RABBITMQ_API  as for backup.sh
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
. "$here/lib/console.sh"

backup='' secrets=''
while (($#)); do
  case $1 in
    --help)
      usage_of "$0"
      exit 0
      ;;
    --secrets)
      secrets=${2:-}
      [[ $secrets ]] || wrong_use=yes
      shift
      ;;
    -*) wrong_use=yes ;;
    *)
      [[ -z $backup ]] || wrong_use=yes
      backup=$1
      ;;
  esac
  (($#)) && shift
done
if [[ ${wrong_use:-} || -z $backup ]]; then
  usage_of "$0" >&2
  exit 2
fi

. "$here/lib/settings.sh"
. "$here/lib/processes.sh"
. "$here/lib/packages.sh"
. "$here/lib/postgres.sh"
. "$here/lib/rabbitmq.sh"
. "$here/lib/servers.sh"
. "$here/lib/build.sh"
. "$here/lib/services.sh"
. "$here/lib/backup.sh"
[[ -e $backup/manifest.json ]] || fail "$backup is no backup: it has no manifest.json."
backup=$(realpath -- "$backup")
open_data_folder
only_one_at_a_time
app=${FIDELITY_APP:-$FIDELITY_DATA/app}
started=$SECONDS

# What can be refused without starting anything is refused first.
for service in "${SERVICES[@]}"; do
  ! is_running "$(lower "$service")" || fail "An installation runs in $FIDELITY_DATA. A backup is restored into an empty one: set FIDELITY_DATA and FIDELITY_PORT to a new folder and a free port."
done
[[ ! -e $FIDELITY_DATA/restoring ]] || fail "A restore into $FIDELITY_DATA was not completed. Remove that folder (and what is in a database of your own) and restore again."
say "Restoring $backup into $FIDELITY_DATA"
check_backup "$backup"
if [[ ! -e $FIDELITY_DATA/secret ]]; then
  [[ $secrets ]] || fail "The secrets that belong to the backup are needed: --secrets FILE."
  [[ ! -e $FIDELITY_DATA/postgres && ! -e $FIDELITY_DATA/rabbitmq ]] || fail "There is an installation without a secret in $FIDELITY_DATA; set FIDELITY_DATA to a new folder."
  load_secrets "$secrets" "$backup"
  step secrets "restored"
elif [[ $(sha256sum <"$FIDELITY_DATA/secret") != "$(in_manifest "$backup" secret_sha256)"* ]]; then
  fail "$FIDELITY_DATA has a secret that is not this backup's; set FIDELITY_DATA to a new folder."
fi

# As up.sh does.
printf '%s\n' "FIDELITY_PORT=$FIDELITY_PORT FIDELITY_TODAY=$FIDELITY_TODAY" "$app" >"$FIDELITY_DATA/settings"
mapfile -t packages < <(needed_packages)
require_packages "${packages[@]}"
own_broker=yes
[[ ! ${FIDELITY_RABBITMQ:-} ]] || own_broker=''
start_servers
if [[ ${FIDELITY_APP:-} ]]; then
  require_runtime
else
  require_sdk
  choose_event_store
  publish_services "$app"
fi
mapfile -t services < <(services_in "$app")
await_servers
export FIDELITY_SECRET_FILE=$FIDELITY_DATA/secret
require_empty_database
publish_again "$app" "${services[@]}"

# From here on, up.sh refuses what is there until all of it is.
: >"$FIDELITY_DATA/restoring"
load_database "$backup"
[[ ! $postgres_accounts ]] || give_postgres_accounts
if [[ -e $backup/broker.json ]]; then load_definitions "$backup/broker.json"; fi
publish_again "$app" "${services[@]}"
in_manifest "$backup" commit >"$FIDELITY_DATA/version"
rm -- "$FIDELITY_DATA/restoring"
step services "will publish again what may have been on its way"

next=up.sh
[[ $(version_of_data) == "$(commit_of "$app")" ]] || next=upgrade.sh
say "Restored in $((SECONDS - started)) s. Nothing has been started yet but the servers; deploy/$next goes on."
