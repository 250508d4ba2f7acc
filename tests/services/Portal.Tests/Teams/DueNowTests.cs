using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Teams;
using static Fidelity.Portal.Tests.Teams.Team;

namespace Fidelity.Portal.Tests.Teams;

/// <summary>What a team has to do today (measurement.md §2), and that surveys are told as counts alone (§6).</summary>
public sealed class DueNowTests
{
    static readonly DateOnly Today = Day(6, 10);

    static DueNow Of(
        IReadOnlyList<TamOpportunityFact>? interviews = null, IReadOnlyList<SurveyOpportunityFact>? surveys = null,
        IReadOnlyList<RecordTamAttempt>? attempts = null, IReadOnlyList<TamInterviewFact>? held = null,
        IReadOnlyList<CaseChanged>? families = null, TeamChanged? team = null) =>
        DueNow.Of(team ?? With(), new(families ?? [], interviews ?? [], surveys ?? [], attempts ?? [], held ?? []), Today);

    [Fact]
    public void The_interview_whose_time_ends_first_is_on_top()
    {
        var due = Of([Due("c-1", Day(6, 1), Day(7, 1)), Due("c-3", Day(5, 20), Day(6, 12)), Due("c-2", Day(5, 20), Day(6, 12)), Due("c-4", Day(5, 18), Day(6, 12))]);
        due.Interviews.Select(interview => interview.Case).ShouldBe(["c-4", "c-2", "c-3", "c-1"]);
    }

    [Fact]
    public void An_interview_is_due_from_its_due_date_to_its_last_day_and_only_while_nothing_ended_it()
    {
        Of([Due("c-1", Today, Day(7, 1))]).Interviews.ShouldHaveSingleItem().Due.ShouldBe(Today);
        Of([Due("c-1", Day(5, 20), Today)]).Interviews.ShouldHaveSingleItem().DaysLeft.ShouldBe(0);
        Of([Due("c-1", Today.AddDays(1), Day(7, 1))]).Interviews.ShouldBeEmpty();
        Of([Due("c-1", Day(5, 20), Today.AddDays(-1))]).Interviews.ShouldBeEmpty("it has expired, whether or not the portal was told");
        foreach (var ended in Enum.GetValues<OpportunityOutcome>().Except([OpportunityOutcome.Open]))
            Of([Due("c-1", Day(6, 1), Day(7, 1), ended)]).Interviews.ShouldBeEmpty(ended.ToString());
    }

    [Fact]
    public void What_ends_within_a_week_stands_out()
    {
        Of([Due("c-1", Day(6, 1), Today.AddDays(7))]).Interviews.Single().EndsSoon.ShouldBeTrue();
        Of([Due("c-1", Day(6, 1), Today.AddDays(8))]).Interviews.Single().EndsSoon.ShouldBeFalse();
    }

    [Fact]
    public void What_happened_so_far_is_what_happened_in_the_interval_with_that_family()
    {
        var interview = Of(
            [Due("c-1", Day(6, 1), Day(6, 23))], // begins on 25 May
            attempts:
            [
                Attempt("c-1", Day(6, 3), AttemptOutcome.CallBack), Attempt("c-1", Day(5, 25), AttemptOutcome.NoAnswer),
                Attempt("c-1", Day(5, 24), AttemptOutcome.NoAnswer), Attempt("c-1", Day(6, 11), AttemptOutcome.NoAnswer),
                Attempt("c-2", Day(6, 3), AttemptOutcome.NoAnswer),
            ],
            held: [Interview("c-1", Day(6, 2), independent: false), Interview("c-1", Day(5, 28), withdrawn: true), Interview("c-2", Day(6, 2), withdrawn: true)])
            .Interviews.Single();
        interview.SoFar.ShouldBe(
        [
            new(Day(5, 25), "attempt.no_answer"), new(Day(5, 28), "held.withdrawn"), new(Day(6, 2), "held.not_independent"),
            new(Day(6, 3), "attempt.call_back"),
        ]);
    }

    [Fact]
    public void The_next_to_fall_due_is_the_first_of_any_family_in_treatment()
    {
        Of().Next.ShouldBeNull();
        Of(families: [Family("c-1", Day(6, 1)), Family("c-2", Day(6, 2)), Family("c-3", Day(5, 1)), Family("c-4", Day(5, 1))])
            .Next.ShouldBe((Day(6, 15), 3), "two weeks after the start, or a month after that");
        Of(families: [Family("c-1", Day(6, 1), discharged: Today)]).Next.ShouldBeNull();
    }

    [Fact]
    public void Surveys_are_counted_while_they_run()
    {
        var due = Of(surveys:
        [
            Survey(Instrument.Sam, "t-1", Day(5, 1), Day(6, 16)), Survey(Instrument.Sam, "t-2", Day(6, 1), Day(7, 17), OpportunityOutcome.Completed),
            Survey(Instrument.Sam, "t-3", Day(6, 5), Day(7, 21)), Survey(Instrument.Sam, "t-4", Day(4, 20), Day(6, 5)),
            Survey(Instrument.Sam, "t-5", Day(6, 1), Day(7, 17), OpportunityOutcome.Void), Survey(Instrument.Cam, "t-1", Day(6, 1), Day(7, 17)),
        ]);
        (due.Sam.Due, due.Sam.Answered, due.Sam.Open).ShouldBe((3, 1, 2));
        (due.Cam.Due, due.Cam.Answered, due.Cam.Open).ShouldBe((1, 0, 1));
        Of().Cam.ShouldBe(new(Instrument.Cam, 0, 0, null, null));
    }

    [Fact]
    public void The_last_days_of_surveys_are_the_same_whoever_has_answered()
    {
        var rounds = new[] { ("t-1", Day(6, 16)), ("t-2", Day(7, 17)), ("t-3", Day(7, 1)) };
        foreach (var answered in rounds)
        {
            Of(surveys: [.. rounds.Select(round => Survey(
                    Instrument.Cam, round.Item1, Day(6, 1), round.Item2, round == answered ? OpportunityOutcome.Completed : OpportunityOutcome.Open))])
                .Cam.ShouldBe(new(Instrument.Cam, 3, 1, (Day(6, 16), Day(7, 17)), null));
        }
    }

    [Fact]
    public void The_next_survey_falls_due_by_the_posts_of_the_team()
    {
        var due = Of(team: With(
            new("t-1", StaffRole.Therapist, Day(1, 15), null), new("s-1", StaffRole.Supervisor, Day(1, 1), null),
            new("k-1", StaffRole.Consultant, Day(1, 1), Day(6, 30))));
        due.Sam.Next.ShouldBe(Day(6, 15));
        due.Cam.Next.ShouldBe(Day(6, 15), "the therapist's; the supervisor's would be on 1 August, and the consultant leaves before");
    }

    [Fact]
    public void What_is_told_of_surveys_has_no_room_for_who() =>
        typeof(DueSurveys).GetProperties().Select(property => property.PropertyType).ShouldNotContain(type => type == typeof(string));
}
