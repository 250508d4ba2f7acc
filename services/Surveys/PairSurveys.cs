using System.Collections.Immutable;
using Fidelity.Contracts.Submitting;
using Fidelity.Contracts.Surveys;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;
using Marten;

namespace Fidelity.Surveys;

// What was learned and recorded

/// <summary>The posts that make the two a pair: the rater's as a rater, and those in which the other is rated.</summary>
public sealed record PostsLearned(long Version, string Programme, RatingPair Pair, IReadOnlyList<Post> Posts)
{
    public static PostsLearned Of(RatingPair pair, TeamLearned team) =>
        new(team.Version, team.Programme, pair, [.. team.Posts.Where(post => IsRaters(pair, post) || IsRateds(pair, post))]);

    public bool RaterIsInPost(DateOnly date) => Posts.Any(post => IsRaters(Pair, post) && post.Covers(date));

    public bool RatedIsInPost(DateOnly date) => Posts.Any(post => IsRateds(Pair, post) && post.Covers(date));

    static bool IsRaters(RatingPair pair, Post post) =>
        post.Staff == pair.RaterId && SurveyOpportunities.RaterRoles(pair.Instrument).Contains(post.Role);

    static bool IsRateds(RatingPair pair, Post post) => post.Staff == pair.RatedId && post.Role == SurveyOpportunities.RatedRole(pair.Instrument);
}

public sealed record SurveyRecorded(RecordSurvey Survey);

public sealed record CorrectionRecorded(Guid SubmissionId, string SurveyId, DateOnly Date, int Item, Answer Value, string? Reason);

public sealed record WithdrawalRecorded(Guid SubmissionId, string SurveyId, DateOnly Date, string? Reason);

// What follows from it, today

public sealed record SurveyAssessed(string Programme, RatingPair Pair, Survey Survey, bool Corrected);

public sealed record OpportunityFellDue(string Programme, RatingPair Pair, Opportunity Opportunity, DateOnly EffectiveOn);

public sealed record OpportunityClosed(string Programme, RatingPair Pair, Opportunity Opportunity, DateOnly EffectiveOn);

/// <summary>
/// What one rater answers about one supervisor or consultant of a team. Records are kept as they come, in any order; scores
/// and opportunities are derived from all of them, the posts and the day (measurement.md §2), and each change of what
/// follows is an event.
/// </summary>
public sealed record PairSurveys : IFallsDue<PairSurveys>
{
    public string Id { get; set; } = "";

    /// <summary>Null while nothing is known of the team.</summary>
    public PostsLearned? Posts { get; init; }

    public ImmutableSortedDictionary<string, RecordSurvey> Surveys { get; init; } = Sorted<RecordSurvey>();

    public ImmutableList<CorrectionRecorded> Corrections { get; init; } = [];

    public ImmutableList<WithdrawalRecorded> Withdrawals { get; init; } = [];

    public ImmutableSortedDictionary<string, Survey> Assessed { get; init; } = Sorted<Survey>();

    public ImmutableSortedDictionary<DateOnly, Opportunity> Opportunities { get; init; } = ImmutableSortedDictionary<DateOnly, Opportunity>.Empty;

    public DateOnly? NextDate { get; init; }

    public ImmutableList<Guid> Waiting { get; init; } = [];

    public PairSurveys Apply(PostsLearned happened) => this with { Posts = happened };

    public PairSurveys Apply(SurveyRecorded happened) => this with { Surveys = Surveys.SetItem(happened.Survey.SurveyId, happened.Survey) };

    public PairSurveys Apply(CorrectionRecorded happened) => this with { Corrections = Corrections.Add(happened) };

    public PairSurveys Apply(WithdrawalRecorded happened) => this with { Withdrawals = Withdrawals.Add(happened) };

    public PairSurveys Apply(SurveyAssessed happened) => this with { Assessed = Assessed.SetItem(happened.Survey.SurveyId, happened.Survey) };

    public PairSurveys Apply(OpportunityFellDue happened) =>
        this with { Opportunities = Opportunities.SetItem(happened.Opportunity.Due, happened.Opportunity) };

