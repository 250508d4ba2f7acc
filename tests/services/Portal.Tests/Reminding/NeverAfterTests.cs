using Fidelity.Contracts;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Measurement.Tests;
using Fidelity.Portal.Reminding;
using Fidelity.Portal.Teams;
using Fidelity.ServiceDefaults;
using Fidelity.Tam;
using Fidelity.Tam.Tests;
using FsCheck;
using FsCheck.Fluent;
using Property = Fidelity.Measurement.Tests.Property;

namespace Fidelity.Portal.Tests.Reminding;

/// <summary>
/// A family's interviews from the start on, as they may go: days pass, it is called, it answers, answers are corrected and withdrawn, it
/// is discharged; what was said is said again, and what Tam publishes reaches the portal late, twice and in another order. Tam is the
/// real one, and so is what decides on reminders; what is to come of it is counted apart.
/// </summary>
public sealed class NeverAfterTests
{
    enum Kind
    {
        Due,
        Attempt,
        Answer,
        Correct,
        Withdraw,
        Close,
        Repeat,
        Reorder,
    }

    /// <summary>Something that happens; what the two numbers mean follows from its kind.</summary>
    sealed record Happening(Kind Kind, int A, int B);

    static readonly Gen<Happening> One =
        from kind in Gen.Elements(
            Kind.Due, Kind.Due, Kind.Due, Kind.Due, Kind.Due, Kind.Attempt, Kind.Answer, Kind.Answer, Kind.Correct, Kind.Withdraw, Kind.Close, Kind.Repeat, Kind.Reorder)
        from a in Gen.Choose(0, 1000)
        from b in Gen.Choose(0, 1000)
        select new Happening(kind, a, b);

    static readonly Gen<List<Happening>> Sequences =
        from length in Gen.Choose(1, 60)
        from all in One.ListOf(length)
        select all.ToList();

    [Fact]
    public void Every_opportunity_ends_in_one_outcome_the_counts_are_those_of_a_recount_and_no_reminder_follows_an_end() =>
        Property.Holds(Sequences, happenings =>
        {
            var course = new Course();
            foreach (var happening in happenings)
                course.Go(happening);
            course.DeliverAll();
            course.Round();

            var recounted = course.Recount();
            // One fact for each due date, with one outcome; what ceased to be due says so.
            var known = course.Known.Where(due => due.Opportunity.Outcome != OpportunityOutcome.Void).ToDictionary(due => due.Opportunity.Due, due => due.Opportunity.Outcome);
            known.OrderBy(due => due.Key).ShouldBe(recounted.OrderBy(due => due.Key));
            var counts = Endings.Of(course.Known.Select(due => due.Opportunity), DateOnly.MinValue, DateOnly.MaxValue, course.Today);
            counts.Outcomes.ShouldBe(Endings.Order.Select(outcome => (outcome, recounted.Values.Count(value => value == outcome))));
            var half = Period.Containing(Example.Started, 1);
            var measured = Measures.Compute(
                    Profiles.Find("mst@1")!, half, new() { TamOpportunities = [.. course.Known.Select(due => new CaseOpportunity("c-1", due.Opportunity)).Where(due => due.Opportunity.Outcome != OpportunityOutcome.Void)] }, course.Today)
                .Single(measure => measure.Measure == "tam_completed");
            var due = recounted.Where(one => half.Contains(one.Key)).ToList();
            (measured.Numerator, measured.Denominator).ShouldBe((due.Count(one => one.Value == OpportunityOutcome.Completed), due.Count));
        });

    /// <summary>That sequences reach what the property is about.</summary>
    [Fact]
    public void The_sequences_remind_end_and_open_again()
    {
        var courses = Sequences.Sample(200, 300).Select(happenings =>
        {
            var course = new Course();
            happenings.ForEach(course.Go);
            course.DeliverAll();
            return course;
        }).ToList();
        courses.Sum(course => course.Sent.Count(sent => sent.Step == ReminderStep.Due)).ShouldBeGreaterThan(100);
        courses.Sum(course => course.Sent.Count(sent => sent.Step == ReminderStep.Ending)).ShouldBeGreaterThan(20);
        courses.Sum(course => course.OpenedAgain).ShouldBeGreaterThan(5);
        courses.SelectMany(course => course.Recount().Values).Distinct().Count().ShouldBe(Endings.Order.Count);
    }

