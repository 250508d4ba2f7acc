using Fidelity.Contracts;
using Fidelity.Contracts.Submitting;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;
using MassTransit;

namespace Fidelity.Pir.Rebasing;

/// <summary>
/// Decides on a team's baseline. The trend says from then on which phases hold: both are saved together, so that whoever has the trend
/// has limits, signals and assurance by the same phases.
/// </summary>
static class RebasingTrend
{
    /// <summary>Where there is no trend there is nothing yet whose limits could be anything.</summary>
    static readonly Cause NoTrend = new(ErrorCodes.UnknownReference, "team_id", "The team has no chart yet. Change its baseline when it has.");

    public static Task Rebase<TCommand>(
        this ConsumeContext<TCommand> context, EventWriter writer, InstallationKeys keys, string team, Func<Baseline?, Decision<Baseline>> decide)
        where TCommand : Command
    {
        var programme = context.Message.Programme;
        var key = Baseline.StreamKey(keys, programme, team);
        OpenStreams.OpenStream<TrendCalculated>? trend = null;
        return context.Decide(
            writer, key, async streams =>
            {
                trend = await streams.OpenNewest<TrendCalculated>(TeamTrend.StreamKey(keys, programme, team));
                return await streams.Open<Baseline>(key);
            },
            known =>
            {
                if (trend!.State is not { } latest)
                    return Decision.Refused(known ?? new Baseline(), NoTrend);
                var decision = decide(known);
                var (rebased, events) = TeamTrend.Rebase(latest, decision.State.Starts);
                trend.Append(rebased, events);
                return decision;
            });
    }
}