    public PairSurveys Apply(OpportunityClosed happened) =>
        this with { Opportunities = Opportunities.SetItem(happened.Opportunity.Due, happened.Opportunity) };

    public PairSurveys Apply(NextDateSet happened) => this with { NextDate = happened.Date };

    public PairSurveys Apply(WaitBegan happened) => this with { Waiting = Waiting.Add(happened.SubmissionId) };

    public PairSurveys Apply(WaitEnded happened) => this with { Waiting = Waiting.Remove(happened.SubmissionId) };

    // Decisions

    public static Decision<PairSurveys> Record(PairSurveys? known, RecordSurvey command, DateOnly today)
    {
        var state = known ?? new PairSurveys();
        if (state.Surveys.TryGetValue(command.SurveyId, out var earlier))
        {
            return earlier.Describes(command)
                ? state.Answer(command.SubmissionId, [], today)
                : Decision.Refused(state, new Cause(ErrorCodes.ConflictingId, "survey_id",
                    "Another survey is recorded under this id. Give this one an id of its own, or correct the recorded one."));
        }

        var recorded = new SurveyRecorded(command);
        return state.Apply(recorded).Answer(command.SubmissionId, [recorded], today);
    }

    public static Decision<PairSurveys> Correct(PairSurveys? known, CorrectSurvey command, DateOnly today)
    {
        var state = known ?? new PairSurveys();
        if (state.Corrections.Find(earlier =>
                earlier.SurveyId == command.SurveyId && earlier.Item == command.Item && earlier.Date == command.Date
                && state.Misfit(earlier) is null) is { } earlier)
        {
            return earlier.Value == command.Value
                ? state.Answer(command.SubmissionId, [], today)
                : Decision.Refused(state, new Cause(ErrorCodes.ConflictingId, "value",
                    $"Item {command.Item} is already corrected to another value on that date. A later correction carries a later date."));
        }

        var corrected = new CorrectionRecorded(
            command.SubmissionId, command.SurveyId, command.Date, command.Item, command.Value, command.Reason);
        return state.Misfit(corrected) is { } misfit
            ? Decision.Refused(state, misfit)
            : state.Apply(corrected).Answer(command.SubmissionId, [corrected], today);
    }

    public static Decision<PairSurveys> Withdraw(PairSurveys? known, WithdrawSurvey command, DateOnly today)
    {
        var state = known ?? new PairSurveys();
        if (state.Withdrawals.Find(earlier => earlier.SurveyId == command.SurveyId) is { } earlier)
        {
            return earlier.Date == command.Date
                ? state.Answer(command.SubmissionId, [], today)
                : Decision.Refused(state, new Cause(ErrorCodes.ConflictingId, "date",
                    $"The survey is already withdrawn as of {earlier.Date:yyyy-MM-dd}. A withdrawal is given once."));
        }

        var withdrawn = new WithdrawalRecorded(command.SubmissionId, command.SurveyId, command.Date, command.Reason);
        return state.Apply(withdrawn).Answer(command.SubmissionId, [withdrawn], today);
    }

    /// <summary>Learns in which posts the two are and were; nothing when that is not newer than what is known.</summary>
    public static (PairSurveys State, IReadOnlyList<object> Events) Learn(PairSurveys? known, PostsLearned posts, DateOnly today)
    {
        var state = known ?? new PairSurveys();
        return state.Posts?.Version >= posts.Version ? (state, []) : state.Apply(posts).Derive([posts], today);
    }

    /// <summary>Lets the day act: opportunities fall due and expire, records dated ahead begin to exist.</summary>
    public (PairSurveys State, IReadOnlyList<object> Events) Advance(DateOnly today) => Derive([], today);

    // What follows

    Decision<PairSurveys> Answer(Guid submission, IReadOnlyList<object> events, DateOnly today)
    {
        var (state, all) = Derive(events, today);
        var (outcome, causes) = state.Standing(submission);
        if (outcome == SubmissionOutcome.Waiting && !state.Waiting.Contains(submission))
        {
            var began = new WaitBegan(submission);
            (state, all) = (state.Apply(began), [.. all, began]);
        }

        return new(state, all, outcome, causes);
    }

