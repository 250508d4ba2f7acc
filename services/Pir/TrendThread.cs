using System.Collections.Immutable;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;
using Marten;

namespace Fidelity.Pir;

public sealed record ThreadBegun(
    string Programme, string TeamId, Guid ThreadId, TrendSeries Series, DateOnly Month, string Author, DateOnly Date, string Text);

public sealed record ThreadContinued(
    ThreadEntryKind Kind, string Author, DateOnly Date, string Text, string? Owner, DateOnly? Due, CheckOutcome? Outcome);

/// <summary>What was written on a month of a team's chart: a note, and the work that came of it. No entry is ever altered.</summary>
public sealed record TrendThread
{
    public string Id { get; set; } = "";

    public ThreadBegun? Begun { get; init; }

    public ImmutableList<ThreadEntry> Entries { get; init; } = [];

    public TrendThread Apply(ThreadBegun happened) => this with
    {
        Begun = happened, Entries = [new(ThreadEntryKind.Note, happened.Author, happened.Date, happened.Text)],
    };

    public TrendThread Apply(ThreadContinued happened) => this with
    {
        Entries = Entries.Add(new(happened.Kind, happened.Author, happened.Date, happened.Text, happened.Owner, happened.Due, happened.Outcome)),
    };

    public static Decision<TrendThread> Begin(TrendThread? known, BeginThread command)
    {
        var state = known ?? new TrendThread();
        var begun = new ThreadBegun(
            command.Programme, command.TeamId, command.ThreadId, command.Series, command.Month, command.Author, command.Date, command.Text);
        return state.Begun is null ? Decision.Recorded(state.Apply(begun), begun)
            : state.Begun == begun ? Decision.Recorded(state)
            : Decision.Refused(state, Moved("thread_id"));
    }

    /// <summary>
    /// Whoever writes has seen the entries before: of two who write at once, the second is told, and reads what the first wrote. Nobody
    /// goes on with a thread that they have not seen, so one that is not known will not come.
    /// </summary>
    public static Decision<TrendThread> Continue(TrendThread? known, ContinueThread command)
    {
        var state = known ?? new TrendThread();
        var entry = command.Entry;
        if (state.Begun is null || command.Place > state.Entries.Count + 1)
            return Decision.Refused(state, new Cause(ErrorCodes.UnknownReference, "thread_id", "There is no such thread. Look at the chart anew."));
        if (command.Place <= state.Entries.Count)
            return state.Entries[command.Place - 1] == entry ? Decision.Recorded(state) : Decision.Refused(state, Moved("place"));
        if (!ThreadCourse.Next(state.Entries).Contains(entry.Kind))
            return Decision.Refused(state, new Cause(ErrorCodes.Inconsistent, "kind", "This does not come next in the thread. Look at the chart anew."));
        var happened = new ThreadContinued(entry.Kind, entry.Author, entry.Date, entry.Text, entry.Owner, entry.Due, entry.Outcome);
        return Decision.Recorded(state.Apply(happened), happened);
    }

    static Cause Moved(string column) =>
        new(ErrorCodes.ConflictingId, column, "Somebody has written here meanwhile. Read that, and write again if it is still to be said.");

    public static string StreamKey(InstallationKeys keys, string programme, string team, Guid thread) =>
        keys.Stream("thread", programme, team, thread.ToString("n"));

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<ThreadBegun>("thread_begun");
        options.Events.MapEventType<ThreadContinued>("thread_continued");
        options.Projections.LiveStreamAggregation<TrendThread>();
    }
}
