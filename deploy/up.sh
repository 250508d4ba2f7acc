#!/usr/bin/env bash
# Starts Fidelity on this machine: a private PostgreSQL, a private RabbitMQ and the services, from source.
# Run again it starts only what is missing. deploy/down.sh stops it and keeps the data.
#
#   deploy/up.sh
#
# Environment:
#   FIDELITY_DATA          where data, logs, passwords and published services are (default: .run in the repository)
#   FIDELITY_PORT          the portal's port; the 22 above it are used as well (default: 8080)
#   FIDELITY_DEMO=0        make no demonstration of it: no demo programme, no demo accounts
#   FIDELITY_TODAY         a date such as 2026-10-31 instead of today, for the business calendar only
#   FIDELITY_POSTGRES      an Npgsql connection string; then no PostgreSQL is installed or started
#   FIDELITY_RABBITMQ      an amqp:// URI; then no RabbitMQ is installed or started
#   FIDELITY_HTTPS         an address and port such as 0.0.0.0:443 where the portal is reached by TLS from other machines, with the
#                          files FIDELITY_CERTIFICATE and FIDELITY_CERTIFICATE_KEY (PEM); without it, from this machine only
#   FIDELITY_ACCESS_LOG_MONTHS   how long an entry of the access log is kept (default: 60)
#   FIDELITY_ACCESS_SAMPLE_SIZE  how many entries of a programme's month are drawn to be judged (default: 20, at least 4)
#   FIDELITY_SMTP_HOST     a mail server by which people are reminded, with FIDELITY_SMTP_FROM and FIDELITY_PUBLIC_URL, and where it
#                          needs them FIDELITY_SMTP_PORT, _TLS, _USER and _PASSWORD_FILE; without it, nobody is reminded
#   FIDELITY_REMINDER_HOUR, FIDELITY_REMINDER_PAUSE   from which hour on reminders are sent (default: 8), and how often it is tried
#   FIDELITY_EXPORT_FOLDER  where the figures of all teams are written once a month; without it, nowhere
#   FIDELITY_REQUESTS_A_MINUTE, FIDELITY_SIGN_INS_A_MINUTE   how often one token or account may ask the API (default: 1200), and one
#                          address may try to sign in (default: 60)
#   FIDELITY_WEBHOOK_INTERNAL, FIDELITY_WEBHOOK_PAUSE   names of hosts of one's own network that webhooks may be at, with commas between,
#                          and how often it is looked for what they are to be told (default: 00:00:10)
#   FIDELITY_NUGET_SOURCE  a package source besides the machine's own
#   FIDELITY_APP           a folder of published services; then nothing is built
#   OTEL_…                 where and how the services export metrics, traces and logs; deploy/OPERATING.md has the list
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
. "$here/lib/console.sh"
. "$here/lib/settings.sh"
. "$here/lib/processes.sh"
. "$here/lib/packages.sh"
. "$here/lib/postgres.sh"
. "$here/lib/rabbitmq.sh"
. "$here/lib/servers.sh"
. "$here/lib/build.sh"
. "$here/lib/services.sh"

