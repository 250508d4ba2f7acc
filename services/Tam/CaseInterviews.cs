using System.Collections.Immutable;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Submitting;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;
using Marten;

namespace Fidelity.Tam;

// What was learned and recorded

public sealed record CaseLearned(CaseChanged Case);

public sealed record TherapistPostsLearned(long Version, IReadOnlyList<Post> Posts);

public sealed record InterviewRecorded(RecordTamInterview Interview);

public sealed record AttemptRecorded(Guid SubmissionId, DateOnly Date, AttemptOutcome Outcome);

public sealed record InterviewCorrected(Guid SubmissionId, string InterviewId, DateOnly Date, int Item, Answer Value, string? Reason);

public sealed record InterviewWithdrawn(Guid SubmissionId, string InterviewId, DateOnly Date, string? Reason);

// What follows from it, today

public sealed record InterviewScored(CaseName Case, TamInterview Interview, bool Corrected);

public sealed record OpportunityFellDue(CaseName Case, Opportunity Opportunity, DateOnly EffectiveOn);

public sealed record OpportunityClosed(CaseName Case, Opportunity Opportunity, DateOnly EffectiveOn);

public sealed record CaseName(string Programme, string TeamId, string CaseId);

/// <summary>
/// The interviews of one case. Records are kept as they come, in any order; scores and opportunities are derived from
/// all of them and the day (measurement.md §2), and each change of what follows is an event.
/// </summary>
public sealed record CaseInterviews : IFallsDue<CaseInterviews>, IErasable
{
    public string Id { get; set; } = "";

    public CaseChanged? Case { get; init; }

    public TherapistPostsLearned TherapistPosts { get; init; } = new(0, []);

    public ImmutableSortedDictionary<string, RecordTamInterview> Interviews { get; init; } = Sorted<RecordTamInterview>();

    public ImmutableList<AttemptRecorded> Attempts { get; init; } = [];

    public ImmutableList<InterviewCorrected> Corrections { get; init; } = [];

    public ImmutableList<InterviewWithdrawn> Withdrawals { get; init; } = [];

    public ImmutableSortedDictionary<string, TamInterview> Scored { get; init; } = Sorted<TamInterview>();

    public ImmutableSortedDictionary<DateOnly, Opportunity> Opportunities { get; init; } = ImmutableSortedDictionary<DateOnly, Opportunity>.Empty;

    public DateOnly? NextDate { get; init; }

    public ImmutableList<Guid> Waiting { get; init; } = [];

    public StreamErased? Erasure { get; init; }

    public bool IsErased => Erasure is not null;

    public CaseInterviews Apply(CaseLearned happened) => this with { Case = happened.Case };

    public CaseInterviews Apply(TherapistPostsLearned happened) => this with { TherapistPosts = happened };

    public CaseInterviews Apply(InterviewRecorded happened) =>
        this with { Interviews = Interviews.SetItem(happened.Interview.InterviewId, happened.Interview) };

    public CaseInterviews Apply(AttemptRecorded happened) => this with { Attempts = Attempts.Add(happened) };

    public CaseInterviews Apply(InterviewCorrected happened) => this with { Corrections = Corrections.Add(happened) };

    public CaseInterviews Apply(InterviewWithdrawn happened) => this with { Withdrawals = Withdrawals.Add(happened) };

    public CaseInterviews Apply(InterviewScored happened) =>
        this with { Scored = Scored.SetItem(happened.Interview.InterviewId, happened.Interview) };

    public CaseInterviews Apply(OpportunityFellDue happened) =>
        this with { Opportunities = Opportunities.SetItem(happened.Opportunity.Due, happened.Opportunity) };

    public CaseInterviews Apply(OpportunityClosed happened) =>
        this with { Opportunities = Opportunities.SetItem(happened.Opportunity.Due, happened.Opportunity) };

    public CaseInterviews Apply(NextDateSet happened) => this with { NextDate = happened.Date };

    public CaseInterviews Apply(WaitBegan happened) => this with { Waiting = Waiting.Add(happened.SubmissionId) };

    public CaseInterviews Apply(WaitEnded happened) => this with { Waiting = Waiting.Remove(happened.SubmissionId) };

