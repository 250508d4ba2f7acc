using Fidelity.Measurement;
using Fidelity.Portal.SelfReporting;
using static Fidelity.Portal.Tests.Teams.Team;

namespace Fidelity.Portal.Tests.SelfReporting;

/// <summary>A caregiver's code, and the form that it opens.</summary>
public sealed class SelfReportTests
{
    [Fact]
    public void A_code_is_four_groups_of_four_signs_that_nobody_confuses_and_no_two_are_alike()
    {
        var codes = Enumerable.Range(0, 1000).Select(_ => SelfReportCode.New()).ToList();
        codes.ShouldAllBe(code => System.Text.RegularExpressions.Regex.IsMatch(code, "^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)));
        codes.ShouldAllBe(code => SelfReportCode.Read(code) == code);
        codes.Distinct().Count().ShouldBe(1000);
    }

    [Theory]
    [InlineData("0123-4567-89AB-CDEF", "0123-4567-89AB-CDEF")]
    [InlineData(" 0123 4567 89ab cdef ", "0123-4567-89AB-CDEF")]
    [InlineData("O123456789abcdef", "0123-4567-89AB-CDEF")]
    [InlineData("0l23-4567-89AB-CDEF", "0123-4567-89AB-CDEF")]
    [InlineData("0i23–4567–89AB–CDEF", "0123-4567-89AB-CDEF")]
    [InlineData("uvwx-yz00-0000-0000", "VVWX-YZ00-0000-0000")]
    [InlineData("0123-4567-89AB-CDE", null)]
    [InlineData("0123-4567-89AB-CDEFG", null)]
    [InlineData("0123-4567-89AB-CD*F", null)]
    [InlineData("0123-4567-89AB-CDE\0", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_code_is_read_however_it_was_typed(string? typed, string? code) => SelfReportCode.Read(typed).ShouldBe(code);

    [Fact]
    public void A_form_is_open_while_what_it_asks_may_be_answered_and_until_it_is_sent()
    {
        var (due, last) = (Day(6, 1), Day(7, 1));
        State(OpportunityOutcome.Open, last).ShouldBe(SelfReportState.Open);
        State(OpportunityOutcome.Open, last.AddDays(1)).ShouldBe(SelfReportState.Over);
        State(OpportunityOutcome.Completed, due).ShouldBe(SelfReportState.Answered);
        // Who did not come to the telephone may answer alone: an interview completes what an attempt has ended (measurement.md §2).
        foreach (var ended in new[] { OpportunityOutcome.Declined, OpportunityOutcome.Unreachable, OpportunityOutcome.NoInterpreter, OpportunityOutcome.OptedOut, OpportunityOutcome.Other })
            State(ended, due).ShouldBe(SelfReportState.Open, ended.ToString());
        new OpenedReport(Report(), With(), null).State(due).ShouldBe(SelfReportState.Over, "it is no longer due");
        State(OpportunityOutcome.Completed, last.AddDays(1), Guid.CreateVersion7()).ShouldBe(SelfReportState.Sent);

        SelfReportState State(OpportunityOutcome outcome, DateOnly today, Guid? sent = null) =>
            new OpenedReport(Report(sent), With(), Due("c-1", due, last, outcome).Opportunity).State(today);

        SelfReport Report(Guid? sent = null) =>
            new(Guid.CreateVersion7(), "p", "t", "c-1", due, "sv", new Dictionary<string, string>(), "v-1", DateTime.UnixEpoch, null, sent);
    }
}
