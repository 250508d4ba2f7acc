# Accounts of the services on the installation's own servers: one for each service, that may do what the service does and
# no more. deploy's own account there, `fidelity`, is for copying, restoring, and what concerns several services at once.
# On servers of the operator's own, everything uses the account that was given.

# Set where the server is the installation's own.
postgres_accounts=''

# as_service SERVICE COMMAND…: with the service's own accounts.
as_service() (
  FIDELITY_POSTGRES=$(postgres_of "$1")
  export FIDELITY_POSTGRES
  "${@:2}"
)

# Five services share the server's 200 connections.
postgres_of() {
  if [[ $postgres_accounts ]]; then
    printf '%s;Maximum Pool Size=30' "$(postgres_connection fidelity "$(role_of "$1")")"
  else
    printf '%s' "$FIDELITY_POSTGRES"
  fi
}

role_of() { printf 'fidelity_%s' "${1,,}"; }

# require_accounts: an installation of an earlier version has none until it is upgraded.
require_accounts() {
  local service
  [[ $postgres_accounts ]] || return 0
  for service in "${SERVICES[@]}"; do
    [[ -s $FIDELITY_DATA/passwords/$(role_of "$service") ]] ||
      fail "The services of $FIDELITY_DATA have no database accounts of their own yet; deploy/upgrade.sh gives them."
  done
}

# give_postgres_accounts: a role for each service, which owns the service's schemas with all that is in them and is let into
# no other. It may make schemas, because the event store makes its own and a rebuild makes and drops two; one that is there
# belongs to who made it. `fidelity` is a member of all, so that it can copy and restore. What an earlier version made as
# `fidelity`, or a restore has just brought back, is handed over; what is as it should be is left alone.
give_postgres_accounts() {
  local log=$LOGS/accounts.log service
  {
    # Whoever is let in nowhere by name comes in nowhere.
    printf 'revoke all on database %s from public;\n' fidelity postgres template1
    echo 'revoke all on schema public from public;'
    for service in "${SERVICES[@]}"; do
      cat <<SQL
\\set role $(role_of "$service")
\\set schema ${service,,}
select format('create role %I', :'role') where not exists (select from pg_roles where rolname = :'role') \\gexec
alter role :role login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password '$(password_of "$(role_of "$service")")';
grant :role to fidelity;
grant connect, create on database fidelity to :role;
$OWNERS
SQL
    done
  } | superuser_sql --dbname=fidelity >"$log" 2>&1 || fail_with_log "$log" "The services' database accounts could not be made."
}

# Hands the schemas of :schema, and the tables, views, sequences and routines in them, over to :role. What belongs to a table
# (indexes, sequences of its columns) goes with it.
OWNERS=$(
  cat <<'SQL'
with schemas as (
  select oid, nspname, nspowner from pg_namespace where nspname in (:'schema', :'schema' || '_rebuilding', :'schema' || '_replaced'))
select format('alter %s owner to %I', thing, :'role') from (
  select nspowner as owner, format('schema %I', nspname) as thing from schemas
  union all
  select relowner, format('%s %s', case relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view' else 'table' end, c.oid::regclass)
  from pg_class c join schemas on relnamespace = schemas.oid
  where relkind in ('r', 'p', 'v', 'm', 'S')
    and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and refclassid = 'pg_class'::regclass and deptype in ('a', 'i'))
  union all
  select proowner, format('routine %s', p.oid::regprocedure) from pg_proc p join schemas on pronamespace = schemas.oid) things
where owner <> (select oid from pg_roles where rolname = :'role') \gexec
SQL
)
