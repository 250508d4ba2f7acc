using System.Diagnostics.Metrics;
using System.Text.Json;
using Fidelity.Contracts;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.Portal.Importing;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;

namespace Fidelity.Portal.Submitting;

/// <summary>
/// Accepts commands: names the submission, reserves its id and keeps its content before anything is sent. The id of an
/// interview or survey names its submission alone, so whoever comes second with other content finds the first; anything
/// else is named by its content, since a later row may fill what an earlier one left blank.
/// </summary>
sealed class Submissions(EventWriter writer, ErasedStreams erasing, InstallationKeys keys, TimeProvider clock, IMeterFactory meters)
{
    readonly Counter<long> answered = meters.Create(Defaults.Meter).CreateCounter<long>(
        "fidelity.submissions", "{submission}", "Submissions that their owners have answered.");

    public static string StreamKey(Guid submission) => $"submission:{submission:n}";

    public Command Name(Command command)
    {
        var key = RecordKey.Of(command);
        var content = key.Kind == RecordKind.Record ? "" : JsonSerializer.Serialize(command with { SubmissionId = Guid.Empty, Attempt = 0 }, FactsTable.Json);
        return command with { SubmissionId = keys.Id("submission", command.Programme, key.Kind.ToString(), key.Key, content) };
    }

    /// <summary>Accepts a named command, or returns the submission as it was accepted before.</summary>
    public Task<Submission> Accept(Command command, ImportRowName? row, CancellationToken stopping) => writer.Write(async streams =>
    {
        var stream = await streams.Open<Submission>(StreamKey(command.SubmissionId));
        var (state, events) = Submission.Accept(stream.State, new SubmissionAccepted(command, row));
        stream.Append(state, events);
        return state;
    }, stopping, Wanted.Whole<Submission>(StreamKey(command.SubmissionId)));

    public async Task<Submission> Conclude(SubmissionAnswered answer, CancellationToken stopping)
    {
        var (submission, isNew) = await writer.Write(async streams =>
        {
            var stream = await streams.Open<Submission>(StreamKey(answer.SubmissionId));
            var (state, events) = Submission.Conclude(stream.State, answer, clock.GetUtcNow());
            stream.Append(state, events);
            return (state, events.Count > 0);
        }, stopping, Wanted.Whole<Submission>(StreamKey(answer.SubmissionId)));
        if (isNew)
            answered.Add(1, new("kind", submission.Command?.GetType().Name), new("outcome", Codes.Of(answer.Outcome)));
        // Of a family that was erased nothing is kept, not even that it was refused.
        if (answer.Causes.Any(cause => cause.Code == ErrorCodes.CaseErased))
            await erasing.End<Submission>(StreamKey(answer.SubmissionId), (kept, _) => Task.FromResult(kept.Erase(clock.GetUtcNow())), stopping);
        return submission;
    }
}
