using Dapper;
using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Pir.Computing;
using Fidelity.ServiceDefaults;
using Marten;
using Npgsql;

namespace Fidelity.Pir.Restating;

/// <summary>What was known of a team at a position of the store, from its events.</summary>
sealed class PastFacts(IDocumentStore store, NpgsqlDataSource database, ServiceSchema schema, InstallationKeys keys)
{
    /// <summary>What was known at each of the positions, in their order. Nothing ever moves to another team.</summary>
    public async Task<IReadOnlyList<FactsOfTeam>> At(string programme, string team, IReadOnlyList<long> positions, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var things = await connection.QueryAsync<(string Kind, string Key)>(
            $"select kind, key from {schema.Name}.team_records where programme = @programme and team_id = @team", new { programme, team });
        await using var session = store.QuerySession();
        var batch = session.CreateBatchQuery();
        var streams = things.Select(thing => batch.Events.FetchStream(keys.Stream("fact", programme, KindOfFact(thing.Kind), thing.Key))).ToList();
        await batch.Execute(stopping);
        var histories = await Task.WhenAll(streams);
        return
        [
            .. positions.Select(position => Of(position,
                [.. histories.Select(history => history.LastOrDefault(recorded => recorded.Sequence <= position)?.Data).OfType<Fact>()])),
        ];
    }

    static FactsOfTeam Of(long position, IReadOnlyList<Fact> facts) =>
        new(position, facts.OfType<TeamChanged>().SingleOrDefault(), MeasuredFacts.Of(facts));

    static string KindOfFact(string kind) => kind is "sam_opportunity" or "cam_opportunity" ? "survey_opportunity" : kind;
}
