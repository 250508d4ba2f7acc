using Fidelity.Contracts;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Interviewing;
using static Fidelity.Portal.Tests.Teams.Team;

namespace Fidelity.Portal.Tests.Interviewing;

/// <summary>An interview with what was said of it since, on 10 June: both versions of it.</summary>
public sealed class KeptInterviewTests
{
    static readonly DateOnly Today = Day(6, 10);

    /// <summary>18 items at the adherent end and one that is not answered: a blank, as are the others.</summary>
    static readonly RecordTamInterview Submitted = new(
        Guid.Empty, "demo", "i-1", "c-1", "v-1", Day(6, 1), InterviewMode.Phone, "sv", false, "tam-r@1",
        [.. Enumerable.Repeat(Answer.Of(5), 18), .. Enumerable.Repeat(Answer.Blank, 10)]);

    static CorrectTamInterview Corrected(int item, Answer value, DateOnly on, string? reason = "misheard") => new(Guid.Empty, "demo", "i-1", "c-1", on, item, value, reason);

    static WithdrawTamInterview Withdrawn(DateOnly on, string reason) => new(Guid.Empty, "demo", "i-1", "c-1", on, reason);

    static KeptInterview Of(params Command[] said) => KeptInterview.Of([Submitted, .. said], Today)!;

    [Fact]
    public void A_correction_may_make_a_score_sufficient_and_both_scores_are_kept()
    {
        var kept = Of(Corrected(19, Answer.Of(1), Day(6, 9)));
        kept.FirstScore.IsSufficient.ShouldBeFalse();
        kept.Score.Value.ShouldBe(new Fraction(18, 19));
        kept.Interview.Answers[18].ShouldBe(Answer.Blank);
        kept.Answers[18].ShouldBe(Answer.Of(1));
        kept.Corrected.ShouldBe(Day(6, 9));
    }

    [Fact]
    public void Each_correction_of_an_item_is_told_from_the_answer_that_it_took_the_place_of()
    {
        var kept = Of(Corrected(1, Answer.Of(2), Day(6, 9)), Corrected(1, Answer.Of(3), Day(6, 8)), Corrected(2, Answer.NotApplicable, Day(6, 8)));
        kept.Changes.Select(change => (change.Correction.Item, change.Before, change.Correction.Value))
            .ShouldBe([(1, Answer.Of(5), Answer.Of(3)), (2, Answer.Of(5), Answer.NotApplicable), (1, Answer.Of(3), Answer.Of(2))]);
        kept.Answers[0].ShouldBe(Answer.Of(2));
    }

    [Fact]
    public void What_is_dated_after_today_does_not_exist_yet_and_what_is_said_twice_was_said_first()
    {
        var kept = Of(
            Corrected(1, Answer.Of(2), Day(6, 11)), Withdrawn(Day(6, 11), "to come"), Corrected(2, Answer.Of(3), Day(6, 9), "first"), Corrected(2, Answer.Of(3), Day(6, 9), "again"));
        kept.Corrections.ShouldHaveSingleItem().Reason.ShouldBe("first");
        kept.Withdrawal.ShouldBeNull();
        Of(Withdrawn(Today, "first"), Withdrawn(Day(6, 9), "again")).Withdrawal!.Reason.ShouldBe("first");
    }

    [Fact]
    public void Without_the_interview_there_is_nothing_to_correct() => KeptInterview.Of([Withdrawn(Today, "early")], Today).ShouldBeNull();

    [Fact]
    public void It_has_what_was_said_of_it()
    {
        var (correction, withdrawal) = (Corrected(1, Answer.Of(2), Today), Withdrawn(Today, "another family"));
        Of().Has(correction).ShouldBeFalse();
        Of().Has(withdrawal).ShouldBeFalse();
        Of(correction).Has(correction with { Reason = "otherwise" }).ShouldBeTrue();
        Of(correction).Has(correction with { Value = Answer.Of(3) }).ShouldBeFalse();
        Of(withdrawal).Has(withdrawal).ShouldBeTrue();
    }

    [Fact]
    public void It_is_settled_when_its_owner_says_the_same()
    {
        var kept = Of(Corrected(1, Answer.Of(2), Today));
        var fact = Interview("c-1", Day(6, 1), adherent: 18, other: 0);
        new RecordedInterview(Of(), fact).IsSettled.ShouldBeTrue();
        new RecordedInterview(kept, fact).IsSettled.ShouldBeFalse();
        new RecordedInterview(kept, fact with { Interview = fact.Interview with { Answers = kept.Answers } }).IsSettled.ShouldBeTrue();
        new RecordedInterview(Of(Withdrawn(Today, "another family")), fact).IsSettled.ShouldBeFalse();
    }

    [Fact]
    public void The_form_of_an_interview_is_known_by_its_id_alone()
    {
        var form = Guid.CreateVersion7();
        HoldInterview.FormOf($"tam-{form:n}").ShouldBe(form);
        HoldInterview.FormOf("tam-2026-1").ShouldBeNull();
        HoldInterview.FormOf("i-1").ShouldBeNull();
    }
}