    public CaseInterviews Apply(StreamErased happened) => new() { Id = Id, Erasure = happened };

    // Decisions

    public static Decision<CaseInterviews> Record(CaseInterviews? known, RecordTamInterview command, DateOnly today)
    {
        var state = known ?? new CaseInterviews();
        var earlier = state.Interviews.GetValueOrDefault(command.InterviewId);
        if (earlier?.Describes(command) == true)
            return state.Answer(command.SubmissionId, [], today);
        // What turned out to lie outside the case was refused, and may come again put right.
        if (earlier is not null && state.OutsideCase(earlier.Date) is null)
        {
            return Decision.Refused(state, new Cause(ErrorCodes.ConflictingId, "interview_id",
                "Another interview is recorded under this id. Give this one an id of its own, or correct the recorded one."));
        }

        if (state.OutsideCase(command.Date) is { } outside)
            return Decision.Refused(state, outside);
        var recorded = new InterviewRecorded(command);
        return state.Apply(recorded).Answer(command.SubmissionId, [recorded], today);
    }

    public static Decision<CaseInterviews> Record(CaseInterviews? known, RecordTamAttempt command, DateOnly today)
    {
        var state = known ?? new CaseInterviews();
        if (state.Attempts.Exists(attempt => attempt.Date == command.Date && attempt.Outcome == command.Outcome))
            return state.Answer(command.SubmissionId, [], today);
        if (state.OutsideCase(command.Date) is { } outside)
            return Decision.Refused(state, outside);
        var recorded = new AttemptRecorded(command.SubmissionId, command.Date, command.Outcome);
        return state.Apply(recorded).Answer(command.SubmissionId, [recorded], today);
    }

    public static Decision<CaseInterviews> Correct(CaseInterviews? known, CorrectTamInterview command, DateOnly today)
    {
        var state = known ?? new CaseInterviews();
        var corrected = new InterviewCorrected(
            command.SubmissionId, command.InterviewId, command.Date, command.Item, command.Value, command.Reason);
        if (state.Corrections.Find(earlier =>
                earlier.InterviewId == command.InterviewId && earlier.Item == command.Item && earlier.Date == command.Date
                && state.Misfit(earlier) is null) is { } earlier)
        {
            return earlier.Value == command.Value
                ? state.Answer(command.SubmissionId, [], today)
                : Decision.Refused(state, new Cause(ErrorCodes.ConflictingId, "value",
                    $"Item {command.Item} is already corrected to {earlier.Value} on that date. A later correction carries a later date."));
        }

        return state.Misfit(corrected) is { } misfit
            ? Decision.Refused(state, misfit)
            : state.Apply(corrected).Answer(command.SubmissionId, [corrected], today);
    }

    public static Decision<CaseInterviews> Withdraw(CaseInterviews? known, WithdrawTamInterview command, DateOnly today)
    {
        var state = known ?? new CaseInterviews();
        if (state.Withdrawals.Find(earlier => earlier.InterviewId == command.InterviewId) is { } earlier)
        {
            return earlier.Date == command.Date
                ? state.Answer(command.SubmissionId, [], today)
                : Decision.Refused(state, new Cause(ErrorCodes.ConflictingId, "date",
                    $"The interview is already withdrawn as of {earlier.Date:yyyy-MM-dd}. A withdrawal is given once."));
        }

        var withdrawn = new InterviewWithdrawn(command.SubmissionId, command.InterviewId, command.Date, command.Reason);
        return state.Apply(withdrawn).Answer(command.SubmissionId, [withdrawn], today);
    }

    /// <summary>Learns the case as it now is, and its team's therapists when it is new on the team.</summary>
    public static (CaseInterviews State, IReadOnlyList<object> Events) Learn(
        CaseInterviews? known, CaseChanged fact, TherapistPostsLearned posts, DateOnly today)
    {
        var state = known ?? new CaseInterviews();
        var learned = new CaseLearned(fact);
        state = state.Apply(learned);
        return posts.Version <= state.TherapistPosts.Version
            ? state.Derive([learned], today)
            : state.Apply(posts).Derive([learned, posts], today);
    }

