using Fidelity.Measurement;

namespace Fidelity.Contracts.Pir;

/// <summary>A baseline of a team's charts was changed, or a change was withdrawn. Which phases hold stands with the trend itself.</summary>
/// <param name="Changes">Every change there has been, in the order in which they were made.</param>
public sealed record BaselineChanged(long Version, string Programme, string TeamId, IReadOnlyList<BaselineChange> Changes)
    : Fact(Version, Programme, TeamId)
{
    /// <inheritdoc />
    protected override Thing Subject() => new("baseline", TeamId);
}

/// <summary>One change of a baseline.</summary>
/// <param name="ChangeId">What names it.</param>
/// <param name="Series">The chart.</param>
/// <param name="Month">First day of the first month of the phase that it begins.</param>
/// <param name="Author">Who made it.</param>
/// <param name="Date">The day on which it was made.</param>
/// <param name="Reason">Why.</param>
/// <param name="Withdrawn">Its withdrawal; null while it holds.</param>
public sealed record BaselineChange(
    Guid ChangeId, TrendSeries Series, DateOnly Month, string Author, DateOnly Date, string Reason, BaselineWithdrawal? Withdrawn);

/// <summary>The withdrawal of a change.</summary>
/// <param name="Author">Who withdrew it.</param>
/// <param name="Date">The day on which it was withdrawn.</param>
/// <param name="Reason">Why.</param>
public sealed record BaselineWithdrawal(string Author, DateOnly Date, string Reason);

/// <summary>The beginning of a phase of a chart.</summary>
/// <param name="Series">The chart.</param>
/// <param name="Month">First day of the phase's first month.</param>
public sealed record PhaseStart(TrendSeries Series, DateOnly Month);