    /// <summary>Tam with one case, the way to the portal, the portal's facts, and what was sent.</summary>
    sealed class Course
    {
        static readonly InstallationKeys Keys = new(new byte[32]);

        readonly Story tam = new(Example.Started);
        readonly List<Command> said = [];
        readonly List<(string Id, DateOnly Date, bool Independent)> interviews = [];
        readonly HashSet<string> withdrawn = new(StringComparer.Ordinal);
        readonly List<Attempt> attempts = [];
        readonly List<TamOpportunityFact> published = [];
        readonly List<TamOpportunityFact> onTheirWay = [];
        readonly List<TamOpportunityFact> delivered = [];
        readonly Dictionary<Thing, TamOpportunityFact> facts = [];
        bool held;
        DateOnly? discharged;

        public Course()
        {
            tam.Learn(Example.Opened);
            Publish();
        }

        public HashSet<(Guid Duty, ReminderStep Step)> Sent { get; } = [];

        public int OpenedAgain { get; private set; }

        public DateOnly Today => tam.Today;

        public IReadOnlyCollection<TamOpportunityFact> Known => facts.Values;

        public void Go(Happening happening)
        {
            var (kind, a, b) = happening;
            switch (kind)
            {
                case Kind.Due:
                    for (var days = a % 12; days >= 0; days--)
                    {
                        tam.WakeUntil(Today.AddDays(1));
                        Publish();
                        Round();
                    }

                    break;
                case Kind.Attempt:
                    var attempt = new Attempt(DayBefore(b), Enum.GetValues<AttemptOutcome>()[a % Enum.GetValues<AttemptOutcome>().Length]);
                    if (Say(Example.Attempt(attempt.Date, attempt.Outcome)))
                        attempts.Add(attempt);
                    break;
                case Kind.Answer:
                    // The family's therapist may not hold it: such an interview completes nothing.
                    var (id, by) = ($"i-{said.Count}", a % 5 == 0 ? "t-1" : "v-1");
                    var date = DayBefore(b);
                    if (Say(Example.Interview(date, a % 29, by, id)))
                        interviews.Add((id, date, by == "v-1"));
                    break;
                case Kind.Correct when interviews.Count > 0:
                    var corrected = interviews[a % interviews.Count].Id;
                    Say(Example.Correction(corrected, Today, (b % 28) + 1, Answer.Of((a % 5) + 1)));
                    break;
                case Kind.Withdraw when interviews.Count > 0:
                    var taken = interviews[a % interviews.Count].Id;
                    if (Say(Example.Withdrawal(taken, Today)))
                        withdrawn.Add(taken);
                    break;
                case Kind.Close when discharged is null && a % 4 == 0:
                    discharged = Today;
                    tam.Learn(Example.DischargedOn(Today));
                    Publish();
                    break;
                case Kind.Repeat:
                    if (said.Count > 0)
                    {
                        tam.Submit(said[a % said.Count]);
                        Publish();
                    }

                    if (published.Count > 0)
                        Deliver(published[b % published.Count]);
                    break;
                case Kind.Reorder:
                    held = !held;
                    if (!held)
                        DeliverAll(new Random(a));
                    break;
            }

            Round();
        }

        /// <summary>What is on its way arrives, the newest first unless by lot.</summary>
        public void DeliverAll(Random? lot = null)
        {
            var arriving = onTheirWay.ToArray();
            onTheirWay.Clear();
            if (lot is null)
                Array.Reverse(arriving);
            else
                lot.Shuffle(arriving);
            foreach (var fact in arriving)
                Deliver(fact);
        }

        /// <summary>One round of reminding, and what has to be true of all that it sends.</summary>
        public void Round()
        {
            var reminders = Reminders.Of(
                facts.Values.Select(fact => new Duty(Keys.Id(fact.About.Key), fact.Programme, fact.About, Instrument.Tam, fact.Opportunity)), Sent, Today);
            foreach (var reminder in reminders)
            {
                Sent.Add(reminder.Key).ShouldBeTrue("never twice");
                var heard = delivered.Where(fact => fact.About == reminder.Duty.About).MaxBy(fact => fact.Version)!.Opportunity;
                heard.Outcome.ShouldBe(OpportunityOutcome.Open, "never after what the portal has heard of its end");
                (heard.Due <= Today && Today <= heard.Last).ShouldBeTrue();
                if (onTheirWay.Count == 0)
                    Recount()[heard.Due].ShouldBe(OpportunityOutcome.Open, "never after its end");
            }
        }

