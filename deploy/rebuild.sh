#!/usr/bin/env bash
# Makes a service's read tables anew from its events. The service goes on with the old ones in the meantime; when the new ones
# have caught up, they take their place.
#
#   deploy/rebuild.sh SERVICE [READ-MODEL]
#
#   SERVICE      Tam, Surveys, Pir or Portal
#   READ-MODEL   one of the service's read models; without it, all of them
#
# Environment:
#   FIDELITY_DATA, FIDELITY_PORT, FIDELITY_POSTGRES  as for up.sh; PostgreSQL has to run, the service need not
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
. "$here/lib/console.sh"

if (($# < 1 || $# > 2)) || [[ $1 == -* ]]; then
  usage_of "$0"
  [[ ${1:-} == --help ]] && exit 0 || exit 2
fi

. "$here/lib/installation.sh"
service=${1,,}
service=${service^}
require_service "$service"
open_data_folder
use_postgres
use_rabbitmq
export FIDELITY_SECRET_FILE=$FIDELITY_DATA/secret
require_accounts
as_service "$service" dotnet "$APP/$service/Fidelity.$service.dll" --rebuild "${@:2}"
