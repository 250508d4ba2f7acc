using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Measurement.Tests;
using FsCheck;
using FsCheck.Fluent;
using Property = Fidelity.Measurement.Tests.Property;

namespace Fidelity.Tam.Tests;

/// <summary>
/// Whatever the order in which facts, records and days arrive, and however often, the case ends in what measurement.md says of
/// the facts. The expectation is counted apart, by applying Fidelity.Measurement to the facts as they were generated.
/// </summary>
public sealed class AnyOrderTests
{
    [Fact]
    public void Any_order_and_repetition_lead_to_the_scores_and_opportunities_of_the_facts() =>
        Property.Holds(AnyOrder, arrivals =>
        {
            var story = Tell(arrivals);
            story.WakeUntil(arrivals.History.Today);
            Expect(story, arrivals.History);
        });

    [Fact]
    public void The_state_is_what_its_events_say() =>
        Property.Holds(AnyOrder, arrivals =>
        {
            var story = Tell(arrivals);
            Story.Json(story.Folded).ShouldBe(Story.Json(story.State));
        });

    [Fact]
    public void Nothing_happens_before_the_next_date_and_only_what_speaks_of_a_refused_interview_still_waits() =>
        Property.Holds(AnyOrder, arrivals =>
        {
            var story = Tell(arrivals);
            var unrecorded = arrivals.History.Interviews.Select(interview => interview.InterviewId).Except(story.State.Interviews.Keys).ToList();
            story.State.Waiting.ShouldBe(
            [
                .. arrivals.History.Corrections.Where(correction => unrecorded.Contains(correction.InterviewId)).Select(correction => correction.SubmissionId),
                .. arrivals.History.Withdrawals.Where(withdrawal => unrecorded.Contains(withdrawal.InterviewId)).Select(withdrawal => withdrawal.SubmissionId),
            ], ignoreOrder: true);
            var end = story.State.NextDate ?? story.Today.AddDays(100);
            for (var day = story.Today; day < end; day = day.AddDays(1))
                story.State.Advance(day).Events.ShouldBeEmpty();
        });

    [Fact]
    public void Everything_again_is_no_event() =>
        Property.Holds(AnyOrder, arrivals =>
        {
            var story = Tell(arrivals);
            var appended = story.Appended.Count;
            foreach (var message in arrivals.History.Messages)
                Deliver(story, message);
            story.Appended.Count.ShouldBe(appended);
        });

    static Story Tell(Arrivals arrivals)
    {
        var story = new Story(arrivals.Days[0]);
        foreach (var (day, message) in arrivals.Days.Zip(arrivals.Messages))
        {
            story.WakeUntil(day);
            Deliver(story, message);
        }
        return story;
    }

    static void Deliver(Story story, object message)
    {
        switch (message)
        {
            case CaseChanged fact: story.Learn(fact); break;
            case TherapistPostsLearned posts: story.Learn(posts); break;
            default: story.Submit((Command)message); break;
        }
    }

    static void Expect(Story story, History history)
    {
        var (fact, today) = (history.Case, history.Today);
        var interviews = history.Interviews
            .Where(interview => interview.Date <= today && TamOpportunities.WithinCase(fact.Started, fact.Discharged, interview.Date))
            .ToDictionary(interview => interview.InterviewId, interview =>
            {
                var answers = Scoring.Corrected(interview.Answers, history.Corrections
                    .Where(correction => correction.InterviewId == interview.InterviewId && correction.Date <= today)
                    .Select(correction => new Correction(correction.Date, correction.Item, correction.Value)));
                return (interview.Date, Answers: answers, Score: Scoring.Score(Instruments.TamR, answers),
                    Independent: Independence.Holds(interview.InterviewerId, interview.Date, fact.TherapistId, fact.Reassignments, history.Posts.Posts),
                    Withdrawn: history.Withdrawals.Exists(withdrawal => withdrawal.InterviewId == interview.InterviewId && withdrawal.Date <= today));
            });
        var opportunities = TamOpportunities.Of(
            fact.Started, fact.Discharged,
            interviews.Select(interview => new DatedRecord(interview.Key, interview.Value.Date, interview.Value is { Independent: true, Withdrawn: false })),
            history.Attempts.Where(attempt => TamOpportunities.WithinCase(fact.Started, fact.Discharged, attempt.Date))
                .Select(attempt => new Attempt(attempt.Date, attempt.Outcome)),
            today);

        story.Opportunities.ShouldBe(opportunities);
        var scored = story.State.Scored.Values.Where(interview => !interview.OutsideCase).ToList();
        scored.Select(interview => interview.InterviewId).ShouldBe(interviews.Keys, ignoreOrder: true);
        foreach (var interview in scored)
        {
            var expected = interviews[interview.InterviewId];
            interview.Answers.ShouldBe(expected.Answers);
            interview.Score.ShouldBe(expected.Score);
            interview.Independent.ShouldBe(expected.Independent);
            interview.Withdrawn.ShouldBe(expected.Withdrawn);
            interview.Completes.ShouldBe(opportunities.FirstOrDefault(opportunity => opportunity.CompletedBy == interview.InterviewId)?.Due);
        }
    }