        /// <summary>What became of each due date, counted from what was said alone (measurement.md §2).</summary>
        public Dictionary<DateOnly, OpportunityOutcome> Recount()
        {
            var outcomes = new Dictionary<DateOnly, OpportunityOutcome>();
            var counting = interviews.Where(held => held.Independent && !withdrawn.Contains(held.Id)).Select(held => held.Date).ToList();
            var last = discharged ?? Today;
            for (var month = 0; Due(month) <= last && Due(month) <= Today; month++)
            {
                var from = month == 0 ? Example.Started : Due(month).AddDays(-7);
                var to = Due(month + 1) > discharged ? discharged.Value.AddDays(14) : Due(month + 1).AddDays(-8);
                var tries = attempts.Where(attempt => from <= attempt.Date && attempt.Date <= to && attempt.Outcome is not (AttemptOutcome.NoAnswer or AttemptOutcome.CallBack))
                    .OrderBy(attempt => attempt.Date).ThenBy(attempt => attempt.Outcome).Select(attempt => Codes.Of(attempt.Outcome)).ToList();
                var wantedNoMore = attempts.Where(attempt => attempt.Outcome == AttemptOutcome.OptedOut && attempt.Date < from).Select(attempt => (DateOnly?)attempt.Date).Max();
                outcomes[Due(month)] =
                    counting.Exists(date => from <= date && date <= to) ? OpportunityOutcome.Completed
                    : tries.Count > 0 ? Enum.GetValues<OpportunityOutcome>().Single(outcome => Codes.Of(outcome) == tries[0])
                    : wantedNoMore is not null && !counting.Exists(date => wantedNoMore < date && date < from) ? OpportunityOutcome.OptedOut
                    : Today > to ? OpportunityOutcome.Expired
                    : OpportunityOutcome.Open;
            }

            return outcomes;

            static DateOnly Due(int month) => Example.Started.AddDays(14).AddMonths(month);
        }

        /// <summary>True when Tam has it.</summary>
        bool Say(Command command)
        {
            said.Add(command);
            var isRecorded = tam.Submit(command).Outcome == Contracts.Submitting.SubmissionOutcome.Recorded;
            Publish();
            return isRecorded;
        }

        DateOnly DayBefore(int number) => Today.AddDays(-Math.Min(number % 6, Today.DayNumber - Example.Started.DayNumber));

        /// <summary>What Tam has appended since, as it publishes it.</summary>
        void Publish()
        {
            for (var version = published.Count == 0 ? 1 : published[^1].Version + 1; version <= tam.Appended.Count; version++)
            {
                TamOpportunityFact? fact = tam.Appended[(int)version - 1] switch
                {
                    OpportunityFellDue fell => new TamOpportunityFellDue(version, fell.Case.Programme, fell.Case.TeamId, fell.Case.CaseId, fell.Opportunity, fell.EffectiveOn),
                    OpportunityClosed closed => new TamOpportunityClosed(version, closed.Case.Programme, closed.Case.TeamId, closed.Case.CaseId, closed.Opportunity, closed.EffectiveOn),
                    _ => null,
                };
                if (fact is null)
                    continue;
                if (fact is TamOpportunityFellDue && published.Exists(earlier => earlier.About == fact.About && earlier is TamOpportunityClosed))
                    OpenedAgain++;
                published.Add(fact);
                onTheirWay.Add(fact);
            }

            if (!held)
                DeliverAll(new Random(published.Count));
        }

        /// <summary>As every service keeps facts: one whose version is not above the one it has is passed over.</summary>
        void Deliver(TamOpportunityFact fact)
        {
            delivered.Add(fact);
            onTheirWay.Remove(fact);
            if (!facts.TryGetValue(fact.About, out var known) || known.Version < fact.Version)
                facts[fact.About] = fact;
        }
    }
}
