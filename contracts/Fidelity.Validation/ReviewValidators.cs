using Fidelity.Contracts.Pir;
using Fidelity.Measurement;

namespace Fidelity.Validation;

/// <summary>A signature, and the text it stands for.</summary>
public sealed class SignReviewValidator : CommandValidator<SignReview>
{
    /// <summary>The most goals of a review.</summary>
    public const int MostGoals = 50;

    /// <summary>The rules, in the order of the page.</summary>
    public SignReviewValidator()
    {
        Column("team_id", sign => sign.TeamId, Values.OfId);
        Column("period", sign => sign.Period, Values.OfPeriod);
        Code("role", sign => sign.Role);
        Column("signed_by", sign => sign.SignedBy, Values.OfName);
        Each(sign => sign.Text is null ? [("text", Values.Missing)] : Judge(sign.Text));
    }

    static IEnumerable<(string, Fault)> Judge(ReviewText text)
    {
        foreach (var (column, written) in new[] { ("strengths", text.Strengths), ("areas_to_improve", text.AreasToImprove) })
        {
            if (ReviewTexts.OfPart(written, required: true) is { } fault)
                yield return (column, fault);
        }

        if (text.Goals.Count > MostGoals)
            yield return ("goals", new(ErrorCodes.TooLarge, FormattableString.Invariant($"Choose at most {MostGoals} goals.")));
        foreach (var fault in text.Goals.Select(goal => ReviewTexts.OfGoal(goal.Text, goal.Owner, goal.Due)).OfType<(string, Fault)>())
            yield return fault;
        foreach (var fault in text.FollowUps.Select(followUp => Values.OfText(followUp.Note)).OfType<Fault>())
            yield return ("note", fault);
        if (text.FollowUps.Any(followUp => !Enum.IsDefined(followUp.Outcome)))
            yield return ("outcome", Faults.UnknownCode<GoalOutcome>());
    }
}

/// <summary>A signature that is taken back.</summary>
public sealed class WithdrawSignatureValidator : CommandValidator<WithdrawSignature>
{
    /// <summary>The rules.</summary>
    public WithdrawSignatureValidator()
    {
        Column("team_id", withdraw => withdraw.TeamId, Values.OfId);
        Column("period", withdraw => withdraw.Period, Values.OfPeriod);
        Code("role", withdraw => withdraw.Role);
        Column("withdrawn_by", withdraw => withdraw.WithdrawnBy, Values.OfName);
    }
}

/// <summary>The rules for the parts of a review's text, while it is written and when it is signed.</summary>
public static class ReviewTexts
{
    /// <summary>The most characters of strengths, and of areas to improve.</summary>
    public const int LongestPart = 10_000;

    /// <summary>Strengths or areas to improve: at most 10,000 characters that name no person by number; to be signed, at least one.</summary>
    public static Fault? OfPart(string? text, bool required) =>
        required && string.IsNullOrWhiteSpace(text) ? Values.Missing : Values.OfText(text, LongestPart);

    /// <summary>What is wrong with a goal, and where; null when nothing is.</summary>
    public static (string Column, Fault Fault)? OfGoal(string? text, string? owner, DateOnly? due) =>
        string.IsNullOrWhiteSpace(text) ? ("goal", Values.Missing)
        : Values.OfText(text) is { } ofText ? ("goal", ofText)
        : Values.OfName(owner) is { } ofOwner ? ("owner", ofOwner)
        : due is null ? ("due", Values.Missing)
        : Values.OfDate(due) is { } ofDue ? ("due", ofDue)
        : null;
}
