using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Measurement;
using Fidelity.Measurement.Tests;
using FsCheck;
using FsCheck.Fluent;
using Property = Fidelity.Measurement.Tests.Property;

namespace Fidelity.Surveys.Tests;

/// <summary>Records and facts in any order, more than once, on any day: what follows in the end is the same.</summary>
public sealed class AnyOrderTests
{
    static readonly DateOnly Today = new(2025, 6, 30);

    static readonly RatingPair[] Pairs =
    [
        new(Instrument.Sam, "norr", "t-1", "s-1"), new(Instrument.Sam, "norr", "t-2", "s-1"),
        new(Instrument.Cam, "norr", "t-1", "k-1"), new(Instrument.Cam, "norr", "s-1", "k-1"),
    ];

    /// <summary>A team that grows post by post, of which some end later than they were told.</summary>
    static readonly Gen<List<TeamChanged>> Teams =
        from posts in Gens.Posts
        from toldOpenAtFirst in Gen.Elements(true, false)
        select Enumerable.Range(0, posts.Count + 1).Select(count => Examples.Team(
            count + 1, [.. posts.Take(count).Select((post, i) => toldOpenAtFirst && i == count - 1 && count < posts.Count ? post with { To = null } : post)])).ToList();

    static readonly Gen<List<Command>> Records =
        from count in Gen.Choose(0, 8)
        from surveys in (
            from pair in Gen.Elements(Pairs)
            from date in Gens.Date
            from answer in Gen.Choose(1, 5)
            from correctedOn in Gens.Date
            from withdrawnOn in Gens.Date
            from isCorrected in Gen.Elements(true, false)
            from isWithdrawn in Gen.Elements(true, false, false)
            select (pair, date, answer, correctedOn, withdrawnOn, isCorrected, isWithdrawn)).ListOf(count)
        select surveys.SelectMany((survey, i) => Of($"a-{i}", survey)).ToList();

    static IEnumerable<Command> Of(
        string id, (RatingPair Pair, DateOnly Date, int Answer, DateOnly CorrectedOn, DateOnly WithdrawnOn, bool IsCorrected, bool IsWithdrawn) survey)
    {
        yield return Examples.Survey(id, survey.Date, survey.Pair, survey.Answer);
        if (survey.IsCorrected)
            yield return Examples.Correction(id, survey.CorrectedOn, 3, Answer.Of(1), survey.Pair);
        if (survey.IsCorrected)
            yield return Examples.Correction(id, survey.CorrectedOn.AddDays(40), 3, Answer.NotApplicable, survey.Pair);
        if (survey.IsWithdrawn)
            yield return Examples.Withdrawal(id, survey.WithdrawnOn, survey.Pair);
    }

    [Fact]
    public void The_same_follows_from_the_same_facts_in_any_order() => Property.Holds(
        from teams in Teams
        from records in Records
        from seed in Gen.Choose(0, int.MaxValue)
        select (teams, records, seed),
        given =>
        {
            List<object> messages = [.. given.teams, .. given.records];
            var random = new Random(given.seed);
            var shuffled = messages.Concat(messages.Where(_ => random.Next(3) == 0)).ToArray();
            random.Shuffle(shuffled);

            var inOrder = new ServiceInMemory(Today);
            foreach (var message in messages)
                Receive(inOrder, message);
            var anyOrder = new ServiceInMemory(Today.AddDays(-200));
            foreach (var message in shuffled)
            {
                if (anyOrder.Today < Today && random.Next(4) == 0)
                    anyOrder.Tick(anyOrder.Today.AddDays(random.Next(Today.DayNumber - anyOrder.Today.DayNumber + 1)));
                Receive(anyOrder, message);
            }

            anyOrder.Tick(Today);
            Derived(anyOrder).ShouldBe(Derived(inOrder));
        });

    static void Receive(ServiceInMemory service, object message)
    {
        if (message is TeamChanged team)
            service.Learn(team);
        else
            service.Handle((Command)message);
    }

    /// <summary>Of pairs of which there is anything to say: some exist only for those who heard of a post that was changed since.</summary>
    static IReadOnlyList<string> Derived(ServiceInMemory service) =>
    [
        .. service.Pairs
            .Where(pair => pair.Value.Assessed.Count > 0 || pair.Value.Opportunities.Values.Any(due => due.Outcome != OpportunityOutcome.Void))
            .Select(pair => $"{pair.Key} {Snapshot.Derived(pair.Value)}").Order(StringComparer.Ordinal),
    ];
}