    /// <summary>Learns who the team's therapists are and were.</summary>
    public static (CaseInterviews State, IReadOnlyList<object> Events) Learn(CaseInterviews? known, TherapistPostsLearned posts, DateOnly today) =>
        (known ?? new CaseInterviews()).Apply(posts).Derive([posts], today);

    /// <summary>Ends the case for good: nothing of it is known any more, and nothing more is taken in.</summary>
    public (CaseInterviews State, IReadOnlyList<object> Events) Erase()
    {
        var (rests, erased) = (new NextDateSet(null), new StreamErased(Case?.TeamId));
        return (Apply(rests).Apply(erased), [rests, erased]);
    }

    /// <summary>Lets the day act: opportunities fall due and expire, records dated ahead begin to exist.</summary>
    public (CaseInterviews State, IReadOnlyList<object> Events) Advance(DateOnly today) => Derive([], today);

    // What follows

    Decision<CaseInterviews> Answer(Guid submission, IReadOnlyList<object> events, DateOnly today)
    {
        var (state, all) = Derive(events, today);
        var (outcome, causes) = state.Standing(submission);
        if (outcome == SubmissionOutcome.Waiting && !state.Waiting.Contains(submission))
        {
            var began = new WaitBegan(submission);
            (state, all) = (state.Apply(began), [.. all, began]);
        }

        return new(state, all, outcome, causes, state.ScoreOf(submission));
    }

    (CaseInterviews State, IReadOnlyList<object> Events) Derive(IReadOnlyList<object> events, DateOnly today)
    {
        if (Case is null)
            return (this, events);
        var (state, all) = (this, events.ToList());
        var name = new CaseName(Case.Programme, Case.TeamId, Case.CaseId);

        TamInterview[] interviews = [.. Interviews.Values.Where(interview => interview.Date <= today).Select(interview => Score(interview, Case, today))];
        DatedRecord[] records = [.. Interviews.Values.Select(interview => new DatedRecord(
            interview.InterviewId, interview.Date,
            interviews.FirstOrDefault(scored => scored.InterviewId == interview.InterviewId)?.Counts ?? true))];
        Attempt[] attempts =
            [.. Attempts.Where(attempt => OutsideCase(attempt.Date) is null).Select(attempt => new Attempt(attempt.Date, attempt.Outcome))];
        var opportunities = TamOpportunities.Of(Case.Started, Case.Discharged, records, attempts, today);

        foreach (var interview in interviews)
        {
            var completes = opportunities.FirstOrDefault(opportunity => opportunity.CompletedBy == interview.InterviewId)?.Due;
            var scored = interview with { Completes = completes };
            if (!Scored.TryGetValue(scored.InterviewId, out var earlier) || !scored.IsSame(earlier))
                Happened(new InterviewScored(name, scored, Corrected: !scored.Answers.SequenceEqual(Interviews[scored.InterviewId].Answers)), state.Apply);
        }

        foreach (var opportunity in opportunities)
        {
            var earlier = Opportunities.GetValueOrDefault(opportunity.Due);
            if (earlier is null || (opportunity.Outcome == OpportunityOutcome.Open && opportunity != earlier))
                Happened(new OpportunityFellDue(name, opportunity with { Outcome = OpportunityOutcome.Open, CompletedBy = null }, opportunity.Due), state.Apply);
            if (opportunity.Outcome != OpportunityOutcome.Open && opportunity != earlier)
                Happened(new OpportunityClosed(name, opportunity, EffectiveOn(opportunity, today)), state.Apply);
        }

        foreach (var gone in Opportunities.Values.Where(known => known.Outcome != OpportunityOutcome.Void && opportunities.All(due => due.Due != known.Due)))
            Happened(new OpportunityClosed(name, gone with { Outcome = OpportunityOutcome.Void, CompletedBy = null }, today), state.Apply);

        var ahead = Corrections.Select(correction => correction.Date).Concat(Withdrawals.Select(withdrawal => withdrawal.Date))
            .Where(date => date > today).Select(date => (DateOnly?)date);
        var next = ahead.Append(TamOpportunities.NextChange(Case.Started, Case.Discharged, records, attempts, today)).Min();
        if (next != NextDate)
            Happened(new NextDateSet(next), state.Apply);

        foreach (var waiting in Waiting)
        {
            var (outcome, causes) = state.Standing(waiting);
            if (outcome != SubmissionOutcome.Waiting)
                Happened(new WaitEnded(waiting, outcome, causes, outcome == SubmissionOutcome.Recorded ? state.ScoreOf(waiting) : null), state.Apply);
        }

        return (state, all);

        void Happened<T>(T happened, Func<T, CaseInterviews> apply) where T : notnull
        {
            state = apply(happened);
            all.Add(happened);
        }
    }

