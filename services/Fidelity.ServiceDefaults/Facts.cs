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
    public Task Receive(Fact fact, CancellationToken stopping) => writer.Write(async streams =>
    {
        var stream = await streams.OpenNewest<Fact>(keys.Stream("fact", fact.Programme, fact.About.Kind, fact.About.Key));
        if (stream.State is not { } held || held.Version < fact.Version)
            stream.Append(fact, [fact]);
        return fact;
    }, stopping);

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
    }
}

/// <summary>The table of facts: the newest state of everything the others have published, by team.</summary>
public sealed class FactsTable(ServiceSchema schema) : IProjection
{
    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.facts (
            programme text not null,
            kind text not null,
            key text not null,
            team_id text not null,
            version bigint not null,
            data jsonb not null,
            primary key (programme, kind, key));
        create index if not exists facts_by_team on {schema}.facts (programme, team_id, kind);
        """);

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { AllowOutOfOrderMetadataProperties = true };

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var recorded in events)
        {
            if (recorded.Data is Fact fact)
                Keep(operations, fact);
        }

        return Task.CompletedTask;
    }

    public void Keep(IDocumentOperations operations, Fact fact) => operations.QueueSqlCommand(
        $"""
        insert into {schema.Name}.facts (programme, kind, key, team_id, version, data) values (?, ?, ?, ?, ?, ?::jsonb)
        on conflict (programme, kind, key) do update set team_id = excluded.team_id, version = excluded.version, data = excluded.data
        where facts.version < excluded.version
        """,
        fact.Programme, fact.About.Kind, fact.About.Key, fact.TeamId, fact.Version, JsonSerializer.Serialize(fact, fact.GetType(), Json));

    public static T Read<T>(string data) where T : Fact => JsonSerializer.Deserialize<T>(data, Json)!;
}
