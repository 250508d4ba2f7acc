using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Fidelity.Measurement;
using Fidelity.Validation;
using Marten;

namespace Fidelity.Portal;

/// <summary>How many entries of one kind there were in the month.</summary>
public sealed record DeedCount(string Deed, int Entries);

/// <summary>Entries were drawn by lot, and how, so that the draw can be accounted for.</summary>
/// <param name="Month">The first day of the month that they are of, in UTC as the log is.</param>
/// <param name="Programme">The unit; null: what was done in no programme.</param>
/// <param name="Size">How many were to be drawn.</param>
/// <param name="OfEach">How many, of those, of each deed that matters.</param>
/// <param name="Population">All that there were to draw from.</param>
/// <param name="Entries">The numbers in the log of those that were drawn. What they say stays there, and leaves with them.</param>
public sealed record LogSampleDrawn(
    DateOnly Month, string? Programme, DateTimeOffset At, int Size, int OfEach, IReadOnlyList<DeedCount> Population, IReadOnlyList<long> Entries);

public sealed record LogEntryJudged(long Number, Judgement Judgement, string Reason, string By, DateTimeOffset At);

public sealed record LogSampleClosed(string Conclusion, string By, DateTimeOffset At);

/// <summary>What a reviewer finds of an entry.</summary>
[JsonConverter(typeof(CodeJsonConverter<Judgement>))]
public enum Judgement
{
    /// <summary>The work called for it.</summary>
    InOrder,

    /// <summary>The log alone does not tell.</summary>
    ToBeLookedInto,

    /// <summary>Nothing called for it.</summary>
    NotJustified,
}

/// <summary>A month's sample of the access log, and what its reviewers found (loggkontroll).</summary>
public sealed record LogSample
{
    public const int LongestReason = 500;
    public const int LongestConclusion = 2000;

    public string Id { get; set; } = "";

    public LogSampleDrawn? Drawn { get; init; }

    /// <summary>Every judgement in the order it was made: the last of an entry holds, and those before it stay.</summary>
    public ImmutableList<LogEntryJudged> Judgements { get; init; } = [];

    public LogSampleClosed? Closed { get; init; }

    public LogSample Apply(LogSampleDrawn happened) => this with { Drawn = happened };

    public LogSample Apply(LogEntryJudged happened) => this with { Judgements = Judgements.Add(happened) };

    public LogSample Apply(LogSampleClosed happened) => this with { Closed = happened };

    public IReadOnlyList<LogEntryJudged> Of(long entry) => [.. Judgements.Where(judged => judged.Number == entry)];

    public LogEntryJudged? LastOf(long entry) => Judgements.FindLast(judged => judged.Number == entry);

    /// <summary>One's own access is for somebody else to judge. Sign-in names are the same in capitals.</summary>
    public static bool IsOwn(string who, string reviewer) => who.Equals(reviewer, StringComparison.OrdinalIgnoreCase);

    /// <summary>A month is drawn once, whatever else might have been drawn.</summary>
    public static (LogSample State, IReadOnlyList<object> Events) Draw(LogSample? known, LogSampleDrawn asked) =>
        known is null ? (new LogSample().Apply(asked), [asked]) : (known, []);

    /// <summary>Judges an entry, for the first time or anew.</summary>
    /// <param name="who">Whose access the entry tells of; null when it has left the log.</param>
    /// <param name="seen">How many judgements of the entry the reviewer had before them.</param>
    public static (LogSample State, IReadOnlyList<object> Events, string? Fault) Judge(LogSample known, LogEntryJudged asked, string? who, int seen)
    {
        var before = known.Of(asked.Number);
        if (before is [.., var last] && last with { At = asked.At } == asked)
            return (known, [], null);
        var fault =
            known.Closed is not null ? "sample_closed"
            : who is null || known.Drawn?.Entries.Contains(asked.Number) is not true ? "not_in_log"
            : IsOwn(who, asked.By) ? "own_access"
            : before.Count != seen ? "judged_meanwhile"
            : asked.Judgement != Judgement.InOrder && string.IsNullOrWhiteSpace(asked.Reason) ? "no_reason"
            : TextFault(asked.Reason, LongestReason);
        return fault is null ? (known.Apply(asked), [asked], null) : (known, [], fault);
    }

    /// <summary>Closes the sample for good, when all has been judged that can be.</summary>
    /// <param name="inLog">The entries that have not left the log; of the others nobody can say any more what they were.</param>
    public static (LogSample State, IReadOnlyList<object> Events, string? Fault) Close(LogSample known, LogSampleClosed asked, IReadOnlyCollection<long> inLog)
    {
        if (known.Closed is { } closed && closed with { At = asked.At } == asked)
            return (known, [], null);
        var fault =
            known.Closed is not null ? "sample_closed"
            : known.Drawn is null || known.Drawn.Entries.Any(entry => inLog.Contains(entry) && known.LastOf(entry) is null) ? "not_all_judged"
            : string.IsNullOrWhiteSpace(asked.Conclusion) ? "no_conclusion"
            : TextFault(asked.Conclusion, LongestConclusion);
        return fault is null ? (known.Apply(asked), [asked], null) : (known, [], fault);
    }

    static string? TextFault(string text, int longest) =>
        text.Length > longest ? "too_large" : PersonalIdentityNumber.IsIn(text) ? "personal_identity_number" : null;

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<LogSampleDrawn>("log_sample_drawn");
        options.Events.MapEventType<LogEntryJudged>("log_entry_judged");
        options.Events.MapEventType<LogSampleClosed>("log_sample_closed");
        options.Projections.LiveStreamAggregation<LogSample>();
    }
}