    /// <summary>Everything there is to know of a case, in the end.</summary>
    sealed record History(
        List<CaseChanged> Versions, List<TherapistPostsLearned> PostVersions, List<RecordTamInterview> Interviews, List<RecordTamAttempt> Attempts,
        List<CorrectTamInterview> Corrections, List<WithdrawTamInterview> Withdrawals, DateOnly Today)
    {
        public CaseChanged Case => Versions[^1];

        public TherapistPostsLearned Posts => PostVersions[^1];

        public IEnumerable<object> Messages => [.. Versions, .. PostVersions, .. Interviews, .. Attempts, .. Corrections, .. Withdrawals];
    }

    /// <summary>The messages in the order of their arrival, some of them twice, and the days on which they arrive.</summary>
    sealed record Arrivals(History History, object[] Messages, DateOnly[] Days);

    static readonly Gen<string?> Interviewer = Gen.Elements("v-1", "v-2", "t-1", "t-2", null);

    static Gen<Correction> Replacement =>
        from date in Gens.Date
        from item in Gen.Choose(1, 28)
        from value in Gen.Elements(Answer.Of(1), Answer.Of(5), Answer.Blank)
        select new Correction(date, item, value);

    static Gen<History> Histories =>
        from facts in Gens.CaseHistory
        from interviewers in Interviewer.ListOf(facts.Interviews.Count)
        from fives in Gen.Choose(0, 28).ListOf(facts.Interviews.Count)
        from corrections in Gens.Some(Replacement, 6)
        from withdrawals in Gens.Some(Gens.Date, 3)
        from posts in Gens.Posts
        from reassigned in Gens.Date
        let opened = Example.Opened with { Started = facts.Started }
        let reassignedCase = opened with { Version = 2, Reassignments = [new("t-2", reassigned)] }
        let closed = facts.Discharged is null
            ? reassignedCase
            : reassignedCase with { Version = 3, Discharged = facts.Discharged, Reason = DischargeReason.Placed }
        let therapists = posts.Where(post => post.Role == StaffRole.Therapist).ToList()
        let interviews = facts.Interviews.Zip(interviewers, fives)
            .Select(given => Example.Interview(given.First.Date, given.Third, given.Second, given.First.Id)).ToList()
        select new History(
            [.. new[] { opened, reassignedCase, closed }.Distinct()],
            [.. Enumerable.Range(1, therapists.Count + 1).Select(version => new TherapistPostsLearned(version, [.. therapists.Take(version - 1)]))],
            interviews,
            [.. facts.Attempts.Distinct().Select(attempt => Example.Attempt(attempt.Date, attempt.Outcome))],
            interviews.Count == 0 ? [] :
            [
                .. corrections.Select((given, index) => Example.Correction(interviews[index % interviews.Count].InterviewId, given.Date, given.Item, given.Value))
                    .DistinctBy(correction => (correction.InterviewId, correction.Date, correction.Item)),
            ],
            [.. interviews.Zip(withdrawals).Select(given => Example.Withdrawal(given.First.InterviewId, given.Second))],
            facts.Today);

    static Gen<Arrivals> AnyOrder =>
        from history in Histories
        from repeated in Gen.SubListOf(history.Messages.ToArray())
        from messages in Gen.Shuffle((object[])[.. history.Messages, .. repeated])
        from ages in Gen.Choose(0, 400).ListOf(messages.Length)
        select new Arrivals(history, messages, [.. ages.OrderDescending().Select(age => history.Today.AddDays(-age))]);
}
