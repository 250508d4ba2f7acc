#!/usr/bin/env bash
# Takes a backup of everything that Fidelity keeps, while it runs or while only its servers do: every schema as of one
# moment, the broker's definitions, and a manifest with counts and checksums. It is complete when its folder is there.
#
#   deploy/backup.sh [FOLDER] [--secrets FILE]
#
#   FOLDER           a folder that does not exist yet (default: one named after the time, in $FIDELITY_DATA/backups)
#   --secrets FILE   also writes the installation's secrets to FILE, outside FOLDER. A backup is of no use without them,
#                    because streams are found by keys that the secret makes. They do not change: once is enough
#
# A backup holds what families said. Its files can be read by their owner only; encrypt it before it leaves the machine.
#
# Messages that are in the broker are not in the backup, and need not be: every service stores before it sends, and after
# a restore sends everything again that may not have arrived.
#
# Environment:
#   FIDELITY_DATA          as for up.sh
#   FIDELITY_POSTGRES, FIDELITY_RABBITMQ   as for up.sh, when the servers are your own
#   FIDELITY_RABBITMQ_API  where the management plugin of your own broker answers, such as http://127.0.0.1:15672; without
#                          it the definitions of your own broker are left out
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
. "$here/lib/console.sh"

folder='' secrets=''
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
      [[ -z $folder ]] || wrong_use=yes
      folder=$1
      ;;
  esac
  (($#)) && shift
done
if [[ ${wrong_use:-} ]]; then
  usage_of "$0" >&2
  exit 2
fi

. "$here/lib/installation.sh"
. "$here/lib/backup.sh"
[[ -d ${FIDELITY_DATA:-$ROOT/.run} ]] || fail "There is no installation in ${FIDELITY_DATA:-$ROOT/.run}; set FIDELITY_DATA to the one that is meant."
open_data_folder
only_one_at_a_time
folder=$(realpath -m -- "${folder:-$FIDELITY_DATA/backups/$(date -u +%Y-%m-%dT%H%M%SZ)}")
[[ ! $secrets ]] || secrets=$(realpath -m -- "$secrets")
[[ $secrets/ != "$folder"/* ]] || fail "The secrets do not belong into the backup: give --secrets a place outside $folder."
use_servers

say "Copying $FIDELITY_DATA"
take_backup "$folder"
if [[ $secrets ]]; then
  save_secrets "$secrets"
else
  say "The secrets are not in it. Without them it cannot be used: deploy/backup.sh --secrets FILE writes them, once."
fi
