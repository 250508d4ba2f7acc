using Fidelity.ServiceDefaults;

namespace Fidelity.Portal.Teams;

/// <summary>What a team's page looks submissions up by: the case or interview they are about, and that they wait.</summary>
static class SubmissionIndexes
{
    public static readonly ReadTable Table = new("""
        create index if not exists records_by_subject on {schema}.records (programme, kind, split_part(key, '|', 1));
        create index if not exists submissions_waiting on {schema}.submissions (concluded_at) where state = 'waiting';
        """);
}
