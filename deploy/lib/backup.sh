# A backup: a folder with
#
#   manifest.json   when it was taken, of which version, how much is in it, and the checksums of the others
#   database.dump   every schema as of one moment, for pg_restore
#   broker.json     the broker's queues, exchanges, bindings and policies; without its users
#
# and, never in it, the secrets: an archive of what a stolen backup must not bring along.

# What is secret, below FIDELITY_DATA.
SECRETS=(secret passwords)

# Of every event store in the database: how many events, the position of the last, and how far each shard has come.
STORES=$(
  cat <<'SQL'
(select jsonb_object_agg(schemaname, jsonb_build_object(
  'events', (xpath('/row/n/text()', query_to_xml(format('select count(*) n from %I.mt_events', schemaname), true, true, '')))[1]::text::bigint,
  'last_position', (xpath('/row/n/text()', query_to_xml(format('select coalesce(max(seq_id), 0) n from %I.mt_events', schemaname), true, true, '')))[1]::text::bigint,
  'progress', (xpath('/row/n/text()', query_to_xml(format(
    'select coalesce(jsonb_object_agg(name, last_seq_id), ''{}'') n from %I.mt_event_progression', schemaname), true, true, '')))[1]::text::jsonb))
from pg_tables where tablename = 'mt_events')
SQL
)

# in_manifest FOLDER KEY: the values under a key, a line each.
in_manifest() { sed -n "s/^ *\"$2\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}$/\1/p" "$1/manifest.json"; }

events_in() { in_manifest "$1" events | awk '{ sum += $1 } END { print sum + 0 }'; }

