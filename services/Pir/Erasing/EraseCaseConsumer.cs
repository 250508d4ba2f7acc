using Dapper;
using Fidelity.Contracts.Erasing;
using Fidelity.Measurement;
using Fidelity.Pir.Computing;
using Fidelity.ServiceDefaults;
using MassTransit;
using Npgsql;

namespace Fidelity.Pir.Erasing;

/// <summary>
/// Erases what figures of a case were computed from, after it has frozen the figures: what can no longer be computed stands as it is.
/// While the team is still to be computed it does not answer, and is asked again.
/// </summary>
sealed class EraseCaseConsumer(
    ErasedStreams erasing, EventWriter writer, NpgsqlDataSource database, ServiceSchema schema, InstallationKeys keys, BusinessCalendar calendar)
    : IConsumer<EraseCase>
{
    public async Task Consume(ConsumeContext<EraseCase> context)
    {
        var (command, stopping) = (context.Message, context.CancellationToken);
        await using (var connection = await database.OpenConnectionAsync(stopping))
        {
            var team = await connection.QuerySingleOrDefaultAsync<(string TeamId, bool Marked)?>(
                $"""
                select team_id, exists (select from {schema.Name}.marked_teams marked
                                        where marked.programme = known.programme and marked.team_id = known.team_id)
                from {schema.Name}.team_records known where programme = @Programme and kind = 'case' and key = @CaseId
                """, command);
            if (team is { Marked: true })
                return;
            if (team is { TeamId: var id })
                await Freeze(command, await FactsOfTeam.Read(database, schema.Name, command.Programme, id, stopping), stopping);
        }

        var found = await erasing.Facts(command.Programme, command.CaseId, "team_records", stopping);
        await context.RespondAsync(new CaseErased(command.ErasureId, command.Pass, "pir", found));
    }

    async Task Freeze(EraseCase command, FactsOfTeam known, CancellationToken stopping)
    {
        if (known.Team is not { } team || FrozenFigures.LastDay(known.Facts, command.CaseId) is not { } lastDay)
            return;
        var ended = Period.All(team.PirStartMonth, team.Opened, team.Closed, calendar.Today).Where(period => period.To < calendar.Today).Max(period => (DateOnly?)period.To);
        var key = FrozenFigures.StreamKey(keys, team.Programme, team.TeamId);
        await writer.Write(async streams =>
        {
            var stream = await streams.Open<FrozenFigures>(key);
            var (state, events) = FrozenFigures.Freeze(stream.State, lastDay, ended);
            stream.Append(state, events);
            return true;
        }, stopping, Wanted.Whole<FrozenFigures>(key));
    }
}
