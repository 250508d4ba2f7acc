using System.Text.Json;
using Dapper;
using Fidelity.Contracts;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using Npgsql;

namespace Fidelity.ServiceDefaults;

/// <summary>
/// Facts that a service keeps of the others: each is an event in its own store, one stream a thing, and a row in its
/// table of facts. The service computes and shows from these alone.
/// </summary>
public sealed class Facts(EventWriter writer, InstallationKeys keys)
{
    /// <summary>Stores a fact, unless the store has it or a newer one of the same thing.</summary>
    public Task Receive(Fact fact, CancellationToken stopping)
    {
        var key = keys.Stream("fact", fact.Programme, fact.About.Kind, fact.About.Key);
        return writer.Write(async streams =>
        {
            var stream = await streams.OpenNewest<Fact>(key);
            if (stream.State is not { } held || held.Version < fact.Version)
                stream.Append(fact, [fact]);
            return fact;
        }, stopping, Wanted.Newest<Fact>(key));
    }

    /// <summary>The kinds of fact there are.</summary>
    public static IReadOnlyList<Type> Types { get; } =
        [.. typeof(Fact).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Fact)) && !type.IsAbstract)];

    /// <summary>The newest fact of each thing on a page, to be written in one statement, which cannot write a row twice; none of who is erased.</summary>
    public static IReadOnlyList<Fact> Newest(IEnumerable<IEvent> page) =>
        [.. page.Select(recorded => (Fact)recorded.Data).Where(fact => !Erased.Is(fact)).GroupBy(fact => (fact.Programme, fact.About)).Select(versions => versions.MaxBy(fact => fact.Version)!)];

    /// <summary>The events that facts are stored as.</summary>
    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<TeamChanged>("team_changed");
        options.Events.MapEventType<CaseChanged>("case_changed");
        options.Events.MapEventType<TamOpportunityFellDue>("tam_opportunity_fell_due");
        options.Events.MapEventType<TamOpportunityClosed>("tam_opportunity_closed");
        options.Events.MapEventType<TamInterviewScored>("tam_interview_scored");
        options.Events.MapEventType<TamInterviewCorrected>("tam_interview_corrected");
        options.Events.MapEventType<TamInterviewWithdrawn>("tam_interview_withdrawn");
        options.Events.MapEventType<SurveyOpportunityFellDue>("survey_opportunity_fell_due");
        options.Events.MapEventType<SurveyOpportunityClosed>("survey_opportunity_closed");
        options.Events.MapEventType<SurveyScored>("survey_scored");
        options.Events.MapEventType<SurveyCorrected>("survey_corrected");
        options.Events.MapEventType<SurveyWithdrawn>("survey_withdrawn");
        options.Events.MapEventType<ReviewComputed>("review_computed");
        options.Events.MapEventType<TrendComputed>("trend_computed");
        options.Events.MapEventType<ReviewSigned>("review_signed");
        options.Events.MapEventType<ReviewPresented>("review_presented");
        options.Events.MapEventType<ReviewRestated>("review_restated");
        options.Events.MapEventType<BaselineChanged>("baseline_changed");
        options.Events.MapEventType<ThreadChanged>("thread_changed");
    }
}

/// <summary>The table of facts: the newest state of everything the others have published, by team.</summary>
public sealed class FactsTable(ServiceSchema schema) : IReadModel
{
    public static IReadOnlyList<Type> Events => Facts.Types;

    public static ReadTable Table { get; } = new("""
        create table if not exists {schema}.facts (
            programme text not null,
            kind text not null,
            key text not null,
            team_id text not null,
            version bigint not null,
            data jsonb not null,
            primary key (programme, kind, key));
        create index if not exists facts_by_team on {schema}.facts (programme, team_id, kind);
        create index if not exists facts_of_teams on {schema}.facts (kind, programme, team_id) where kind in ('team', 'review', 'trend');
        create index if not exists facts_of_interviews_due on {schema}.facts (programme, team_id)
            where kind = 'tam_opportunity' and data->'opportunity'->>'outcome' = 'open';
        """);

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { AllowOutOfOrderMetadataProperties = true };

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var newest = Facts.Newest(events);
        operations.QueueSqlCommand(
            $"""
            insert into {schema.Name}.facts (programme, kind, key, team_id, version, data)
            select programme, kind, key, team_id, version, data::jsonb
            from unnest(?, ?, ?, ?, ?, ?) as page (programme, kind, key, team_id, version, data)
            on conflict (programme, kind, key) do update set team_id = excluded.team_id, version = excluded.version, data = excluded.data
            where facts.version < excluded.version
            """,
            newest.Select(fact => fact.Programme).ToArray(), newest.Select(fact => fact.About.Kind).ToArray(),
            newest.Select(fact => fact.About.Key).ToArray(), newest.Select(fact => fact.TeamId).ToArray(),
            newest.Select(fact => fact.Version).ToArray(),
            newest.Select(fact => JsonSerializer.Serialize(fact, fact.GetType(), Json)).ToArray());
        return Task.CompletedTask;
    }

    public static T Read<T>(string data) where T : Fact => JsonSerializer.Deserialize<T>(data, Json)!;
}