if (($#)); then
  usage_of "$0"
  [[ $1 == --help ]] && exit 0 || exit 2
fi

open_data_folder
only_one_at_a_time
[[ ! -e $FIDELITY_DATA/restoring ]] ||
  fail "A restore into $FIDELITY_DATA was not completed. Remove that folder (and what is in a database of your own) and restore again."
started=$SECONDS
url=http://127.0.0.1:$FIDELITY_PORT

# What runs keeps the settings it was started with, and the folder it was started from.
settings="FIDELITY_PORT=$FIDELITY_PORT FIDELITY_TODAY=$FIDELITY_TODAY"
app=${FIDELITY_APP:-$FIDELITY_DATA/app}
if [[ -d $app ]]; then app=$(cd -- "$app" && pwd -P); fi
running=()
for name in postgres rabbitmq "${SERVICES[@],,}"; do
  if is_running "$name"; then running+=("$name"); fi
done
if ((${#running[@]})) && [[ -e $FIDELITY_DATA/settings ]]; then
  { read -r running_settings && read -r app; } <"$FIDELITY_DATA/settings"
  [[ $running_settings == "$settings" ]] ||
    fail "This installation runs with $running_settings, and now $settings is wanted. Run deploy/down.sh first."
fi

# Nothing to do?
mapfile -t services < <(services_in "$app")
missing=()
for service in "${services[@]}"; do
  is_running "$(lower "$service")" || missing+=("$service")
done
all_run=yes
((${#services[@]} && ! ${#missing[@]})) || all_run=
[[ ${FIDELITY_POSTGRES:-} ]] || is_running postgres || all_run=
[[ ${FIDELITY_RABBITMQ:-} ]] || is_running rabbitmq || all_run=
if [[ $all_run ]]; then
  for service in "${services[@]}"; do wait_for "$(lower "$service")" 120 is_ready "$service"; done
  say "Fidelity is already running at $url/"
  exit 0
fi

say "Starting Fidelity in $FIDELITY_DATA"
printf '%s\n' "$settings" "$app" >"$FIDELITY_DATA/settings"

# Tools.
mapfile -t packages < <(needed_packages)
if [[ $app != "$FIDELITY_DATA/app" ]]; then require_runtime; else require_sdk; fi
require_packages "${packages[@]}"

# Database and broker. They start while the services are built.
start_servers

# Services, from source. Files of a running service are not exchanged under its feet.
if [[ $app != "$FIDELITY_DATA/app" ]]; then
  ((${#services[@]})) || fail "FIDELITY_APP=$app holds no published service (Roster/Fidelity.Roster.dll and so on)."
elif ((${#services[@]} > ${#missing[@]})); then
  step build "kept as published, because some services run from it (deploy/down.sh first to renew it)"
else
  choose_event_store
  say "Event store: $EVENT_STORE"
  publish_services "$app"
  mapfile -t services < <(services_in "$app")
  missing=("${services[@]}")
fi

await_servers

# Topology first, then the services.
# Only what has been a demonstration from its first start is one: accounts with public passwords come to nothing real.
FIDELITY_SECRET_FILE=$FIDELITY_DATA/secret
first_start=''
if [[ ! -e $FIDELITY_SECRET_FILE ]]; then
  first_start=yes
  if [[ ${FIDELITY_DEMO:-1} != 0 ]]; then touch "$FIDELITY_DATA/demonstration"; fi
fi
if [[ ! -e $FIDELITY_DATA/demonstration ]]; then FIDELITY_DEMO=0; fi
random_once "$FIDELITY_SECRET_FILE" random_secret >/dev/null
FIDELITY_TOKEN_FILE=$FIDELITY_DATA/passwords/portal-token
password_of portal-token >/dev/null
export FIDELITY_SECRET_FILE FIDELITY_TOKEN_FILE FIDELITY_TODAY FIDELITY_DEMO=${FIDELITY_DEMO:-1}
[[ $FIDELITY_TODAY ]] || unset FIDELITY_TODAY

declare_topology "$app" "${services[@]}"
services_started=$SECONDS
for service in "${missing[@]}"; do start_service "$app" "$service"; done
for service in "${services[@]}"; do wait_for_service "$service" "$services_started"; done
commit_of "$app" >"$FIDELITY_DATA/version"

# A first look needs something to look at.
if [[ $FIDELITY_DEMO != 0 ]]; then
  programmes=$(curl --silent --show-error --fail --noproxy '*' --max-time 30 --config <(printf 'header = "Authorization: Bearer %s"\n' "$(<"$FIDELITY_TOKEN_FILE")") \
    "$url/api/v1/programmes" 2>"$LOGS/demo.log") ||
    fail_with_log "$LOGS/portal.log" "The portal does not list its programmes ($(<"$LOGS/demo.log"))."
  if [[ ${programmes//[[:space:]]/} == '[]' ]]; then
    say "The store is empty; loading the demo programme (FIDELITY_DEMO=0 leaves it out)"
    FIDELITY_URL=$url FIDELITY_DATA=$FIDELITY_DATA "$here/load.sh" "$here/demo" --programme demo 9>&- ||
      fail "The demo programme could not be loaded (see above; the portal's log is $LOGS/portal.log). Fidelity itself runs at $url/"
  fi
fi

if [[ $first_start && $FIDELITY_DEMO == 0 ]]; then
  say "There is no account yet; deploy/access.sh invite administrator --basis TEXT prints the link for the first."
fi
say "Started in $((SECONDS - started)) s; logs are in $LOGS; deploy/down.sh stops it."
say "Fidelity is at $url/"
