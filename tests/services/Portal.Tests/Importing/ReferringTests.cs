using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.Portal.Importing;

namespace Fidelity.Portal.Tests.Importing;

public class ReferringTests
{
    static readonly UploadedFile Cases = Dry.Cases("c-1,norr,t-1,2025-01-15,,,,,,,");

    static UploadedFile Sam(string id) => Dry.Csv("sam.csv",
        "survey_id,team_id,rater_id,supervisor_id,date,instrument," + string.Join(',', Enumerable.Range(1, 43).Select(item => $"i{item}")),
        $"{id},norr,t-1,s-1,2025-02-01,sam@1," + string.Join(',', Enumerable.Repeat("4", 43)));

    static List<Command> Known() => [.. Dry.Accept(Dry.Run(Dry.Teams, Dry.Staff, Cases, Dry.Tam(Dry.Interview("i-1", "c-1", "2025-01-30"))))];

    [Fact]
    public void A_discharge_fills_a_known_case_and_is_reported_as_a_change()
    {
        var import = Dry.Run(Known(), [Dry.Cases("c-1,norr,t-1,2025-01-15,2025-05-23,completed,yes,,,,")]);
        var row = import.Rows.ShouldHaveSingleItem();
        row.Effect.ShouldBe(RowEffect.Change);
        row.Filled.ShouldBe(["discharged", "discharge_reason", "living_at_home"]);
        ((RegisterCase)row.Command).Discharged.ShouldBe(new DateOnly(2025, 5, 23));
    }

    [Fact]
    public void A_case_that_this_import_closes_is_held_against_its_discharge()
    {
        var import = Dry.Run(Known(),
        [
            Dry.Tam(Dry.Interview("i-2", "c-1", "2025-06-06"), Dry.Interview("i-3", "c-1", "2025-06-07")),
            Dry.Cases("c-1,norr,t-1,2025-01-15,2025-05-23,completed,yes,,,,"),
        ]);
        Dry.Summary(import.Findings).ShouldBe(["tam.csv,3,date,outside_case"]);
    }

    /// <summary>Two may fill a case at the same time, each from what was known before.</summary>
    [Fact]
    public void What_several_have_filled_is_known_together()
    {
        var discharged = Dry.Run(Known(), [Dry.Cases("c-1,norr,t-1,2025-01-15,2025-05-23,completed,,,,,")]).Rows.Single().Command;
        var outcome = Dry.Run(Known(), [Dry.Cases("c-1,norr,t-1,2025-01-15,,,,,yes,,")]).Rows.Single().Command;
        foreach (var known in new[] { (Command[])[.. Known(), discharged, outcome], [.. Known(), outcome, discharged] })
        {
            var import = Dry.Run(known,
            [
                Dry.Cases("c-1,norr,t-1,2025-01-15,2025-05-23,completed,,,yes,,"),
                Dry.Csv("followups.csv", "case_id,months,date,living_at_home,in_school_or_work,no_new_arrest,no_new_report,no_new_substance_report", "c-1,6,2025-11-23,,,,,"),
            ]);
            Dry.Summary(import.Findings).ShouldBeEmpty();
            import.Rows.Select(row => row.Effect).ShouldBe([RowEffect.Known, RowEffect.New]);
        }
    }

    [Theory]
    [InlineData("c-1,norr,t-2,2025-01-15,,,,,,,")]
    [InlineData("c-1,norr,t-1,2025-01-16,,,,,,,")]
    public void Altering_a_known_case_conflicts(string row) =>
        Dry.Summary(Dry.Run(Known(), [Dry.Cases(row)]).Findings).ShouldBe(["cases.csv,2,case_id,conflicting_id"]);

    [Fact]
    public void Another_interview_under_a_known_id_conflicts_and_the_difference_is_named()
    {
        var import = Dry.Run(Known(), [Dry.Tam(Dry.Interview("i-1", "c-1", "2025-01-30", first: "4"))]);
        var finding = import.Findings.ShouldHaveSingleItem();
        (finding.Column, finding.Code).ShouldBe(("interview_id", "conflicting_id"));
        finding.Message.ShouldContain("i1 differs");
    }

    [Fact]
    public void A_survey_is_corrected_and_withdrawn_by_its_pair()
    {
        var import = Dry.Run(Known(),
        [
            Sam("a-1"),
            Dry.Csv("corrections.csv", "id,date,item,value,reason", "a-1,2025-02-03,43,5,", "a-1,2025-02-03,44,5,"),
            Dry.Csv("withdrawals.csv", "id,date,reason", "a-1,2025-02-04,"),
        ]);
        Dry.Summary(import.Findings).ShouldBe(["corrections.csv,3,item,out_of_scale"]);
        var pair = import.Rows.Select(row => row.Command).OfType<RecordSurvey>().Single().Pair;
        import.Rows.Select(row => row.Command).OfType<CorrectSurvey>().Single().Pair.ShouldBe(pair);
        import.Rows.Select(row => row.Command).OfType<WithdrawSurvey>().Single().Pair.ShouldBe(pair);
    }

    [Fact]
    public void A_correction_worded_anew_is_the_one_that_is_known()
    {
        var known = Known();
        var first = Dry.Run(known, [Dry.Csv("corrections.csv", "id,date,item,value,reason", "i-1,2025-02-03,2,5,misheard")]).Rows.Single().Command;
        var row = Dry.Run([.. known, first], [Dry.Csv("corrections.csv", "id,date,item,value,reason", "i-1,2025-02-03,2,5,heard wrongly")]).Rows.ShouldHaveSingleItem();
        (row.Effect, row.Command).ShouldBe((RowEffect.Known, first));
    }