# take_backup FOLDER: the folder appears when the backup is complete.
take_backup() (
  folder=$1 log=$LOGS/backup.log started=$SECONDS snapshot='' checksums=''
  [[ -e $FIDELITY_DATA/secret ]] || fail "There is no installation in $FIDELITY_DATA; set FIDELITY_DATA to the one that is meant."
  [[ ! -e $folder ]] || fail "$folder is there already; every backup takes a folder of its own."
  umask 077
  mkdir -p -- "$folder.new" 2>"$log" || fail_with_log "$log" "The folder $folder.new cannot be made."
  trap 'rm -rf -- "$folder.new"' EXIT

  # One transaction lends its snapshot to pg_dump and counts in it: the manifest is about what was copied.
  sql <<<'select' >"$log" 2>&1 || fail_with_log "$log" "PostgreSQL does not let us in."
  coproc SNAPSHOT { sql --set=commit="$(version_of_data)" --set=secret="$(sha256sum <"$FIDELITY_DATA/secret")" --set=manifest="$folder.new/manifest.json" 2>"$log.1"; }
  # Bash forgets these when the process ends.
  answers=${SNAPSHOT[0]} questions=${SNAPSHOT[1]} process=$SNAPSHOT_PID
  printf '%s\n' 'set idle_in_transaction_session_timeout = 0;' 'begin isolation level repeatable read read only;' \
    'select pg_export_snapshot();' >&"$questions"
  IFS= read -r snapshot <&"$answers" || fail_with_log "$log.1" "PostgreSQL gives no snapshot."
  watched database "$log" client pg_dump --format=custom --no-owner --no-privileges --verbose --snapshot="$snapshot" \
    --file="$folder.new/database.dump" || fail_with_log "$log" "The database could not be copied."
  step database "copied ($((SECONDS - started)) s, $(du -h -- "$folder.new/database.dump" | cut -f1))"
  save_definitions "$folder.new/broker.json"

  checksums=$(cd "$folder.new" && sha256sum -- * | sed 's/^\([0-9a-f]*\)  \(.*\)$/"\2": "\1"/' | paste -sd,)
  cat >&"$questions" <<SQL || fail_with_log "$log.1" "What was copied could not be counted."
\\o :manifest
select jsonb_pretty(jsonb_build_object(
  'format', 1, 'taken_at', to_char(now() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'commit', :'commit',
  'postgresql', current_setting('server_version'), 'secret_sha256', left(:'secret', 64), 'stores', $STORES, 'sha256', '{$checksums}'::jsonb));
\\q
SQL
  wait "$process" || fail_with_log "$log.1" "What was copied could not be counted."
  sync -- "$folder.new"/*
  mv -T -- "$folder.new" "$folder"
  step backup "$(events_in "$folder") events; complete in $folder"
)

# save_definitions FILE: from the installation's own broker, or from the management plugin of another; without users and
# their passwords. Says so when there is neither: Fidelity itself needs no more than its services declare.
save_definitions() {
  local file=$1 log=$LOGS/broker.log
  if [[ $own_broker ]]; then
    "$FIDELITY_DATA/rabbitmq/rabbitmqctl" --quiet export_definitions - >"$file" 2>"$log"
  elif [[ ${FIDELITY_RABBITMQ_API:-} ]]; then
    rabbitmq_api GET definitions >"$file" 2>"$log"
  else
    step broker "its definitions are not copied: FIDELITY_RABBITMQ_API does not say where its management plugin is"
    return
  fi || fail_with_log "$log" "The broker's definitions could not be copied."
  FILE=$file sql --output="$file.new" 2>"$log" <<'SQL' || fail_with_log "$log" "The broker's definitions cannot be read."
\set definitions `cat -- "$FILE"`
select jsonb_pretty(:'definitions'::jsonb - '{users,permissions,topic_permissions,global_parameters}'::text[]);
SQL
  mv -- "$file.new" "$file"
  step broker "definitions copied"
}

# load_definitions FILE
load_definitions() {
  local file=$1 log=$LOGS/broker.log
  if [[ $own_broker ]]; then
    "$FIDELITY_DATA/rabbitmq/rabbitmqctl" --quiet import_definitions "$file" >"$log" 2>&1
  elif [[ ${FIDELITY_RABBITMQ_API:-} ]]; then
    rabbitmq_api POST definitions --header 'Content-Type: application/json' --data-binary "@$file" >"$log" 2>&1
  else
    step broker "its definitions are left alone: FIDELITY_RABBITMQ_API does not say where its management plugin is"
    return
  fi || fail_with_log "$log" "The broker does not take the definitions in $file."
  step broker "definitions restored"
}

# save_secrets FILE: readable by its owner only. An archive of other secrets is not overwritten.
save_secrets() (
  file=$1 log=$LOGS/secrets.log
  if [[ -e $file ]]; then
    tar -xOf "$file" secret 2>"$log" | cmp --silent - "$FIDELITY_DATA/secret" || fail "$file is there already, with other secrets in it; keep it, and give another name."
  fi
  umask 077
  { mkdir -p -- "$(dirname -- "$file")" && tar -C "$FIDELITY_DATA" -cf "$file.new" "${SECRETS[@]}" && mv -- "$file.new" "$file"; } 2>"$log" ||
    fail_with_log "$log" "The secrets cannot be written to $file."
  step secrets "written to $file; keep them apart from the backups"
)

# check_backup FOLDER: everything that was written is there, as it was written.
check_backup() {
  local folder=$1 log=$LOGS/restore.log
  [[ $(in_manifest "$folder" format) == 1 ]] || fail "$folder is a backup of a form that this version does not know; take the version that made it, or a newer one."
  sed -n 's/^ *"\([a-z]*\.[a-z]*\)": "\([0-9a-f]\{64\}\)",\{0,1\}$/\2  \1/p' "$folder/manifest.json" >"$log.sums"
  (cd -- "$folder" && sha256sum --check --strict "$log.sums") >"$log" 2>&1 || fail_with_log "$log" "The backup in $folder is damaged; take another."
  step backup "of $(in_manifest "$folder" taken_at), version $(in_manifest "$folder" commit | cut -c 1-7): complete and undamaged"
}

# load_secrets FILE|FOLDER BACKUP: those that belong to the backup, and no others.
load_secrets() (
  from=$1 part='' log=$LOGS/secrets.log
  umask 077
  if [[ -d $from ]]; then
    tar -C "$from" -cf "$FIDELITY_DATA/secrets.new" "${SECRETS[@]}" 2>"$log"
  else
    cp -- "$from" "$FIDELITY_DATA/secrets.new" 2>"$log"
  fi || fail_with_log "$log" "The secrets in $from cannot be read."
  trap 'rm -f -- "$FIDELITY_DATA/secrets.new"' EXIT
  [[ $(tar -xOf "$FIDELITY_DATA/secrets.new" secret 2>"$log" | sha256sum | cut -d' ' -f1) == "$(in_manifest "$2" secret_sha256)" ]] ||
    fail "The secrets in $from are not those of this backup."
  tar -C "$FIDELITY_DATA" -xf "$FIDELITY_DATA/secrets.new" "${SECRETS[@]}" 2>"$log" || fail_with_log "$log" "The secrets in $from cannot be read."
)

# require_empty_database: what is in one is never overwritten.
require_empty_database() {
  local log=$LOGS/restore.log tables
  tables=$(sql 2>"$log" <<<"select count(*) from pg_tables where schemaname !~ '^(pg_|information_schema$)'") || fail_with_log "$log" "PostgreSQL does not let us in."
  ((tables == 0)) || fail "The database has $tables tables. A backup is restored into an empty installation: set FIDELITY_DATA to a new folder, or FIDELITY_POSTGRES to an empty database."
}

# load_database FOLDER: all of it or nothing; then counted against the manifest.
load_database() {
  local folder=$1 log=$LOGS/restore.log started=$SECONDS same
  # pg_restore asks for the database by name.
  # shellcheck disable=SC2016
  watched database "$log" client bash -c 'exec pg_restore --dbname="$PGDATABASE" "$@"' - --no-owner --no-privileges --single-transaction --verbose \
    "$folder/database.dump" || fail_with_log "$log" "The database could not be restored; it is as empty as before."
  same=$(
    FOLDER=$folder sql 2>"$log" <<SQL
\\set manifest \`cat -- "\$FOLDER/manifest.json"\`
select :'manifest'::jsonb -> 'stores' = $STORES;
SQL
  ) || fail_with_log "$log" "What was restored could not be counted."
  [[ $same == t ]] || fail "What was restored is not what the manifest counts. Do not use it; take another backup."
  step database "restored: $(events_in "$folder") events, as many as were copied ($((SECONDS - started)) s)"
}

# publish_again APP SERVICE…: at the next start, whatever was ever appended. Refuses when the broker has messages.
publish_again() {
  local app=$1 service log
  shift
  for service; do
    log=$LOGS/publish-again-$(lower "$service").log
    run_service "$app" "$service" --publish-again >"$log" 2>&1 || fail_with_log "$log" "$service cannot begin with this broker."
  done
}
