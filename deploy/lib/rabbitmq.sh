# A private RabbitMQ: own node, cookie, ports, port mapper (epmd) and data folder, 127.0.0.1 only, a generated user
# instead of guest. Debian's wrapper in /usr/sbin changes user as root and refuses ordinary users; the server itself,
# in /usr/lib/rabbitmq/bin, runs as whoever starts it.

# rabbitmq_uri [USER PASSWORD-OF]: as deploy's own user, an administrator, unless another is named.
rabbitmq_uri() { printf 'amqp://%s:%s@127.0.0.1:%s/' "${1:-fidelity}" "$(password_of "${2:-rabbitmq}")" "$RABBITMQ_PORT"; }

start_rabbitmq() {
  local home=$FIDELITY_DATA/rabbitmq
  ! is_running rabbitmq || return 0
  require_free_port "$RABBITMQ_PORT" RabbitMQ
  require_free_port "$RABBITMQ_DISTRIBUTION_PORT" "RabbitMQ's distribution"
  configure_rabbitmq "$home"
  if ! is_running epmd; then
    require_free_port "$EPMD_PORT" "RabbitMQ's port mapper"
    start_process epmd env ERL_EPMD_ADDRESS=127.0.0.1 epmd -port "$EPMD_PORT"
    wait_for epmd 10 port_answers "$EPMD_PORT"
  fi
  # RUNNING_UNDER_SYSTEMD makes the launcher become the server instead of watching over it: one process, one pid.
  start_process rabbitmq env RUNNING_UNDER_SYSTEMD=true "$home/env" /usr/lib/rabbitmq/bin/rabbitmq-server
}

await_rabbitmq() {
  wait_for rabbitmq 120 amqp_answers "$RABBITMQ_PORT"
  step rabbitmq "ready on 127.0.0.1:$RABBITMQ_PORT"
}

stop_rabbitmq() {
  stop_process rabbitmq 60 TERM KILL
  stop_process epmd 5 TERM KILL
}

# amqp_answers PORT: the broker answers a protocol header with its first method frame.
amqp_answers() (
  exec 3<>"/dev/tcp/127.0.0.1/$1"
  printf 'AMQP\x00\x00\x09\x01' >&3
  IFS= read -r -N 1 -t 2 frame <&3
  [[ $frame == $'\x01' ]]
)

# configure_rabbitmq HOME: written at every start, because the ports may have moved. The node's name never changes:
# its data folder is named after it.
configure_rabbitmq() {
  local home=$1
  install -d -m 700 -- "$home"
  if [[ ! -e $home/.erlang.cookie ]]; then
    (umask 277 && random_hex >"$home/.erlang.cookie.new")
    mv -- "$home/.erlang.cookie.new" "$home/.erlang.cookie"
  fi
  (
    umask 077
    cat >"$home/rabbitmq.conf" <<CONF
listeners.tcp.1 = 127.0.0.1:$RABBITMQ_PORT
# Made when the node starts for the first time, instead of guest.
default_user = fidelity
default_pass = $(password_of rabbitmq)
default_user_tags.administrator = true
CONF
    echo '[].' >"$home/enabled_plugins"
  )
  # One environment for the server and for rabbitmqctl, as two small scripts that anyone may also run by hand.
  cat >"$home/env" <<SCRIPT
#!/usr/bin/env bash
# Runs a command against Fidelity's private RabbitMQ.
home=\$(cd "\$(dirname "\${BASH_SOURCE[0]}")" && pwd -P)
export HOME=\$home LANG=C.UTF-8 LC_ALL=C.UTF-8
export ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT=$EPMD_PORT ERL_CRASH_DUMP=\$home/erl_crash.dump
export RABBITMQ_NODENAME=fidelity@localhost RABBITMQ_DIST_PORT=$RABBITMQ_DISTRIBUTION_PORT
export RABBITMQ_CONF_ENV_FILE=\$home/none RABBITMQ_ADVANCED_CONFIG_FILE=\$home/none
export RABBITMQ_CONFIG_FILE=\$home/rabbitmq.conf RABBITMQ_ENABLED_PLUGINS_FILE=\$home/enabled_plugins
export RABBITMQ_MNESIA_BASE=\$home/data RABBITMQ_GENERATED_CONFIG_DIR=\$home/generated RABBITMQ_SCHEMA_DIR=\$home/schema
export RABBITMQ_LOG_BASE=\$home/log RABBITMQ_LOGS=- RABBITMQ_PID_FILE=\$home/pid
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
export RABBITMQ_CTL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
exec "\$@"
SCRIPT
  cat >"$home/rabbitmqctl" <<'SCRIPT'
#!/usr/bin/env bash
exec "$(dirname "${BASH_SOURCE[0]}")/env" /usr/lib/rabbitmq/bin/rabbitmqctl "$@"
SCRIPT
  chmod 700 "$home/env" "$home/rabbitmqctl"
}

# rabbitmq_api METHOD PATH [OPTION…]: asks the management plugin of a broker of the operator's own, at
# FIDELITY_RABBITMQ_API, about the virtual host in FIDELITY_RABBITMQ, as the user there. What is secret goes in by
# standard input, where no process list shows it.
rabbitmq_api() {
  local address=${FIDELITY_RABBITMQ#*://} user host
  user=${address%%@*} host=${address#*@}
  host=${host#*/}
  [[ $host != "${address#*@}" ]] || host=''
  printf 'user = "%s"\n' "$(printf '%b' "${user//%/\\x}")" |
    curl --silent --show-error --fail --config - --request "$1" "${@:3}" "${FIDELITY_RABBITMQ_API%/}/api/$2/${host:-%2F}"
}
