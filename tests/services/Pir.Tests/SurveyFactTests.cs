using System.Text.Json;
using Fidelity.Contracts;
using Fidelity.Contracts.Surveys;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;

namespace Fidelity.Pir.Tests;

/// <summary>Survey facts as they cross the bus and lie in the table of facts.</summary>
public sealed class SurveyFactTests
{
    static readonly RatingPair Pair = new(Instrument.Cam, "norr", "t-1", "k-1");

    [Fact]
    public void A_survey_is_read_whole_under_whatever_name_it_was_published()
    {
        IReadOnlyList<Answer> answers = [.. Enumerable.Range(1, 23).Select(item => item < 7 ? Answer.NotApplicable : Answer.Of(item % 6 + 1))];
        var survey = new Survey("b-1", new(2026, 2, 1), "cam@1", answers, Scoring.Subscales(Instruments.Cam, answers), true, false, new(2026, 2, 10));
        var read = FactsTable.Read<SurveyScored>(JsonSerializer.Serialize(new SurveyWithdrawn(7, "demo", Pair, survey), FactsTable.Json));
        (read.Version, read.TeamId, read.Pair, read.About).ShouldBe((7L, "norr", Pair, new Thing("survey", "b-1")));
        read.Survey.Answers.ShouldBe(answers);
        read.Survey.Scores.OrderBy(score => score.Key).ShouldBe(survey.Scores.OrderBy(score => score.Key));
        (read.Survey with { Answers = answers, Scores = survey.Scores }).ShouldBe(survey);
        read.Survey.Counts.ShouldBeFalse();
    }

    [Fact]
    public void An_opportunity_is_named_by_its_pair_and_due_date()
    {
        var fell = new SurveyOpportunityFellDue(3, "demo", Pair, new(new(2026, 2, 10), new(2026, 1, 27), new(2026, 3, 26), OpportunityOutcome.Open, null), new(2026, 2, 10));
        var read = FactsTable.Read<SurveyOpportunityClosed>(JsonSerializer.Serialize(fell, FactsTable.Json));
        read.About.ShouldBe(new("survey_opportunity", "cam/norr/t-1/k-1/2026-02-10"));
        (read.TeamId, read.Opportunity).ShouldBe(("norr", fell.Opportunity));
    }
}
