# An installation that up.sh has made: a running one keeps the port, the date, and the folder of services, that it was
# started with.

# Reads both before the ports are counted from them.
data=${FIDELITY_DATA:-$(dirname "${BASH_SOURCE[0]}")/../../.run}
APP=$data/app
if [[ -e $data/settings ]]; then
  { read -r settings && read -r APP; } <"$data/settings"
  if [[ $settings =~ FIDELITY_PORT=([0-9]+) ]]; then FIDELITY_PORT=${BASH_REMATCH[1]}; fi
  if [[ $settings =~ FIDELITY_TODAY=([0-9-]+) ]]; then FIDELITY_TODAY=${BASH_REMATCH[1]}; fi
fi
APP=${FIDELITY_APP:-$APP}

. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"
. "$(dirname "${BASH_SOURCE[0]}")/processes.sh"
. "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"
. "$(dirname "${BASH_SOURCE[0]}")/rabbitmq.sh"
. "$(dirname "${BASH_SOURCE[0]}")/servers.sh"
. "$(dirname "${BASH_SOURCE[0]}")/build.sh"

# require_service SERVICE: it is published, and can be run.
require_service() {
  [[ -e $APP/$1/Fidelity.$1.dll ]] ||
    fail "There is no published $1 in $APP; deploy/up.sh publishes it, or set FIDELITY_DATA or FIDELITY_APP."
  require_runtime
}

# use_postgres, use_rabbitmq: the installation's own, unless another is given; it has to run.
use_postgres() {
  if [[ ! ${FIDELITY_POSTGRES:-} ]]; then
    open_data_folder
    is_running postgres || fail "PostgreSQL does not run in $FIDELITY_DATA; deploy/up.sh starts it."
    postgres_accounts=yes
    FIDELITY_POSTGRES=$(postgres_connection fidelity fidelity)
  fi
  export FIDELITY_POSTGRES
}

use_rabbitmq() {
  if [[ ! ${FIDELITY_RABBITMQ:-} ]]; then
    open_data_folder
    is_running rabbitmq || fail "RabbitMQ does not run in $FIDELITY_DATA; deploy/up.sh starts it."
    broker_accounts=yes
    FIDELITY_RABBITMQ=$(rabbitmq_uri)
  fi
  export FIDELITY_RABBITMQ
}

# use_servers: both; own_broker says whether it is the installation's own.
use_servers() {
  own_broker=yes
  [[ ! ${FIDELITY_RABBITMQ:-} ]] || own_broker=''
  use_postgres
  use_rabbitmq
}