    TamInterview Score(RecordTamInterview interview, CaseChanged of, DateOnly today)
    {
        var corrections = Corrections
            .Where(correction => correction.InterviewId == interview.InterviewId && correction.Date <= today && Misfit(correction) is null)
            .Select(correction => new Correction(correction.Date, correction.Item, correction.Value));
        var answers = Scoring.Corrected(interview.Answers, corrections);
        return new(
            interview.InterviewId, interview.Date, interview.InterviewerId,
            Independence.TherapistAt(interview.Date, of.TherapistId, of.Reassignments),
            interview.Mode, interview.Language, interview.Interpreter, answers,
            Scoring.Score(Instruments.Find(interview.Instrument)!, answers),
            Independent: Independence.Holds(interview.InterviewerId, interview.Date, of.TherapistId, of.Reassignments, TherapistPosts.Posts),
            Withdrawn: Withdrawals.Exists(withdrawal => withdrawal.InterviewId == interview.InterviewId && withdrawal.Date <= today),
            OutsideCase: !TamOpportunities.WithinCase(of.Started, of.Discharged, interview.Date),
            Completes: null);
    }

    /// <summary>The day from which an ended opportunity has had its outcome.</summary>
    DateOnly EffectiveOn(Opportunity opportunity, DateOnly today)
    {
        var happened = opportunity.Outcome switch
        {
            OpportunityOutcome.Completed => Interviews[opportunity.CompletedBy!].Date,
            OpportunityOutcome.Expired => opportunity.Last.AddDays(1),
            _ => Attempts.Where(attempt => attempt.Date >= opportunity.First && attempt.Date <= opportunity.Last && attempt.Date <= today)
                .Where(attempt => Codes.Of(attempt.Outcome) == Codes.Of(opportunity.Outcome))
                .Min(attempt => (DateOnly?)attempt.Date) ?? opportunity.Due,
        };
        return happened > opportunity.Due ? happened : opportunity.Due;
    }

    /// <summary>How a stored submission stands: in effect, waiting for a fact, or refused by what became known since.</summary>
    (SubmissionOutcome Outcome, IReadOnlyList<Cause> Causes) Standing(Guid submission)
    {
        if (Case is null)
            return Waits("case_id", "The case is not registered yet. The record takes effect when it is.");
        if (Interviews.Values.FirstOrDefault(interview => interview.SubmissionId == submission) is { } interview)
            return Refusal(OutsideCase(interview.Date));
        if (Attempts.Find(attempt => attempt.SubmissionId == submission) is { } attempt)
            return Refusal(OutsideCase(attempt.Date));
        var correction = Corrections.Find(correction => correction.SubmissionId == submission);
        var about = correction?.InterviewId ?? Withdrawals.Find(withdrawal => withdrawal.SubmissionId == submission)?.InterviewId;
        if (about is not null && !Interviews.ContainsKey(about))
            return Waits("id", "The interview is not recorded yet. The record takes effect when it is.");
        return Refusal(correction is null ? null : Misfit(correction));

        static (SubmissionOutcome, IReadOnlyList<Cause>) Waits(string field, string message) =>
            (SubmissionOutcome.Waiting, [new Cause(ErrorCodes.UnknownReference, field, message)]);

        static (SubmissionOutcome, IReadOnlyList<Cause>) Refusal(Cause? cause) =>
            cause is null ? (SubmissionOutcome.Recorded, []) : (SubmissionOutcome.Refused, [cause]);
    }

