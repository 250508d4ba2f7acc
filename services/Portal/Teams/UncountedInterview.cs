using Fidelity.Contracts.Tam;

namespace Fidelity.Portal.Teams;

public static class UncountedInterview
{
    /// <summary>The codes of why an interview counts nowhere (measurement.md §2, §4); none when it counts.</summary>
    public static IReadOnlyList<string> Reasons(TamInterview interview) =>
    [
        .. new (string Code, bool Holds)[]
        {
            ("withdrawn", interview.Withdrawn), ("not_independent", !interview.Independent), ("outside_case", interview.OutsideCase),
        }.Where(reason => reason.Holds).Select(reason => reason.Code),
    ];
}
