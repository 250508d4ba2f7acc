#!/usr/bin/env bash
# Who may come in: the first administrator, and the tokens of programs. Everything else is done on the portal's page /access.
#
#   deploy/access.sh invite ROLE --basis TEXT [--for WHO] [--programme NAME] [--team ID] [--days N]
#   deploy/access.sh make-token PROGRAM --purposes LIST [--programme NAME] [--days N]
#   deploy/access.sh list-tokens
#   deploy/access.sh revoke-token ID
#   deploy/access.sh check-log [--expect HASH]
#
#   invite       makes an account with a grant and prints the one-time link by which its holder takes it up. ROLE is
#                administrator, auditor, programme_director or consultant; without --programme, the first two have all
#                programmes. WHO is a name that the administrators will know the account by; TEXT is what the grant rests on.
#   make-token   prints a new token. LIST is one or more of submit_records, follow_team, see_cases, with commas between.
#   check-log    walks the access log from its beginning and names the first entry that was altered, taken out or put in. It prints
#                the hash of the last one: keep it elsewhere, and give it as HASH the next time, to see as well that no end was cut off.
#
# What is not given: 365 days, every programme.
#
# Environment:
#   FIDELITY_DATA      as for up.sh
#   FIDELITY_URL       the portal's address, as its users have it (default: http://127.0.0.1:$FIDELITY_PORT)
#   FIDELITY_POSTGRES  an Npgsql connection string (default: the installation's own)
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
  invite | make-token | list-tokens | revoke-token | check-log) ;;
  *)
    usage_of "$0" >&2
    exit 2
    ;;
esac

. "$here/lib/installation.sh"
require_service Portal
use_postgres
open_data_folder
require_accounts
export FIDELITY_SECRET_FILE=${FIDELITY_SECRET_FILE:-$FIDELITY_DATA/secret}
export FIDELITY_RABBITMQ=${FIDELITY_RABBITMQ:-amqp://127.0.0.1/}
if [[ ${settings:-} =~ FIDELITY_TODAY=([0-9-]+) ]]; then export FIDELITY_TODAY=${BASH_REMATCH[1]}; fi
if [[ $1 == invite ]]; then set -- "$@" --url "${FIDELITY_URL:-http://127.0.0.1:$FIDELITY_PORT}"; fi
status=0
as_service Portal env -C "$APP/Portal" Logging__LogLevel__Default=Warning dotnet Fidelity.Portal.dll --access "$@" || status=$?
if ((status == 2)); then usage_of "$0" >&2; fi
exit "$status"
