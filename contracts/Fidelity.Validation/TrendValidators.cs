using Fidelity.Contracts.Pir;

namespace Fidelity.Validation;

/// <summary>A change of a chart's baseline.</summary>
public sealed class ChangeBaselineValidator : CommandValidator<ChangeBaseline>
{
    /// <summary>The rules.</summary>
    public ChangeBaselineValidator()
    {
        Column("team_id", change => change.TeamId, Values.OfId);
        Column("change_id", change => change.ChangeId, Values.OfGiven);
        Code("series", change => change.Series);
        Column("month", change => change.Month, Values.OfMonth);
        Holds("month", change => change.Month <= change.Date, Charts.MonthToCome);
        Column("author", change => change.Author, Values.OfName);
        Column("date", change => change.Date, Values.OfDate);
        Column("reason", change => change.Reason, Values.OfRequiredText);
    }
}

/// <summary>The withdrawal of a change of baseline.</summary>
public sealed class WithdrawBaselineValidator : CommandValidator<WithdrawBaseline>
{
    /// <summary>The rules.</summary>
    public WithdrawBaselineValidator()
    {
        Column("team_id", withdrawal => withdrawal.TeamId, Values.OfId);
        Column("change_id", withdrawal => withdrawal.ChangeId, Values.OfGiven);
        Column("author", withdrawal => withdrawal.Author, Values.OfName);
        Column("date", withdrawal => withdrawal.Date, Values.OfDate);
        Column("reason", withdrawal => withdrawal.Reason, Values.OfRequiredText);
    }
}

/// <summary>A note on a month of a chart.</summary>
public sealed class BeginThreadValidator : CommandValidator<BeginThread>
{
    /// <summary>The rules.</summary>
    public BeginThreadValidator()
    {
        Column("team_id", thread => thread.TeamId, Values.OfId);
        Column("thread_id", thread => thread.ThreadId, Values.OfGiven);
        Code("series", thread => thread.Series);
        Column("month", thread => thread.Month, Values.OfMonth);
        Holds("month", thread => thread.Month <= thread.Date, Charts.MonthToCome);
        Column("author", thread => thread.Author, Values.OfName);
        Column("date", thread => thread.Date, Values.OfDate);
        Column("text", thread => thread.Text, Values.OfRequiredText);
    }
}

/// <summary>The next entry of a thread.</summary>
public sealed class ContinueThreadValidator : CommandValidator<ContinueThread>
{
    /// <summary>The rules.</summary>
    public ContinueThreadValidator()
    {
        Column("team_id", thread => thread.TeamId, Values.OfId);
        Column("thread_id", thread => thread.ThreadId, Values.OfGiven);
        Column("place", thread => thread.Place, place => place >= 2 ? null : Faults.OutOfScale(2, int.MaxValue));
        Each(thread => thread.Entry is { } entry ? Judge(entry) : [("entry", Values.Missing)]);
    }

    static IEnumerable<(string Column, Fault Fault)> Judge(ThreadEntry entry)
    {
        var (isAction, isCheck) = (entry.Kind == ThreadEntryKind.Action, entry.Kind == ThreadEntryKind.Check);
        (string Column, Fault? Fault)[] judged =
        [
            ("kind", Enum.IsDefined(entry.Kind) ? null : Faults.UnknownCode<ThreadEntryKind>()),
            ("author", Values.OfName(entry.Author)),
            ("date", Values.OfDate(entry.Date)),
            ("text", Values.OfRequiredText(entry.Text)),
            ("owner", isAction ? Values.OfName(entry.Owner) : entry.Owner is null ? null : Charts.NotOfThis),
            ("due", isAction ? OfDue(entry) : entry.Due is null ? null : Charts.NotOfThis),
            ("outcome", entry.Outcome switch
            {
                null => isCheck ? Values.Missing : null,
                { } found when !Enum.IsDefined(found) => Faults.UnknownCode<CheckOutcome>(),
                _ => isCheck ? null : Charts.NotOfThis,
            }),
        ];
        return judged.Where(one => one.Fault is not null).Select(one => (one.Column, one.Fault!.Value));
    }

    static Fault? OfDue(ThreadEntry entry) => entry.Due is not { } due ? Values.Missing
        : Values.OfDate(due) ?? (due < entry.Date ? new Fault(ErrorCodes.Inconsistent, "The action is due before it was decided. Write a day that is to come.") : null);
}

static class Charts
{
    public static Fault MonthToCome { get; } = new(ErrorCodes.Inconsistent, "The month has not begun. Choose one that has.");

    public static Fault NotOfThis { get; } = new(ErrorCodes.Inconsistent, "This kind of entry has no such value. Leave it out.");
}
