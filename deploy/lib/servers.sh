# Database and broker: private ones, unless others are given.

. "$(dirname "${BASH_SOURCE[0]}")/accounts.sh"

# needed_packages: what Debian has to bring.
needed_packages() {
  printf '%s\n' curl tzdata
  [[ ${FIDELITY_POSTGRES:-} ]] || echo postgresql
  [[ ${FIDELITY_RABBITMQ:-} ]] || echo rabbitmq-server
}

start_servers() {
  [[ ${FIDELITY_POSTGRES:-} ]] || start_postgres
  [[ ${FIDELITY_RABBITMQ:-} ]] || start_rabbitmq
}

# await_servers: until they answer; then FIDELITY_POSTGRES and FIDELITY_RABBITMQ lead to them, as deploy's own accounts.
await_servers() {
  if [[ ! ${FIDELITY_POSTGRES:-} ]]; then
    await_postgres
    give_postgres_accounts
    postgres_accounts=yes
    FIDELITY_POSTGRES=$(postgres_connection fidelity fidelity)
  else
    step postgres "yours; every service uses the account that was given"
  fi
  if [[ ! ${FIDELITY_RABBITMQ:-} ]]; then
    await_rabbitmq
    give_broker_accounts
    broker_accounts=yes
    FIDELITY_RABBITMQ=$(rabbitmq_uri)
  else
    step rabbitmq "yours; every service uses the account that was given"
  fi
  export FIDELITY_POSTGRES FIDELITY_RABBITMQ
}
