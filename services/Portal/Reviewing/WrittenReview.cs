using System.Globalization;
using Fidelity.Contracts.Pir;
using Fidelity.Measurement;
using Fidelity.Validation;

namespace Fidelity.Portal.Reviewing;

/// <summary>A review's text as it is written so far, and what is missing for it to be signed.</summary>
public sealed record WrittenReview
{
    public const string Strengths = "strengths";
    public const string Areas = "areas";
    const string GoalKind = "goal/";
    const string FollowUpKind = "follow_up/";

    static readonly Fault NoDate = new(ErrorCodes.BadDate, "Write a date that exists as yyyy-mm-dd, such as 2026-12-01.");

    readonly IReadOnlyDictionary<string, WrittenPart> _parts;
    readonly IReadOnlyList<Goal> _before;

    /// <param name="before">The goals of the review before, if that was presented.</param>
    public WrittenReview(IReadOnlyList<WrittenPart> parts, IReadOnlyList<Goal> before) =>
        (_parts, _before) = (parts.ToDictionary(part => part.Part, StringComparer.Ordinal), before);

    /// <summary>A goal's part, and that of its follow-up a period later.</summary>
    public static string OfGoal(Guid goal) => $"{GoalKind}{goal}";

    public static string OfFollowUp(Guid goal) => $"{FollowUpKind}{goal}";

    /// <summary>The goals, in the order in which they were set.</summary>
    public IReadOnlyList<WrittenPart> Goals =>
        [.. _parts.Values.Where(part => part.Part.StartsWith(GoalKind, StringComparison.Ordinal) && part.Content is not null).OrderBy(part => part.Part, StringComparer.Ordinal)];

    /// <summary>The goals of the review before, each with what is written of what became of it.</summary>
    public IReadOnlyList<(Goal Goal, WrittenPart Written)> FollowUps => [.. _before.Select(goal => (goal, Part(OfFollowUp(goal.Id))))];

    /// <summary>A part as it is; blank when nobody has written it.</summary>
    public WrittenPart Part(string name) => _parts.GetValueOrDefault(name) ?? new(name, 0, null, "", default);

    /// <summary>How often the text has been changed.</summary>
    public long Version => _parts.Values.Sum(part => (long)part.Version);

    /// <summary>Whether anybody may write a part of that name.</summary>
    public bool Has(string part) => part is Strengths or Areas
        || (part.StartsWith(GoalKind, StringComparison.Ordinal) && Guid.TryParse(part[GoalKind.Length..], out _))
        || _before.Any(goal => OfFollowUp(goal.Id) == part);

    /// <summary>The fields of a part.</summary>
    public static IReadOnlyList<string> Fields(string part) => part is Strengths or Areas ? ["text"]
        : part.StartsWith(GoalKind, StringComparison.Ordinal) ? ["text", "owner", "due"]
        : ["outcome", "note"];

    /// <summary>What is wrong with a field while it is written: what cannot be kept. It may be unfinished.</summary>
    public static Fault? Fault(string part, string field, string value) => value.Length == 0 ? null : field switch
    {
        "text" when part is Strengths or Areas => ReviewTexts.OfPart(value, required: false),
        "owner" => Values.OfName(value),
        "due" => Day(value) is { } day ? Values.OfDate(day) : NoDate,
        "outcome" => Codes.TryParse<GoalOutcome>(value, out _) ? null : Faults.UnknownCode<GoalOutcome>(),
        _ => Values.OfText(value),
    };

    /// <summary>What is still to be written before it can be signed, as text keys.</summary>
    public IReadOnlyList<string> Missing =>
    [
        .. new[] { Strengths, Areas }.Where(part => string.IsNullOrWhiteSpace(Part(part).Of("text"))).Select(part => "writing.missing." + part),
        .. Goals.Any(goal => ReviewTexts.OfGoal(goal.Of("text"), goal.Of("owner"), Day(goal.Of("due"))) is not null) ? ["writing.missing.goal"] : Array.Empty<string>(),
        .. FollowUps.Any(followUp => !Codes.TryParse<GoalOutcome>(followUp.Written.Of("outcome"), out _)) ? ["writing.missing.follow_up"] : Array.Empty<string>(),
    ];

    /// <summary>The text to sign. Nothing may be missing.</summary>
    public ReviewText ToText() => new(
        Version, Part(Strengths).Of("text"), Part(Areas).Of("text"),
        [.. Goals.Select(goal => new Goal(Guid.Parse(goal.Part[GoalKind.Length..]), goal.Of("text"), goal.Of("owner"), Day(goal.Of("due"))!.Value))],
        [
            .. FollowUps.Select(followUp => new GoalFollowUp(
                followUp.Goal.Id, Codes.TryParse<GoalOutcome>(followUp.Written.Of("outcome"), out var outcome) ? outcome : default,
                followUp.Written.Of("note") is { Length: > 0 } note ? note : null)),
        ]);

    public static DateOnly? Day(string value) => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