    [Fact]
    public void A_survey_may_not_take_an_interviews_id()
    {
        var finding = Dry.Run(Known(), [Sam("i-1")]).Findings.ShouldHaveSingleItem();
        (finding.Column, finding.Code).ShouldBe(("survey_id", "conflicting_id"));
        finding.Message.ShouldContain("one is an interview, the other a survey");
    }

    [Fact]
    public void A_correction_finds_its_interview_in_the_portal()
    {
        var row = Dry.Run(Known(), [Dry.Csv("corrections.csv", "id,date,item,value,reason", "i-1,2025-02-03,7,5,")]).Rows.ShouldHaveSingleItem();
        row.Command.ShouldBeOfType<CorrectTamInterview>().CaseId.ShouldBe("c-1");
    }

    [Fact]
    public void A_second_correction_with_another_value_conflicts_and_the_same_one_collapses()
    {
        var import = Dry.Run(Known(), [Dry.Csv("corrections.csv", "id,date,item,value,reason",
            "i-1,2025-02-03,7,5,", "i-1,2025-02-03,7,5,said again", "i-1,2025-02-03,7,NA,", "i-1,2025-02-04,7,NA,")]);
        Dry.Summary(import.Findings).ShouldBe(["corrections.csv,4,id,conflicting_id"]);
        import.Rows.Select(row => row.Effect).ShouldBe([RowEffect.New, RowEffect.Known, RowEffect.New]);

        var later = Dry.Run(Known().Concat(Dry.Accept(import)), [Dry.Csv("corrections.csv", "id,date,item,value,reason", "i-1,2025-02-04,7,3,")]);
        Dry.Summary(later.Findings).ShouldBe(["corrections.csv,2,id,conflicting_id"]);
    }

    [Fact]
    public void What_rests_on_a_faulty_row_is_held_and_not_blamed()
    {
        var import = Dry.Run(Dry.Teams, Dry.Staff,
            Dry.Cases("c-1,norr,t-1,2025-01-32,,,,,,,"),
            Dry.Tam(Dry.Interview("i-1", "c-1", "2025-01-30")),
            Dry.Csv("corrections.csv", "id,date,item,value,reason", "i-1,2025-02-03,7,5,"));
        Dry.Summary(import.Findings).ShouldBe(["cases.csv,2,started,bad_date"]);
        import.Held.ShouldBe([new HeldRow("tam.csv", 2, "case_id"), new HeldRow("corrections.csv", 2, "id")]);
        import.Files.Single(file => file.File == "tam.csv").Held.ShouldBe(1);
    }

    [Fact]
    public void What_rests_on_a_file_with_a_faulty_header_is_held_too()
    {
        var import = Dry.Run(Dry.Teams, Dry.Staff,
            Dry.Csv("cases.csv", Dry.CaseColumns.Replace("started", "start", StringComparison.Ordinal), "c-1,norr,t-1,2025-01-15,,,,,,,"),
            Dry.Tam(Dry.Interview("i-1", "c-1", "2025-01-30")));
        Dry.Summary(import.Findings).ShouldBe(["cases.csv,1,start,unknown_column", "cases.csv,1,started,missing_column"]);
        import.Held.ShouldHaveSingleItem().File.ShouldBe("tam.csv");
    }

    [Fact]
    public void Every_fault_of_a_row_is_named_at_once()
    {
        var row = Dry.Interview("i 1", "c-9", "2025-13-30", first: "9").Replace("v-1", "v-9", StringComparison.Ordinal);
        Dry.Summary(Dry.Run(Dry.Teams, Dry.Staff, Cases, Dry.Tam(row)).Findings).ShouldBe(
        [
            "tam.csv,2,interview_id,bad_id", "tam.csv,2,case_id,unknown_reference", "tam.csv,2,interviewer_id,unknown_reference",
            "tam.csv,2,date,bad_date", "tam.csv,2,i1,out_of_scale",
        ]);
    }

    [Fact]
    public void A_therapist_must_be_in_post_when_a_case_starts_or_is_handed_over()
    {
        var import = Dry.Run(Dry.Teams, Dry.Staff,
            Dry.Cases("c-1,norr,t-1,2025-01-15,,,,,,,", "c-2,norr,t-2,2025-07-01,,,,,,,"),
            Dry.Csv("reassignments.csv", "case_id,therapist_id,from", "c-1,t-2,2025-06-30", "c-1,t-2,2025-07-01", "c-1,t-2,2025-01-14"));
        Dry.Summary(import.Findings).ShouldBe(
        [
            "cases.csv,3,therapist_id,outside_post", "reassignments.csv,3,therapist_id,outside_post", "reassignments.csv,4,from,outside_case",
        ]);
    }

    [Fact]
    public void A_follow_up_comes_after_the_discharge()
    {
        var import = Dry.Run(Dry.Teams, Dry.Staff,
            Dry.Cases("c-1,norr,t-1,2025-01-15,,,,,,,", "c-2,norr,t-1,2025-01-15,2025-05-23,completed,yes,,,,"),
            Dry.Csv("followups.csv", "case_id,months,date,living_at_home,in_school_or_work,no_new_arrest,no_new_report,no_new_substance_report",
                "c-1,6,2025-11-23,yes,,,,", "c-2,6,2025-05-22,yes,,,,", "c-2,6,2025-11-23,yes,,,,", "c-2,7,2025-11-23,yes,,,,", "c-2,6,2025-11-23,no,,,,"));
        Dry.Summary(import.Findings).ShouldBe(
        [
            "followups.csv,2,date,outside_case", "followups.csv,3,date,outside_case", "followups.csv,5,months,unknown_code",
            "followups.csv,6,case_id,conflicting_id",
        ]);
    }
}
