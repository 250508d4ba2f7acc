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
. "$here/lib/settings.sh"
. "$here/lib/processes.sh"
. "$here/lib/postgres.sh"
. "$here/lib/rabbitmq.sh"
. "$here/lib/build.sh"
. "$here/lib/services.sh"

if (($# < 1 || $# > 2)) || [[ $1 == -* ]]; then
  usage_of "$0"
  [[ ${1:-} == --help ]] && exit 0 || exit 2
fi

open_installation
service=${1,,}
service=${service^}
dll=$APP/$service/Fidelity.$service.dll
[[ -e $dll ]] || fail "$1 is no service that is published in $APP (${SERVICES[*]})."
exec env -C "$APP/$service" dotnet "$dll" --rebuild "${@:2}"
