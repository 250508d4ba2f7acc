namespace Fidelity.Validation;

/// <summary>Every code by which a signature under a review is refused (measurement.md §7).</summary>
public static class SigningCodes
{
    /// <summary>There is no such review.</summary>
    public const string NoReview = "no_review";

    /// <summary>The review has been presented.</summary>
    public const string Presented = "presented";

    /// <summary>The period has not ended.</summary>
    public const string PeriodRunning = "period_running";

    /// <summary>Records are still arriving, and with them values that are shown once.</summary>
    public const string RecordsArriving = "records_arriving";

    /// <summary>Other figures are to be signed than those that were seen.</summary>
    public const string FiguresChanged = "figures_changed";

    /// <summary>The role has signed.</summary>
    public const string RoleHasSigned = "role_has_signed";

    /// <summary>The same person has signed for the other role.</summary>
    public const string SamePerson = "same_person";

    /// <summary>A goal of the review before is not followed up.</summary>
    public const string FollowUpMissing = "follow_up_missing";

    /// <summary>There is no such signature any more.</summary>
    public const string NoSignature = "no_signature";
}
