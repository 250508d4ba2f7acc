# A private PostgreSQL: own data folder, 127.0.0.1 only, no socket file (so no path is too long), generated passwords.
# PostgreSQL refuses to run as root; root's runs as the user `postgres` that Debian's package made.

# Extra settings for postgres, as `-c name=value`. Empty in production: commits are durable by PostgreSQL's own defaults
# (fsync and synchronous_commit are on), stated below so that nobody has to remember them.
POSTGRES_SETTINGS=()

# postgres_connection DATABASE USER: for Npgsql.
postgres_connection() {
  printf 'Host=127.0.0.1;Port=%s;Database=%s;Username=%s;Password=%s' "$POSTGRES_PORT" "$1" "$2" "$(password_of "$2")"
}

start_postgres() {
  local data=$FIDELITY_DATA/postgres bin version
  ! is_running postgres || return 0
  require_free_port "$POSTGRES_PORT" PostgreSQL
  password_of postgres >/dev/null
  password_of fidelity >/dev/null
  [[ -e $data/PG_VERSION ]] || create_postgres_cluster "$data"
  # As the owner: the folder is closed to everyone else, root in a container without privileges included.
  version=$(as_postgres cat "$(readlink -f -- "$data")/PG_VERSION")
  bin=/usr/lib/postgresql/$version/bin
  [[ -x $bin/postgres ]] || fail "The data in $data is PostgreSQL $version's; install the Debian package postgresql-$version."

  release_dead_lock "$(readlink -f -- "$data")"

  # max_connections leaves room for five services with 30 connections each (see up.sh).
  # A log says what failed, never with which statement: statements are about people.
  start_process postgres "${AS_POSTGRES[@]}" "$bin/postgres" -D "$(readlink -f -- "$data")" \
    -c listen_addresses=127.0.0.1 -c port="$POSTGRES_PORT" -c unix_socket_directories= \
    -c fsync=on -c synchronous_commit=on -c full_page_writes=on \
    -c max_connections=200 -c shared_buffers=256MB -c random_page_cost=1.1 -c jit=off -c log_min_error_statement=panic \
    "${POSTGRES_SETTINGS[@]}"
}

await_postgres() {
  wait_for postgres 60 pg_isready --quiet --timeout=2 -h 127.0.0.1 -p "$POSTGRES_PORT"
  create_postgres_database
  step postgres "ready on 127.0.0.1:$POSTGRES_PORT"
}

# PostgreSQL finishes transactions and closes (INT), or drops everything and recovers at the next start (QUIT).
stop_postgres() { stop_process postgres 60 INT QUIT; }

# release_dead_lock FOLDER: after a kill, PostgreSQL's helpers live on for a moment, and where nobody collects dead
# processes its own pid stays in the process table; PostgreSQL then takes its lock for held. The lock is taken away only
# when the process in it is dead and nothing works in the folder, as every process of a server does.
release_dead_lock() {
  local folder=$1 deadline=$((SECONDS + 15)) holder
  holder=$(as_postgres head -n 1 "$folder/postmaster.pid" 2>/dev/null) || return 0
  while works_in "$folder" && ((SECONDS < deadline)); do sleep 0.1; done
  if ! works_in "$folder" && ! started_at "$holder" >/dev/null; then
    as_postgres rm -f "$folder/postmaster.pid"
  fi
}

works_in() {
  local process
  for process in /proc/[0-9]*/cwd; do
    [[ $(readlink -- "$process" 2>/dev/null) != "$1" ]] || return 0
  done
  return 1
}

AS_POSTGRES=()
if ((EUID == 0)); then
  AS_POSTGRES=(setpriv --reuid=postgres --regid=postgres --init-groups --reset-env --)
fi

as_postgres() { (cd / && "${AS_POSTGRES[@]}" "$@"); }

# create_postgres_cluster FOLDER: made beside its final place and moved there when complete.
create_postgres_cluster() {
  local data=$1 home bin password_file
  bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
  [[ -x $bin/initdb ]] || fail "PostgreSQL's initdb is not where Debian's package puts it (/usr/lib/postgresql)."
  home=$FIDELITY_DATA
  if ! as_postgres test -x "$FIDELITY_DATA"; then
    # For instance under /root, which the user `postgres` may not enter. Opening other folders is not our business.
    install -d -m 711 /var/lib/fidelity
    home=$(mktemp -d /var/lib/fidelity/XXXXXXXX)
    chmod 711 "$home"
    step postgres "the user postgres may not enter $FIDELITY_DATA; its files are in $home/postgres"
  fi
  rm -rf -- "$home/postgres.new"
  password_file=$(mktemp)
  password_of postgres >"$password_file"
  install -d -m 700 -- "$home/postgres.new"
  if ((EUID == 0)); then chown postgres: -- "$home/postgres.new" "$password_file"; fi
  if ! as_postgres "$bin/initdb" -D "$home/postgres.new" --username=postgres --pwfile="$password_file" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --data-checksums >"$LOGS/initdb.log" 2>&1; then
    rm -f -- "$password_file"
    fail_with_log "$LOGS/initdb.log" "PostgreSQL's initdb failed."
  fi
  rm -f -- "$password_file"
  mv -- "$home/postgres.new" "$home/postgres"
  [[ $home == "$FIDELITY_DATA" ]] || ln -sfn -- "$home/postgres" "$data"
}

# superuser_sql [OPTION…]: runs what comes on standard input, and stops at the first error.
superuser_sql() {
  PGPASSWORD=$(password_of postgres) psql --no-psqlrc --quiet --tuples-only --set=ON_ERROR_STOP=1 \
    -h 127.0.0.1 -p "$POSTGRES_PORT" -U postgres "$@"
}

# deploy's own role owns one database and is no superuser; accounts.sh has those of the services.
create_postgres_database() {
  superuser_sql --dbname=postgres >"$LOGS/database.log" 2>&1 <<SQL ||
SELECT 'CREATE ROLE fidelity LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'fidelity') \gexec
ALTER ROLE fidelity PASSWORD '$(password_of fidelity)';
SELECT 'CREATE DATABASE fidelity OWNER fidelity' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'fidelity') \gexec
SQL
    fail_with_log "$LOGS/database.log" "The database could not be made."
}

# client PROGRAMME [OPTION…]: one of PostgreSQL's client programmes, on the database that FIDELITY_POSTGRES leads to.
client() (
  part='' name='' value='' parts=()
  IFS=';' read -ra parts <<<"$FIDELITY_POSTGRES"
  for part in "${parts[@]}"; do
    name=${part%%=*} value=${part#*=}
    name=${name,,}
    value=$(sed "s/^ *//; s/ *$//; s/^'\(.*\)'$/\1/; s/^\"\(.*\)\"$/\1/" <<<"$value")
    case ${name//[ _]/} in
      host | server) export PGHOST=$value ;;
      port) export PGPORT=$value ;;
      database | db) export PGDATABASE=$value ;;
      username | userid | user | uid) export PGUSER=$value ;;
      password | pwd) export PGPASSWORD=$value ;;
      passfile) export PGPASSFILE=$value ;;
      sslmode) export PGSSLMODE=$(sed 's/^verify\(ca\|full\)$/verify-\1/' <<<"${value,,}") ;;
      rootcertificate) export PGSSLROOTCERT=$value ;;
    esac
  done
  "$@"
)

# sql [OPTION…]: runs what comes on standard input and stops at the first error.
sql() { client psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 "$@"; }
