using Fidelity.Measurement;

namespace Fidelity.Portal.KeepingCases;

/// <summary>What is left to do of a case that is discharged.</summary>
/// <param name="Interviews">Those that can still be held.</param>
/// <param name="FollowUps">How many months after discharge the family has yet to be asked, and the day on which that is.</param>
/// <param name="Outcomes">Columns of the outcomes at discharge that nobody has filled in.</param>
public sealed record StillDue(IReadOnlyList<Opportunity> Interviews, IReadOnlyList<(int Months, DateOnly On)> FollowUps, IReadOnlyList<string> Outcomes)
{
    /// <summary>When families are followed up (domain: before and after treatment, and at 6 and 18 months).</summary>
    public static readonly IReadOnlyList<int> Months = [6, 18];

    public bool IsNothing => Interviews is [] && FollowUps is [] && Outcomes is [];

    /// <summary>Null while no discharge is recorded.</summary>
    public static StillDue? Of(CaseFile file, ProgrammeProfile profile, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.Case.Discharged is not { } discharged
            ? null
            : new(
                [.. file.Due(today)],
                [
                    .. Months.Where(months => file.Case.FollowUps.All(known => known.Months != months))
                        .Select(months => (months, discharged.AddMonths(months))),
                ],
                KeepingCases.Outcomes.Unknown(profile, file.Case.Outcomes));
    }
}
