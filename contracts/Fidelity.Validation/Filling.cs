using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;

namespace Fidelity.Validation;

/// <summary>What a command says beside its key, by column: what a repeat under the same key is compared by (formats.md §1).</summary>
public static class Content
{
    /// <summary>The columns in which the second differs from the first; both have the same type and key.</summary>
    public static IReadOnlyList<string> Differences(Command first, Command second) =>
        [.. Of(first).Zip(Of(second)).Where(pair => !Equals(pair.First.Value, pair.Second.Value)).Select(pair => pair.First.Column)];

    internal static IEnumerable<(string Column, object? Value)> Of(Command command) => command switch
    {
        RegisterTeam team =>
        [
            ("name", team.Name), ("profile", team.Profile), ("opened", team.Opened), ("closed", team.Closed),
            ("pir_start_month", team.PirStartMonth),
        ],
        RegisterPost post => [("to", post.To)],
        RegisterCase @case =>
        [
            ("team_id", @case.TeamId), ("therapist_id", @case.TherapistId), ("started", @case.Started), ("discharged", @case.Discharged),
            ("discharge_reason", @case.Reason), .. Outcomes.Columns(@case.Outcomes).Select(Nullable),
        ],
        ReassignCase change => [("therapist_id", change.TherapistId)],
        RecordFollowUp followUp => [("date", followUp.Date), .. Outcomes.Columns(followUp.Outcomes).Select(Nullable)],
        RecordTamInterview interview =>
        [
            ("case_id", interview.CaseId), ("interviewer_id", interview.InterviewerId), ("date", interview.Date), ("mode", interview.Mode),
            ("language", interview.Language), ("interpreter", interview.Interpreter), ("instrument", interview.Instrument),
            .. Answers(interview.Answers),
        ],
        RecordTamAttempt => [],
        RecordSurvey survey =>
        [
            ("team_id", survey.Pair.TeamId), ("rater_id", survey.Pair.RaterId),
            (Pairs.RatedColumn(survey.Pair.Instrument), survey.Pair.RatedId), ("date", survey.Date), ("instrument", survey.Instrument),
            .. Answers(survey.Answers),
        ],
        // A correction or withdrawal that says the same for a reason worded anew is the same one.
        CorrectTamInterview correction => [("value", correction.Value)],
        CorrectSurvey correction => [("value", correction.Value)],
        WithdrawTamInterview withdrawal => [("date", withdrawal.Date)],
        WithdrawSurvey withdrawal => [("date", withdrawal.Date)],
        _ => throw new ArgumentException($"{command.GetType().Name} has no content to compare.", nameof(command)),
    };

    static (string, object?) Nullable((string Column, object Value) outcome) => outcome;

    static IEnumerable<(string, object?)> Answers(IReadOnlyList<Answer> answers) =>
        answers.Select((answer, index) => (Forms.Column(index + 1), (object?)answer));
}

/// <summary>
/// What a repeated team, post or case does to the known one: it may fill blanks, and a blank of its own says nothing; altering
/// what is filled is a conflict (formats.md §1).
/// </summary>
/// <param name="Filled">The blank columns that it fills.</param>
/// <param name="Altered">The filled columns that it would alter.</param>
/// <param name="Merged">The known content with the blanks filled.</param>
public sealed record Filling<TCommand>(IReadOnlyList<string> Filled, IReadOnlyList<string> Altered, TCommand Merged)
    where TCommand : Command;

/// <summary>Fills known teams, posts and cases. Both commands must have the same key.</summary>
public static class Filling
{
    /// <summary>What <paramref name="given"/> does to <paramref name="known"/>.</summary>
    public static Filling<RegisterTeam> Of(RegisterTeam known, RegisterTeam given) =>
        Compare(known, given, known with { Closed = known.Closed ?? given.Closed });

    /// <inheritdoc cref="Of(RegisterTeam, RegisterTeam)"/>
    public static Filling<RegisterPost> Of(RegisterPost known, RegisterPost given) =>
        Compare(known, given, known with { To = known.To ?? given.To });

    /// <inheritdoc cref="Of(RegisterTeam, RegisterTeam)"/>
    public static Filling<RegisterCase> Of(RegisterCase known, RegisterCase given) =>
        Compare(known, given, known with
        {
            Discharged = known.Discharged ?? given.Discharged,
            Reason = known.Reason ?? given.Reason,
            Outcomes = new(
                Known(known.Outcomes.LivingAtHome, given.Outcomes.LivingAtHome),
                Known(known.Outcomes.InSchoolOrWork, given.Outcomes.InSchoolOrWork),
                Known(known.Outcomes.NoNewArrest, given.Outcomes.NoNewArrest),
                Known(known.Outcomes.NoNewReport, given.Outcomes.NoNewReport),
                Known(known.Outcomes.NoNewSubstanceReport, given.Outcomes.NoNewSubstanceReport)),
        });

    /// <summary>
    /// What holds when both have been accepted under one key, the known one first: its content, with the blanks filled where its
    /// kind allows that.
    /// </summary>
    public static Command Merge(Command known, Command given) => (known, given) switch
    {
        (RegisterTeam was, RegisterTeam now) => Of(was, now).Merged,
        (RegisterPost was, RegisterPost now) => Of(was, now).Merged,
        (RegisterCase was, RegisterCase now) => Of(was, now).Merged,
        _ => known,
    };

    static Filling<TCommand> Compare<TCommand>(TCommand known, TCommand given, TCommand merged) where TCommand : Command
    {
        var told = Content.Of(known).Zip(Content.Of(given), (was, @is) => (was.Column, Was: was.Value, Is: @is.Value))
            .Where(column => !IsBlank(column.Is) && !Equals(column.Was, column.Is)).ToList();
        return new(
            [.. told.Where(column => IsBlank(column.Was)).Select(column => column.Column)],
            [.. told.Where(column => !IsBlank(column.Was)).Select(column => column.Column)],
            merged);
    }

    static Outcome3 Known(Outcome3 known, Outcome3 given) => known == Outcome3.Unknown ? given : known;

    static bool IsBlank(object? value) => value is null or Outcome3.Unknown;
}
