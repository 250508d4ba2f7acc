# Accounts of the services on the installation's own servers: one for each service, that may do what the service does and
# no more. deploy's own account there, `fidelity`, is for copying, restoring, and what concerns several services at once.
# On servers of the operator's own, everything uses the account that was given.

# Set where the server is the installation's own.
postgres_accounts='' broker_accounts=''

# as_service SERVICE COMMAND…: with the service's own accounts.
as_service() (
  # Both from what was given, before either is another.
  postgres=$(postgres_of "$1") broker=$(rabbitmq_of "$1")
  export FIDELITY_POSTGRES=$postgres FIDELITY_RABBITMQ=$broker
  "${@:2}"
)

# as_deploy COMMAND…: with deploy's own account at the broker, because queues that are made anew are set aside meanwhile.
as_deploy() (
  broker_accounts=''
  "$@"
)

# Five services share the server's 200 connections.
postgres_of() {
  if [[ $postgres_accounts ]]; then
    printf '%s;Maximum Pool Size=30' "$(postgres_connection fidelity "$(role_of "$1")")"
  else
    printf '%s' "$FIDELITY_POSTGRES"
  fi
}

rabbitmq_of() {
  if [[ $broker_accounts ]]; then rabbitmq_uri "$(role_of "$1")" "rabbitmq_${1,,}"; else printf '%s' "$FIDELITY_RABBITMQ"; fi
}

# role_of SERVICE: its name in PostgreSQL and in RabbitMQ. The passwords are two.
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

# What each service has to do with the broker (contracts/README.md says what the messages are):
#   inboxes    the queues that it takes messages from; each has an error queue, <inbox>_error
#   sends      the inboxes of others that it sends to
#   publishes  the facts and answers that it publishes
#   takes      the messages that its inboxes are bound to
#   watches    the error queues of others, whose dead letters it counts and shows
#   erases     the queue of no service that it takes messages of an erased family from
BROKER=$(
  cat <<'TABLE'
roster   inboxes    roster
roster   sends      portal-answers
roster   publishes  Roster:TeamChanged Roster:CaseChanged
roster   publishes  Submitting:SubmissionAnswered
roster   takes      Roster:RegisterTeam Roster:RegisterPost Roster:RegisterCase Roster:ReassignCase Roster:RecordFollowUp
roster   takes      Submitting:ReportProgress Erasing:EraseCase

tam      inboxes    tam
tam      sends      portal-answers
tam      publishes  Tam:TamOpportunityFellDue Tam:TamOpportunityClosed
tam      publishes  Tam:TamInterviewScored Tam:TamInterviewCorrected Tam:TamInterviewWithdrawn
tam      publishes  Submitting:SubmissionAnswered
tam      takes      Tam:RecordTamInterview Tam:RecordTamAttempt Tam:CorrectTamInterview Tam:WithdrawTamInterview
tam      takes      Roster:TeamChanged Roster:CaseChanged
tam      takes      Submitting:ReportProgress Erasing:EraseCase

surveys  inboxes    surveys
surveys  sends      portal-answers
surveys  publishes  Surveys:SurveyOpportunityFellDue Surveys:SurveyOpportunityClosed
surveys  publishes  Surveys:SurveyScored Surveys:SurveyCorrected Surveys:SurveyWithdrawn
surveys  publishes  Submitting:SubmissionAnswered
surveys  takes      Surveys:RecordSurvey Surveys:CorrectSurvey Surveys:WithdrawSurvey
surveys  takes      Roster:TeamChanged
surveys  takes      Submitting:ReportProgress

pir      inboxes    pir
pir      sends      portal-answers
pir      publishes  Pir:ReviewComputed Pir:TrendComputed Pir:BaselineChanged Pir:ThreadChanged
pir      publishes  Submitting:SubmissionAnswered
pir      publishes  Pir:ReviewSigned Pir:ReviewPresented Pir:ReviewRestated
pir      takes      Pir:SignReview Pir:WithdrawSignature Pir:ExamineReview
pir      takes      Pir:ChangeBaseline Pir:WithdrawBaseline Pir:BeginThread Pir:ContinueThread
pir      takes      Roster:TeamChanged Roster:CaseChanged
pir      takes      Tam:TamOpportunityFellDue Tam:TamOpportunityClosed
pir      takes      Tam:TamInterviewScored Tam:TamInterviewCorrected Tam:TamInterviewWithdrawn
pir      takes      Surveys:SurveyOpportunityFellDue Surveys:SurveyOpportunityClosed
pir      takes      Surveys:SurveyScored Surveys:SurveyCorrected Surveys:SurveyWithdrawn
pir      takes      Submitting:ReportProgress Erasing:EraseCase

portal   inboxes    portal portal-answers
portal   sends      roster tam surveys pir
portal   takes      Roster:TeamChanged Roster:CaseChanged
portal   takes      Tam:TamOpportunityFellDue Tam:TamOpportunityClosed
portal   takes      Tam:TamInterviewScored Tam:TamInterviewCorrected Tam:TamInterviewWithdrawn
portal   takes      Surveys:SurveyOpportunityFellDue Surveys:SurveyOpportunityClosed
portal   takes      Pir:ReviewComputed Pir:TrendComputed Pir:BaselineChanged Pir:ThreadChanged
portal   takes      Pir:ReviewSigned Pir:ReviewPresented Pir:ReviewRestated Pir:ReviewExamined
portal   takes      Submitting:SubmissionAnswered Submitting:ProgressReported Submitting:ReportProgress Erasing:CaseErased
portal   takes      Exporting:MakeExport
portal   takes      MassTransit:Fault
portal   watches    roster tam surveys pir
portal   erases     discarded
TABLE
)

