#!/usr/bin/env bash
# Computes a presented review again from its position in the event store, and says whether the figures come out the same to the bit.
#
#   deploy/reproduce.sh PROGRAMME TEAM PERIOD
#
#   PERIOD   for example 2026-H1
#
# Ends with 0 when they do, or when they stand because a case in the review has been erased; with 1 otherwise.
#
# Environment:
#   FIDELITY_DATA, FIDELITY_PORT, FIDELITY_POSTGRES  as for up.sh; PostgreSQL has to run, the services need not
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
. "$here/lib/console.sh"

if (($# != 3)) || [[ $1 == -* ]]; then
  usage_of "$0"
  [[ ${1:-} == --help ]] && exit 0 || exit 2
fi

. "$here/lib/installation.sh"
require_service Pir
open_data_folder
use_postgres
use_rabbitmq
export FIDELITY_SECRET_FILE=$FIDELITY_DATA/secret
require_accounts
as_service Pir env Logging__LogLevel__Default=Warning dotnet "$APP/Pir/Fidelity.Pir.dll" --reproduce "$@"