    (PairSurveys State, IReadOnlyList<object> Events) Derive(IReadOnlyList<object> events, DateOnly today)
    {
        if (Posts is not { Programme: var programme, Pair: var pair })
            return (this, events);
        var (state, all) = (this, events.ToList());

        Survey[] surveys = [.. Surveys.Values.Where(survey => survey.Date <= today).Select(survey => Assess(survey, Posts, today))];
        DatedRecord[] records = [.. Surveys.Values.Select(survey => new DatedRecord(
            survey.SurveyId, survey.Date, Array.Find(surveys, assessed => assessed.SurveyId == survey.SurveyId)?.Counts ?? true))];
        var together = SurveyOpportunities.Pairs(pair.Instrument, Posts.Posts);
        var opportunities = SurveyOpportunities.Of(together, records, today);

        foreach (var survey in surveys)
        {
            var assessed = survey with { Completes = opportunities.FirstOrDefault(due => due.CompletedBy == survey.SurveyId)?.Due };
            if (!Assessed.TryGetValue(assessed.SurveyId, out var earlier) || !assessed.IsSame(earlier))
                Happened(new SurveyAssessed(programme, pair, assessed, !assessed.Answers.SequenceEqual(Surveys[assessed.SurveyId].Answers)), state.Apply);
        }

        foreach (var opportunity in opportunities)
        {
            var earlier = Opportunities.GetValueOrDefault(opportunity.Due);
            if (earlier is null || (opportunity.Outcome == OpportunityOutcome.Open && opportunity != earlier))
                Happened(new OpportunityFellDue(programme, pair, opportunity with { Outcome = OpportunityOutcome.Open, CompletedBy = null }, opportunity.Due), state.Apply);
            if (opportunity.Outcome != OpportunityOutcome.Open && opportunity != earlier)
                Happened(new OpportunityClosed(programme, pair, opportunity, EffectiveOn(opportunity)), state.Apply);
        }

        foreach (var gone in Opportunities.Values.Where(known => known.Outcome != OpportunityOutcome.Void && opportunities.All(due => due.Due != known.Due)))
            Happened(new OpportunityClosed(programme, pair, gone with { Outcome = OpportunityOutcome.Void, CompletedBy = null }, today), state.Apply);

        var ahead = Corrections.Select(correction => correction.Date).Concat(Withdrawals.Select(withdrawal => withdrawal.Date))
            .Where(date => date > today).Select(date => (DateOnly?)date);
        var next = ahead.Append(SurveyOpportunities.NextChange(together, records, today)).Min();
        if (next != NextDate)
            Happened(new NextDateSet(next), state.Apply);

        foreach (var waiting in Waiting)
        {
            var (outcome, causes) = state.Standing(waiting);
            if (outcome != SubmissionOutcome.Waiting)
                Happened(new WaitEnded(waiting, outcome, causes), state.Apply);
        }

        return (state, all);

        void Happened<T>(T happened, Func<T, PairSurveys> apply) where T : notnull
        {
            state = apply(happened);
            all.Add(happened);
        }
    }

    Survey Assess(RecordSurvey survey, PostsLearned posts, DateOnly today)
    {
        var corrections = Corrections
            .Where(correction => correction.SurveyId == survey.SurveyId && correction.Date <= today && Misfit(correction) is null)
            .Select(correction => new Correction(correction.Date, correction.Item, correction.Value));
        var answers = Scoring.Corrected(survey.Answers, corrections);
        return new(
            survey.SurveyId, survey.Date, survey.Instrument, answers, Scoring.Subscales(Instruments.Find(survey.Instrument)!, answers),
            Withdrawn: Withdrawals.Exists(withdrawal => withdrawal.SurveyId == survey.SurveyId && withdrawal.Date <= today),
            OutsidePost: !posts.RaterIsInPost(survey.Date) || !posts.RatedIsInPost(survey.Date),
            Completes: null);
    }

    /// <summary>The day from which an ended opportunity has had its outcome.</summary>
    DateOnly EffectiveOn(Opportunity opportunity)
    {
        var happened = opportunity.Outcome == OpportunityOutcome.Completed ? Surveys[opportunity.CompletedBy!].Date : opportunity.Last.AddDays(1);
        return happened > opportunity.Due ? happened : opportunity.Due;
    }