# give_broker_accounts: a user for each service, and what it may do. MassTransit declares whatever it uses, each time, and
# RabbitMQ asks for the right to configure even where that changes nothing; so configure is the sum of all. What a service may
# not write it cannot send or publish, and what it may not read it can neither take nor bind to an inbox.
give_broker_accounts() {
  local service users='' permissions='' own sends publishes takes watches erases
  for service in "${SERVICES[@]}"; do
    own=$(names "$service" inboxes 's/.*/&(_error)?/')
    sends=$(names "$service" sends)
    publishes=$(names "$service" publishes "$EXCHANGE")
    takes=$(names "$service" takes "$EXCHANGE")
    watches=$(names "$service" watches 's/$/_error/')
    erases=$(names "$service" erases)
    users+=${users:+,}$(printf '{"name":"%s","password":"%s","tags":""}' "$(role_of "$service")" "$(password_of "rabbitmq_${service,,}")")
    permissions+=${permissions:+,}$(printf '{"user":"%s","vhost":"/","configure":"%s","write":"%s","read":"%s"}' "$(role_of "$service")" \
      "$(any_of "$own" "$sends" "$publishes" "$takes")" "$(any_of "$own" "$sends" "$publishes")" "$(any_of "$own" "$takes" "$watches" "$erases")")
  done
  # By standard input, where no process list shows the passwords.
  "$FIDELITY_DATA/rabbitmq/rabbitmqctl" --quiet import_definitions >"$LOGS/broker-accounts.log" 2>&1 <<<"{\"users\":[$users],\"permissions\":[$permissions]}" ||
    fail_with_log "$LOGS/broker-accounts.log" "The services' accounts at the broker could not be made."
}

# names SERVICE WHAT [SED]: of the table, a line each, and made into an expression. A dot is a character class, because
# JSON has its own use for a backslash.
names() { awk -v service="${1,,}" -v what="$2" '$1 == service && $2 == what { for (i = 3; i <= NF; i++) print $i }' <<<"$BROKER" | sed "${3:-}"; }

# A message's exchange is named after its type.
EXCHANGE='/^MassTransit:/! s/^/Fidelity[.]Contracts[.]/'

# any_of NAMES…
any_of() { printf '^(%s)$' "$(printf '%s\n' "$@" | sed '/^$/d' | paste -sd'|')"; }
