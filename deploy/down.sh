#!/usr/bin/env bash
# Stops exactly what deploy/up.sh started: the services, then RabbitMQ and PostgreSQL. The data stays.
#
#   deploy/down.sh
#
# Environment:
#   FIDELITY_DATA  as for up.sh
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
. "$here/lib/console.sh"
. "$here/lib/settings.sh"
. "$here/lib/processes.sh"
. "$here/lib/postgres.sh"
. "$here/lib/rabbitmq.sh"
. "$here/lib/build.sh"
. "$here/lib/services.sh"

if (($#)); then
  usage_of "$0"
  [[ $1 == --help ]] && exit 0 || exit 2
fi

FIDELITY_DATA=${FIDELITY_DATA:-$ROOT/.run}
if [[ ! -d $FIDELITY_DATA ]]; then
  say "Nothing runs from $FIDELITY_DATA; there is no such folder."
  exit 0
fi
open_data_folder
only_one_at_a_time

say "Stopping Fidelity in $FIDELITY_DATA"
stop_services
stop_rabbitmq
stop_postgres
say "Nothing of it runs any more; the data is kept."