    /// <summary>How a stored submission stands: in effect, waiting for a fact, or refused by what became known since.</summary>
    (SubmissionOutcome Outcome, IReadOnlyList<Cause> Causes) Standing(Guid submission)
    {
        if (Posts is null)
            return Waits(new Cause(ErrorCodes.UnknownReference, "team_id", "The team is not registered yet. The record takes effect when it is."));
        if (Surveys.Values.FirstOrDefault(survey => survey.SubmissionId == submission) is { } survey)
            return OutsidePost(survey.Date, Posts) is { Count: > 0 } causes ? (SubmissionOutcome.Waiting, causes) : (SubmissionOutcome.Recorded, []);
        var correction = Corrections.Find(correction => correction.SubmissionId == submission);
        var about = correction?.SurveyId ?? Withdrawals.Find(withdrawal => withdrawal.SubmissionId == submission)?.SurveyId;
        if (about is not null && !Surveys.ContainsKey(about))
            return Waits(new Cause(ErrorCodes.UnknownReference, "id", "The survey is not recorded yet. The record takes effect when it is."));
        return correction is not null && Misfit(correction) is { } misfit ? (SubmissionOutcome.Refused, [misfit]) : (SubmissionOutcome.Recorded, []);

        static (SubmissionOutcome, IReadOnlyList<Cause>) Waits(Cause cause) => (SubmissionOutcome.Waiting, [cause]);
    }

    /// <summary>
    /// Who of the two was not in post that day, as far as is known: another post may still be registered, and a survey refused
    /// in the meantime would be lost to it. So it waits, under this cause.
    /// </summary>
    static List<Cause> OutsidePost(DateOnly date, PostsLearned posts)
    {
        var causes = new List<Cause>();
        if (!posts.RaterIsInPost(date))
            causes.Add(Outside("rater_id", SurveyOpportunities.RaterRoles(posts.Pair.Instrument)));
        if (!posts.RatedIsInPost(date))
            causes.Add(Outside(Pairs.RatedColumn(posts.Pair.Instrument), [SurveyOpportunities.RatedRole(posts.Pair.Instrument)]));
        return causes;

        Cause Outside(string column, IEnumerable<StaffRole> roles) => new(ErrorCodes.OutsidePost, column,
            $"This person holds no {string.Join(" or ", roles.Select(Codes.Of))} post on this team on {date:yyyy-MM-dd}. "
            + "The survey takes effect when such a post is registered; otherwise withdraw it.");
    }

    Cause? Misfit(CorrectionRecorded correction)
    {
        if (!Surveys.TryGetValue(correction.SurveyId, out var survey))
            return null;
        return Forms.JudgeCorrection(Instruments.Find(survey.Instrument)!, correction.Item, correction.Value)
            .Select(judged => judged.Fault.In(judged.Column)).FirstOrDefault();
    }

    static ImmutableSortedDictionary<string, T> Sorted<T>() => ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<PostsLearned>("posts_learned");
        options.Events.MapEventType<SurveyRecorded>("survey_recorded");
        options.Events.MapEventType<CorrectionRecorded>("correction_recorded");
        options.Events.MapEventType<WithdrawalRecorded>("withdrawal_recorded");
        options.Events.MapEventType<SurveyAssessed>("survey_assessed");
        options.Events.MapEventType<OpportunityFellDue>("opportunity_fell_due");
        options.Events.MapEventType<OpportunityClosed>("opportunity_closed");
        options.Projections.LiveStreamAggregation<PairSurveys>();
    }
}

static class Sameness
{
    /// <summary>Whether a repeated submission says what the first one said.</summary>
    public static bool Describes(this RecordSurvey earlier, RecordSurvey repeat) =>
        earlier.Answers.SequenceEqual(repeat.Answers)
        && earlier with { SubmissionId = repeat.SubmissionId, Attempt = repeat.Attempt, Answers = repeat.Answers } == repeat;

    /// <summary>Scores follow from the answers.</summary>
    public static bool IsSame(this Survey survey, Survey earlier) =>
        survey.Answers.SequenceEqual(earlier.Answers) && survey with { Answers = earlier.Answers, Scores = earlier.Scores } == earlier;
}
