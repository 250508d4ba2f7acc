using System.Text.Json;
using Fidelity.Contracts;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.Portal.Trends;
using Fidelity.ServiceDefaults;
using JasperFx.Events;
using Marten;

namespace Fidelity.Portal.Overview;

/// <summary>
/// What an overview shows of a team, made when the facts arrive and not when somebody looks: the team, each of its reviews with the
/// indicators alone, as computed and as presented, and its trend as a small picture.
/// </summary>
sealed class Standings(ServiceSchema schema) : IReadModel
{
    public static ReadTable Table { get; } = new("""
        create table if not exists {schema}.standings (
            programme text not null,
            team_id text not null,
            kind text not null,
            period text not null,
            version bigint not null,
            has_records boolean not null,
            data jsonb not null,
            primary key (programme, team_id, kind, period));
        create index if not exists standings_of_teams on {schema}.standings (programme, team_id) where kind = 'team';
        """);

    public static IReadOnlyList<Type> Events => [typeof(TeamChanged), typeof(ReviewComputed), typeof(ReviewPresented), typeof(ReviewRestated), typeof(TrendComputed)];

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var facts = Facts.Newest(events).ToLookup(fact => fact is ReviewComputed { State: ReviewState.Void });
        operations.QueueSqlCommand(
            $"""
            delete from {schema.Name}.standings
            where (programme, team_id, kind, period) in (select programme, team_id, 'review', period from unnest(?, ?, ?) as page (programme, team_id, period))
            """,
            facts[true].Select(review => review.Programme).ToArray(), facts[true].Select(review => review.TeamId).ToArray(),
            facts[true].Cast<ReviewComputed>().Select(review => review.Period).ToArray());
        var rows = facts[false].Select(Row.Of).ToList();
        operations.QueueSqlCommand(
            $"""
            insert into {schema.Name}.standings (programme, team_id, kind, period, version, has_records, data)
            select programme, team_id, kind, period, version, has_records, data::jsonb
            from unnest(?, ?, ?, ?, ?, ?, ?) as page (programme, team_id, kind, period, version, has_records, data)
            on conflict (programme, team_id, kind, period)
                do update set version = excluded.version, has_records = excluded.has_records, data = excluded.data
            where standings.version < excluded.version
            """,
            rows.Select(row => row.Fact.Programme).ToArray(), rows.Select(row => row.Fact.TeamId).ToArray(), rows.Select(row => row.Fact.About.Kind).ToArray(),
            rows.Select(row => row.Period).ToArray(), rows.Select(row => row.Fact.Version).ToArray(), rows.Select(row => row.HasRecords).ToArray(),
            rows.Select(row => JsonSerializer.Serialize(row.Data, FactsTable.Json)).ToArray());
        return Task.CompletedTask;
    }

    sealed record Row(Fact Fact, string Period, bool HasRecords, object Data)
    {
        public static Row Of(Fact fact) => fact switch
        {
            ReviewComputed review => new(review, review.Period, review.DataTo >= review.From, WithIndicators(review)),
            ReviewSignOffFact { SignOff.Signed.Figures: var figures } presented =>
                new(presented, presented.Period, figures.DataTo >= figures.From, WithIndicators(figures) with { State = ReviewState.Presented }),
            TrendComputed trend => new(trend, "", false, TrendPicture.Of(trend)),
            _ => new(fact, "", false, (TeamChanged)fact with { Posts = [] }),
        };

        static ReviewComputed WithIndicators(ReviewComputed review) => review with
        {
            Closures = [], Interviews = [],
            Measures = [.. review.Measures.Where(measure => Indicators.Of(Profiles.Find(review.Profile)).Contains(measure.Measure, StringComparer.Ordinal))],
        };
    }
}
