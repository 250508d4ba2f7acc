using Dapper;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Pir.Computing;

/// <summary>
/// Computes the reviews and the trend of every marked team, one instance of the service at a time. A review is a
/// function of the store up to a position, of the profile, and of the day.
/// </summary>
sealed class ComputingReviews(
    EventWriter writer, NpgsqlDataSource database, ServiceSchema schema, TeamsAwaitingRest awaitingRest, InstallationKeys keys,
    BusinessCalendar calendar, ILogger<ComputingReviews> log) : SoleWorker(database, schema, "computing", TimeSpan.FromSeconds(2), log)
{
    static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(100);

    protected override async Task Work(NpgsqlConnection connection, CancellationToken stopping)
    {
        while (true)
        {
            if (await ComputeMarked(connection, stopping) + await ComputeAtRest(connection, stopping) == 0)
                await Task.Delay(Idle, stopping);
        }
    }

    async Task<int> ComputeMarked(NpgsqlConnection connection, CancellationToken stopping)
    {
        var marked = (await connection.QueryAsync<(string Programme, string TeamId)>(
            $"select programme, team_id from {Schema}.marked_teams order by position")).AsList();
        foreach (var (programme, team) in marked)
        {
            var known = await FactsOfTeam.Read(Database, Schema, programme, team, stopping);
            await awaitingRest.Note(connection, programme, team, await Compute(known, atRest: false, stopping));
            await connection.ExecuteAsync(
                $"delete from {Schema}.marked_teams where programme = @programme and team_id = @team and position <= @position",
                new { programme, team, position = known.Position });
        }

        return marked.Count;
    }

    async Task<int> ComputeAtRest(NpgsqlConnection connection, CancellationToken stopping)
    {
        var ready = (await awaitingRest.AtRest(connection)).AsList();
        foreach (var (programme, team) in ready)
        {
            var known = await FactsOfTeam.Read(Database, Schema, programme, team, stopping);
            await awaitingRest.Note(connection, programme, team, await Compute(known, atRest: true, stopping));
        }

        return ready.Count;
    }

    /// <summary>Computes a team, and answers whether values of SAM and CAM are still to be shown.</summary>
    async Task<bool> Compute(FactsOfTeam known, bool atRest, CancellationToken stopping)
    {
        if (known.Team is not { } team || Profiles.Find(team.Profile) is not { } profile)
            return false;
        var today = calendar.Today;
        var periods = Period.All(team.PirStartMonth, team.Opened, team.Closed, today);
        var reviews = periods.Select(period => ReviewCalculated.Of(period, known, profile, today)).ToList();
        // The day on which a team closed may be told late.
        var pastItsLife = Period.All(team.PirStartMonth, team.Opened, closed: null, today).Skip(periods.Count).ToList();
        var lastDay = team.Closed < today ? team.Closed.Value : today;

        var reviewKeys = reviews.ConvertAll(calculated => Key(calculated.Period));
        var voidKeys = pastItsLife.ConvertAll(period => Key(period.Name));
        var trendKey = keys.Stream("trend", team.Programme, team.TeamId);
        var frozenKey = FrozenFigures.StreamKey(keys, team.Programme, team.TeamId);
        return await writer.Write(async streams =>
        {
            var frozen = (await streams.Open<FrozenFigures>(frozenKey)).State?.Through;
            var awaits = false;
            foreach (var (calculated, key) in reviews.Zip(reviewKeys))
            {
                var stream = await streams.OpenNewest<ReviewCalculated>(key);
                var (state, events) = Review.Calculate(Review.Of(stream.State), FrozenFigures.Standing(stream.State, calculated, frozen), atRest);
                stream.Append(state.Latest!, events);
                awaits |= state.AwaitsRest;
            }

            foreach (var key in voidKeys)
            {
                var stream = await streams.OpenNewest<ReviewCalculated>(key);
                if (Review.Void(Review.Of(stream.State), known.Position, today) is { State: { } state, Events: var events })
                    stream.Append(state.Latest!, events);
            }

            var figures = await streams.OpenNewest<TrendCalculated>(trendKey);
            var (latest, changes) = TeamTrend.Calculate(
                TeamTrend.Of(figures.State), TeamTrend.Compute(figures.State, frozen, team, profile, known.Facts, known.Position, today, lastDay));
            figures.Append(latest.Latest!, changes);
            return awaits;
        }, stopping,
        [
            .. reviewKeys.Concat(voidKeys).Select(Wanted.Newest<ReviewCalculated>), Wanted.Newest<TrendCalculated>(trendKey),
            Wanted.Whole<FrozenFigures>(frozenKey),
        ]);

        string Key(string period) => keys.Stream("pir", team.Programme, team.TeamId, period);
    }
}
