# What can be set from outside, checked once. Every path is absolute afterwards.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

FIDELITY_PORT=${FIDELITY_PORT:-8080}
if ! [[ $FIDELITY_PORT =~ ^[0-9]{4,5}$ ]] || ((FIDELITY_PORT < 1024 || FIDELITY_PORT > 65000)); then
  fail "FIDELITY_PORT is '$FIDELITY_PORT'; give a number from 1024 to 65000 (the 22 ports above it are used as well)."
fi

FIDELITY_TODAY=${FIDELITY_TODAY:-}
[[ -z $FIDELITY_TODAY || $FIDELITY_TODAY =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}$ ]] ||
  fail "FIDELITY_TODAY is '$FIDELITY_TODAY'; give a date as 2026-10-31, or leave it out."

# Whoever is not on this machine comes by TLS, or not at all.
FIDELITY_HTTPS=${FIDELITY_HTTPS:-}
if [[ $FIDELITY_HTTPS ]]; then
  [[ $FIDELITY_HTTPS =~ ^(\[[0-9a-fA-F:]+\]|[0-9.]+):[0-9]+$ ]] ||
    fail "FIDELITY_HTTPS is '$FIDELITY_HTTPS'; give an address of this machine and a port, as 0.0.0.0:443."
  for file in FIDELITY_CERTIFICATE FIDELITY_CERTIFICATE_KEY; do
    [[ -r ${!file:-} ]] || fail "FIDELITY_HTTPS needs a certificate: set $file to a PEM file that can be read."
    declare "$file=$(realpath -- "${!file}")"
  done
fi

# Reminders by e-mail have links in them, and come from somebody.
if [[ ${FIDELITY_SMTP_HOST:-} ]]; then
  for setting in FIDELITY_SMTP_FROM FIDELITY_PUBLIC_URL; do
    [[ ${!setting:-} ]] || fail "FIDELITY_SMTP_HOST needs $setting: the address that mails come from, and the one where people reach the portal."
  done
  if [[ ${FIDELITY_SMTP_USER:-} ]]; then
    [[ -r ${FIDELITY_SMTP_PASSWORD_FILE:-} ]] || fail "FIDELITY_SMTP_USER needs FIDELITY_SMTP_PASSWORD_FILE: a file with the password, that can be read."
    FIDELITY_SMTP_PASSWORD_FILE=$(realpath -- "$FIDELITY_SMTP_PASSWORD_FILE")
  fi
fi

# One block of ports per installation, so that several run side by side.
POSTGRES_PORT=$((FIDELITY_PORT + 10))
RABBITMQ_PORT=$((FIDELITY_PORT + 20))
RABBITMQ_DISTRIBUTION_PORT=$((FIDELITY_PORT + 21))
EPMD_PORT=$((FIDELITY_PORT + 22))

# open_data_folder: makes FIDELITY_DATA and the folders that everything shares.
# The folder itself may be passed through, because PostgreSQL runs as another user when we are root;
# what is in it belongs to us alone.
open_data_folder() {
  FIDELITY_DATA=${FIDELITY_DATA:-$ROOT/.run}
  [[ -d $FIDELITY_DATA ]] || install -d -m 711 -- "$FIDELITY_DATA" 2>/dev/null ||
    fail "The data folder $FIDELITY_DATA cannot be made; set FIDELITY_DATA to one that can."
  FIDELITY_DATA=$(cd -- "$FIDELITY_DATA" && pwd -P)
  [[ -w $FIDELITY_DATA ]] ||
    fail "The data folder $FIDELITY_DATA is not yours to write; was Fidelity started by another user?"
  LOGS=$FIDELITY_DATA/log
  PIDS=$FIDELITY_DATA/pid
  install -d -m 700 -- "$LOGS" "$PIDS" "$FIDELITY_DATA/passwords"
}

# only_one_at_a_time: two of these scripts on one data folder wait for each other.
# The lock is descriptor 9; whatever outlives the script is started without it.
only_one_at_a_time() {
  exec 9>"$FIDELITY_DATA/lock"
  if ! flock --nonblock 9; then
    say "Another of these scripts works on $FIDELITY_DATA; waiting for it."
    flock 9
  fi
}

# random_once FILE COMMAND…: the file's content, made by the command the first time, readable by its owner only.
random_once() {
  local file=$1
  shift
  if [[ ! -s $file ]]; then
    (umask 077 && "$@" >"$file.new")
    mv -- "$file.new" "$file"
  fi
  cat -- "$file"
}

random_hex() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
random_secret() { head -c 32 /dev/urandom | base64; }

# password_of WHO: a generated password. Hexadecimal, so it needs no quoting in SQL, URIs or connection strings.
password_of() { random_once "$FIDELITY_DATA/passwords/$1" random_hex; }
