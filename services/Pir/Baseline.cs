using System.Collections.Immutable;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;
using Marten;

namespace Fidelity.Pir;

public sealed record BaselineSet(
    string Programme, string TeamId, Guid ChangeId, TrendSeries Series, DateOnly Month, string Author, DateOnly Date, string Reason);

public sealed record BaselineWithdrawn(Guid ChangeId, string Author, DateOnly Date, string Reason);

/// <summary>The changes of baseline of a team's charts (measurement.md §5): each has an author, a day and a reason, and none is ever altered.</summary>
public sealed record Baseline
{
    public string Id { get; set; } = "";

    public string Programme { get; init; } = "";

    public string TeamId { get; init; } = "";

    public ImmutableList<BaselineChange> Changes { get; init; } = [];

    /// <summary>Where phases begin now.</summary>
    public IReadOnlyList<PhaseStart> Starts =>
    [
        .. Changes.Where(change => change.Withdrawn is null).Select(change => new PhaseStart(change.Series, change.Month))
            .OrderBy(start => start.Series).ThenBy(start => start.Month),
    ];

    public Baseline Apply(BaselineSet happened) => this with
    {
        Programme = happened.Programme,
        TeamId = happened.TeamId,
        Changes = Changes.Add(new(happened.ChangeId, happened.Series, happened.Month, happened.Author, happened.Date, happened.Reason, null)),
    };

    public Baseline Apply(BaselineWithdrawn happened) => this with
    {
        Changes =
        [
            .. Changes.Select(change => change.ChangeId != happened.ChangeId ? change
                : change with { Withdrawn = new(happened.Author, happened.Date, happened.Reason) }),
        ],
    };

    public static Decision<Baseline> Change(Baseline? known, ChangeBaseline command)
    {
        var state = known ?? new Baseline();
        var change = new BaselineChange(command.ChangeId, command.Series, command.Month, command.Author, command.Date, command.Reason, null);
        if (state.Find(command.ChangeId) is { } same)
            return same with { Withdrawn = null } == change ? Decision.Recorded(state) : Decision.Refused(state, Conflicting("change_id"));
        if (state.Starts.Contains(new(command.Series, command.Month)))
            return Decision.Refused(state, Conflicting("month"));
        var happened = new BaselineSet(
            command.Programme, command.TeamId, command.ChangeId, command.Series, command.Month, command.Author, command.Date, command.Reason);
        return Decision.Recorded(state.Apply(happened), happened);
    }

    /// <summary>Only what somebody has seen can be withdrawn, so a change that is not known will not come.</summary>
    public static Decision<Baseline> Withdraw(Baseline? known, WithdrawBaseline command)
    {
        var state = known ?? new Baseline();
        if (state.Find(command.ChangeId) is not { } change)
            return Decision.Refused(state, new Cause(ErrorCodes.UnknownReference, "change_id", "There is no such change. Look at the chart anew."));
        if (change.Withdrawn is { } before)
        {
            return before == new BaselineWithdrawal(command.Author, command.Date, command.Reason)
                ? Decision.Recorded(state)
                : Decision.Refused(state, new Cause(ErrorCodes.ConflictingId, "change_id", "The change has been withdrawn already. Look at the chart anew."));
        }

        var happened = new BaselineWithdrawn(command.ChangeId, command.Author, command.Date, command.Reason);
        return Decision.Recorded(state.Apply(happened), happened);
    }

    BaselineChange? Find(Guid change) => Changes.Find(one => one.ChangeId == change);

    static Cause Conflicting(string column) =>
        new(ErrorCodes.ConflictingId, column, "A phase of this chart begins there already. Look at the chart anew, or choose another month.");

    public static string StreamKey(InstallationKeys keys, string programme, string team) => keys.Stream("baseline", programme, team);

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<BaselineSet>("baseline_set");
        options.Events.MapEventType<BaselineWithdrawn>("baseline_withdrawn");
        options.Projections.LiveStreamAggregation<Baseline>();
    }
}
