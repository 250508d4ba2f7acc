#!/usr/bin/env bash
# Dead letters: messages that a service could not handle. Lists them, shows them, hands them back. Needs the broker only;
# the services may be down.
#
#   deploy/deadletters.sh list
#   deploy/deadletters.sh show QUEUE [MESSAGE-ID]
#   deploy/deadletters.sh return QUEUE MESSAGE-ID|--all
#   deploy/deadletters.sh discard QUEUE MESSAGE-ID --reason TEXT
#
#   list      every queue with its number of dead letters, the age of the oldest, and their causes
#   show      one line for each message; with its id, or when there is only one, everything: cause, exception, headers
#             and body. Bodies are about families: show them to nobody who may not see them.
#   return    puts a message back on the inbox it failed on, as it was, once its cause has been removed. --all takes those
#             that are there now. A message that is handled twice changes nothing, so returning again is safe.
#   discard   puts a message away that nobody will ever be able to handle: what it asks for does not happen. It is kept
#             in the queue `discarded` for 30 days with TEXT and your user name, and can be returned from there.
#
# QUEUE is roster, tam, surveys, pir, portal, portal-answers or discarded.
#
# Looking takes nothing away: messages are held for a moment and are there again when the look ends. A message is confirmed
# where it goes before it is taken from where it was, so ending this in the middle loses nothing.
#
# Environment:
#   FIDELITY_DATA      as for up.sh
#   FIDELITY_RABBITMQ  the broker's amqp:// address (default: the installation's own)
#   FIDELITY_APP       a folder of published services (default: the installation's)
#
# Exits 0 when it was done, 1 when it could not be done, 2 when called wrongly.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
. "$here/lib/console.sh"

case ${1:-} in
  --help)
    usage_of "$0"
    exit 0
    ;;
  list | show | return | discard) ;;
  *)
    usage_of "$0" >&2
    exit 2
    ;;
esac

. "$here/lib/installation.sh"
require_service Portal
use_rabbitmq
exec dotnet "$APP/Portal/Fidelity.Portal.dll" --dead-letters "$@"
