using System.Globalization;
using Fidelity.Contracts;
using Fidelity.Contracts.Pir;
using Fidelity.Measurement;

namespace Fidelity.Portal.Trends;

/// <summary>What the forms of a trend's page say, as commands. What cannot be read becomes what no command accepts.</summary>
static class WrittenOnTrend
{
    /// <summary>The fields that people fill in, in any of the forms.</summary>
    public static readonly IReadOnlyList<string> Fields = ["month", "text", "reason", "owner", "due", "outcome"];

    /// <summary>Null for a form that the page does not have.</summary>
    public static Command? Read(Func<string, string?> sent, string programme, string team, TrendSeries series, string author, DateOnly today)
    {
        return sent("do") switch
        {
            "note" => new BeginThread(Guid.Empty, programme, team, Id("thread"), series, MonthOf(sent("month")) ?? default, author, today, Text("text")),
            "go_on" => new ContinueThread(Guid.Empty, programme, team, Id("thread"), int.TryParse(sent("place"), NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : 0, new(
                Codes.TryParse<ThreadEntryKind>(sent("kind"), out var kind) ? kind : (ThreadEntryKind)(-1), author, today, Text("text"),
                Text("owner") is { Length: > 0 } owner ? owner : null, Day(sent("due")),
                sent("outcome") switch { null or "" => null, var code => Codes.TryParse<CheckOutcome>(code, out var outcome) ? outcome : (CheckOutcome)(-1) })),
            "rebase" => new ChangeBaseline(Guid.Empty, programme, team, Id("change"), series, MonthOf(sent("month")) ?? default, author, today, Text("reason")),
            "withdraw" => new WithdrawBaseline(Guid.Empty, programme, team, Id("change"), author, today, Text("reason")),
            _ => null,
        };

        Guid Id(string field) => Guid.TryParse(sent(field), out var id) ? id : Guid.Empty;

        // Browsers end lines with two characters, which count twice.
        string Text(string field) => (sent(field) ?? "").ReplaceLineEndings("\n").Trim();
    }

    static DateOnly? Day(string? text) => string.IsNullOrEmpty(text) ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : default(DateOnly);

    /// <summary>A month as a field or an address has it; null when it is none.</summary>
    public static DateOnly? MonthOf(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) ? month : null;
}
