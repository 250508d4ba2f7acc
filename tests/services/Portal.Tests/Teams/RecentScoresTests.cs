using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Teams;
using static Fidelity.Portal.Tests.Teams.Team;

namespace Fidelity.Portal.Tests.Teams;

/// <summary>Scores with what they rest on and count as (measurement.md §1, §2, §4).</summary>
public sealed class RecentScoresTests
{
    static readonly DateOnly Today = Day(6, 10);

    static RecentScore Of(TamInterviewFact interview, CaseChanged? family = null, params TamInterviewFact[] others) =>
        Scores([interview, .. others], family).Scores[0];

    static RecentScores Scores(IEnumerable<TamInterviewFact> interviews, CaseChanged? family, int shown = 20) =>
        RecentScores.Of([.. interviews.Select(interview => new HeldInterview(interview, family, null))], "tam-r@1", shown, known: 57, Today);

    [Theory]
    [InlineData(17, 11, false)] // 0.6071
    [InlineData(18, 10, true)]
    [InlineData(14, 9, false)] // 0.6087
    [InlineData(11, 8, false)]
    [InlineData(16, 10, true)] // 0.6154
    public void A_score_reaches_the_threshold_exactly_or_not_at_all(int adherent, int other, bool reaches) =>
        Of(Interview("c-1", Day(6, 1), adherent, other)).Reaches.ShouldBe(reaches);

    [Fact]
    public void A_score_that_is_the_threshold_reaches_it() =>
        // Linear: 12 × 4 + 13 × 1 of 25 × 4 points.
        Of(Interview("c-1", Day(6, 1), adherent: 12, other: 13, otherAnswer: 2, instrument: "tam-r-linear@1"))
            .ShouldSatisfyAllConditions(recent => recent.Points.ShouldBe("61/100"), recent => recent.Reaches.ShouldBe(true));

    [Fact]
    public void The_points_of_a_score_stand_over_what_was_answered_and_are_not_reduced()
    {
        Of(Interview("c-1", Day(6, 1), adherent: 14, other: 14)).Points.ShouldBe("14/28");
        Of(Interview("c-1", Day(6, 1), adherent: 20, other: 0)).Points.ShouldBe("20/20");
        Of(Interview("c-1", Day(6, 1), adherent: 0, other: 20)).Points.ShouldBe("0/20");
        // Linear: 20 × 4 + 7 × 3 of 27 × 4 points, which is 101/108.
        Of(Interview("c-1", Day(6, 1), adherent: 20, other: 7, instrument: "tam-r-linear@1")).Points.ShouldBe("101/108");
    }

    [Fact]
    public void Too_few_answers_make_no_score_and_nothing_that_it_could_reach()
    {
        var recent = Of(Interview("c-1", Day(6, 1), adherent: 18, other: 0, notApplicable: 4));
        (recent.Score.Answered, recent.Score.NotApplicable, recent.Score.Blank).ShouldBe((18, 4, 6));
        recent.Points.ShouldBeNull();
        recent.Reaches.ShouldBeNull();
    }

    [Fact]
    public void Without_a_threshold_nothing_is_reached_or_missed()
    {
        var recent = Of(Interview("c-1", Day(6, 1), instrument: "tam-can@1"));
        recent.Definition.ShouldBe(Instruments.TamCan);
        recent.Reaches.ShouldBeNull();
        recent.OtherInstrument.ShouldBeTrue("the team is measured by tam-r@1");
        Of(Interview("c-1", Day(6, 1))).OtherInstrument.ShouldBeFalse();
    }

    [Fact]
    public void What_counts_nowhere_says_why_and_completes_nothing()
    {
        var recent = Of(Interview("c-1", Day(6, 1), independent: false, withdrawn: true, outside: true), Family("c-1", Day(5, 1)));
        recent.Uncounted.ShouldBe(["withdrawn", "not_independent", "outside_case"]);
        (recent.Place, recent.Due).ShouldBe((InterviewPlace.None, null));
        Of(Interview("c-1", Day(6, 1))).Uncounted.ShouldBeEmpty();
    }

    [Fact]
    public void An_interview_completes_its_due_date_is_early_for_the_next_or_is_extra()
    {
        // Due on 15 May and 15 June: the second one's interval begins on 8 June.
        var family = Family("c-1", Day(5, 1));
        Place(Of(Interview("c-1", Day(5, 20), completes: Day(5, 15)), family)).ShouldBe((InterviewPlace.Completes, Day(5, 15)));
        Place(Of(Interview("c-1", Day(6, 7)), family)).ShouldBe((InterviewPlace.Extra, null));
        Place(Of(Interview("c-1", Day(6, 8)), family)).ShouldBe((InterviewPlace.Early, Day(6, 15)));
        Place(Of(Interview("c-1", Day(6, 9)), family, Interview("c-1", Day(6, 8)))).ShouldBe((InterviewPlace.Extra, null), "the first one completes it");
        Place(Of(Interview("c-1", Day(6, 9)), family, Interview("c-1", Day(6, 8), withdrawn: true))).ShouldBe((InterviewPlace.Early, Day(6, 15)));
        Place(Of(Interview("c-1", Day(6, 9)), family, Interview("c-2", Day(6, 8)))).ShouldBe((InterviewPlace.Early, Day(6, 15)), "another family's");
        Place(Of(Interview("c-1", Day(6, 9)), Family("c-1", Day(5, 1), discharged: Day(6, 9)))).ShouldBe((InterviewPlace.Extra, null));
        Place(Of(Interview("c-1", Day(6, 9)), family: null)).ShouldBe((InterviewPlace.Extra, null));

        static (InterviewPlace, DateOnly?) Place(RecentScore recent) => (recent.Place, recent.Due);
    }

    [Fact]
    public void No_interview_can_be_early_by_more_days_than_are_looked_through()
    {
        var started = Today.AddDays(-RecentScores.EarliestDays + 1);
        Of(Interview("c-1", started), Family("c-1", started)).Place.ShouldBe(InterviewPlace.Early);
        Of(Interview("c-1", started.AddDays(-1)), Family("c-1", started.AddDays(-1))).Place.ShouldBe(InterviewPlace.Extra, "it is due today, so it completes it already");
    }

    [Fact]
    public void As_many_are_shown_as_were_asked_for_and_the_rest_is_known_to_be_there()
    {
        var scores = Scores([Interview("c-1", Day(6, 2)), Interview("c-1", Day(6, 1))], null, shown: 1);
        scores.Scores.ShouldHaveSingleItem().Date.ShouldBe(Day(6, 2));
        scores.Known.ShouldBe(57);
    }
}
