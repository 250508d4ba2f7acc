# Database and broker: private ones, unless others are given.

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

# await_servers: until they answer; then FIDELITY_POSTGRES and FIDELITY_RABBITMQ lead to them.
await_servers() {
  if [[ ! ${FIDELITY_POSTGRES:-} ]]; then
    await_postgres
    # Five services share the server's 200 connections.
    FIDELITY_POSTGRES="$(postgres_connection fidelity fidelity);Maximum Pool Size=30"
  fi
  if [[ ! ${FIDELITY_RABBITMQ:-} ]]; then
    await_rabbitmq
    FIDELITY_RABBITMQ=$(rabbitmq_uri)
  fi
  export FIDELITY_POSTGRES FIDELITY_RABBITMQ
}