    Score? ScoreOf(Guid submission) =>
        Interviews.Values.FirstOrDefault(interview => interview.SubmissionId == submission) is { } interview
            && Scored.TryGetValue(interview.InterviewId, out var scored)
            ? scored.Score
            : null;

    Cause? OutsideCase(DateOnly date) => Case is null || TamOpportunities.WithinCase(Case.Started, Case.Discharged, date)
        ? null
        : new(ErrorCodes.OutsideCase, "date",
            $"The case runs from {Case.Started:yyyy-MM-dd} to {Case.Discharged?.ToString("yyyy-MM-dd", null) ?? "today"}; "
            + "a record lies within it or at most 14 days after the discharge. Check the date and the case.");

    Cause? Misfit(InterviewCorrected correction)
    {
        if (!Interviews.TryGetValue(correction.InterviewId, out var interview))
            return null;
        return Forms.JudgeCorrection(Instruments.Find(interview.Instrument)!, correction.Item, correction.Value)
            .Select(judged => judged.Fault.In(judged.Column)).FirstOrDefault();
    }

    static ImmutableSortedDictionary<string, T> Sorted<T>() => ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<CaseLearned>("case_learned");
        options.Events.MapEventType<TherapistPostsLearned>("therapist_posts_learned");
        options.Events.MapEventType<InterviewRecorded>("interview_recorded");
        options.Events.MapEventType<AttemptRecorded>("attempt_recorded");
        options.Events.MapEventType<InterviewCorrected>("interview_corrected");
        options.Events.MapEventType<InterviewWithdrawn>("interview_withdrawn");
        options.Events.MapEventType<InterviewScored>("interview_scored");
        options.Events.MapEventType<OpportunityFellDue>("opportunity_fell_due");
        options.Events.MapEventType<OpportunityClosed>("opportunity_closed");
        options.Events.AddMaskingRuleForProtectedInformation<CaseLearned>(learned => new CaseLearned(Erased.Of(learned.Case)));
        options.Events.AddMaskingRuleForProtectedInformation<InterviewRecorded>(recorded => new InterviewRecorded(recorded.Interview with
        {
            InterviewId = Erased.Id, CaseId = Erased.Id, InterviewerId = null, Date = default, Mode = default, Language = null, Interpreter = null, Answers = [],
        }));
        options.Events.AddMaskingRuleForProtectedInformation<AttemptRecorded>(attempt => attempt with { Date = default, Outcome = default });
        options.Events.AddMaskingRuleForProtectedInformation<InterviewCorrected>(corrected => corrected with
        {
            InterviewId = Erased.Id, Date = default, Item = 0, Value = default, Reason = null,
        });
        options.Events.AddMaskingRuleForProtectedInformation<InterviewWithdrawn>(withdrawn => withdrawn with { InterviewId = Erased.Id, Date = default, Reason = null });
        options.Events.AddMaskingRuleForProtectedInformation<InterviewScored>(scored => new InterviewScored(Of(scored.Case), Erased.Of(scored.Interview), false));
        options.Events.AddMaskingRuleForProtectedInformation<OpportunityFellDue>(due => new OpportunityFellDue(Of(due.Case), Erased.Of(due.Opportunity), default));
        options.Events.AddMaskingRuleForProtectedInformation<OpportunityClosed>(due => new OpportunityClosed(Of(due.Case), Erased.Of(due.Opportunity), default));
        options.Projections.LiveStreamAggregation<CaseInterviews>();

        static CaseName Of(CaseName name) => name with { CaseId = Erased.Id };
    }
}

static class Sameness
{
    /// <summary>Whether a repeated submission says what the first one said.</summary>
    public static bool Describes(this RecordTamInterview earlier, RecordTamInterview repeat) =>
        earlier.Answers.SequenceEqual(repeat.Answers)
        && earlier with { SubmissionId = repeat.SubmissionId, Attempt = repeat.Attempt, Answers = repeat.Answers } == repeat;

    public static bool IsSame(this TamInterview interview, TamInterview earlier) =>
        interview.Answers.SequenceEqual(earlier.Answers) && interview with { Answers = earlier.Answers } == earlier;
}
