using Fidelity.Measurement;
using Fidelity.Portal.Importing;
using Fidelity.Portal.Submitting;
using Fidelity.ServiceDefaults;

namespace Fidelity.Portal.Calling;

/// <summary>Records that somebody tried to reach a family today, and when it is to be tried again.</summary>
sealed class RecordAttempt(SubmitRecord records, SubmissionsTable known, CallNotes notes, BusinessCalendar calendar)
{
    static readonly ImportKind Kind = ImportKind.Find("tam_attempts.csv")!;

    /// <param name="callBackAt">When the family asked to be called; only of <see cref="AttemptOutcome.CallBack"/>.</param>
    /// <returns>What is wrong with it; empty when it is kept.</returns>
    public async Task<IReadOnlyList<Problem.Fault>> Record(
        string programme, string caseId, AttemptOutcome outcome, DateTime? callBackAt, CancellationToken stopping)
    {
        var taken = await records.Take(RecordDocument.Of(Kind, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["case_id"] = caseId, ["date"] = Figures.Dates.Machine(calendar.Today), ["outcome"] = Codes.Of(outcome),
        }), Kind, programme, stopping);
        if (taken.Submission is null)
            return taken.Faults;
        await notes.CallBack(programme, caseId, callBackAt, stopping);
        // Whoever sees the list next is to see it without this family.
        await known.CatchUp(stopping);
        return [];
    }
}
