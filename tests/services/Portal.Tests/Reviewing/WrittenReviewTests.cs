using Fidelity.Contracts.Pir;
using Fidelity.Portal.Reviewing;

namespace Fidelity.Portal.Tests.Reviewing;

/// <summary>A review's text while it is written: what it says, and what is missing before it can be signed.</summary>
public sealed class WrittenReviewTests
{
    static readonly Guid Earlier = new("018f3a5e-0000-7000-8000-0000000000a1");
    static readonly Guid Later = new("018f3a5e-0000-7000-8000-0000000000a2");
    static readonly Goal Before = new(new("018f3a5e-0000-7000-8000-0000000000a0"), "Call in time", "s-1", new(2026, 6, 30));

    static WrittenPart Part(string name, int version, params (string Field, string Value)[] content) =>
        new(name, version, content.ToDictionary(field => field.Field, field => field.Value), "s-1", DateTime.UnixEpoch);

    static readonly IReadOnlyList<WrittenPart> Whole =
    [
        Part(WrittenReview.OfGoal(Later), 2, ("text", "Second"), ("owner", "k-1"), ("due", "2026-12-01")),
        Part(WrittenReview.OfGoal(Earlier), 1, ("text", "First"), ("owner", "s-1"), ("due", "2026-11-01")),
        Part(WrittenReview.Strengths, 4, ("text", "Calls")), Part(WrittenReview.Areas, 1, ("text", "School")),
        Part(WrittenReview.OfFollowUp(Before.Id), 1, ("outcome", "reached"), ("note", "")),
    ];

    [Fact]
    public void What_is_signed_is_what_is_written_with_the_goals_in_the_order_in_which_they_were_set()
    {
        var written = new WrittenReview(Whole, [Before]);
        written.Missing.ShouldBeEmpty();
        var text = written.ToText();
        text.ShouldSatisfyAllConditions(
            it => it.Strengths.ShouldBe("Calls"), it => it.AreasToImprove.ShouldBe("School"), it => it.Version.ShouldBe(9, "2 + 1 + 4 + 1 + 1 times saved"),
            it => it.Goals.ShouldBe([new(Earlier, "First", "s-1", new(2026, 11, 1)), new(Later, "Second", "k-1", new(2026, 12, 1))]),
            it => it.FollowUps.ShouldBe([new(Before.Id, GoalOutcome.Reached, null)]));
    }

    [Fact]
    public void Changing_a_text_and_changing_it_back_is_a_change()
    {
        var back = Whole.Select(part => part.Part == WrittenReview.Strengths ? part with { Version = 6 } : part).ToList();
        new WrittenReview(back, [Before]).Version.ShouldNotBe(new WrittenReview(Whole, [Before]).Version);
    }

    [Fact]
    public void A_goal_that_was_taken_out_is_not_signed_and_still_counts_as_a_change()
    {
        var without = new WrittenReview([.. Whole.Select(part => part.Part == WrittenReview.OfGoal(Later) ? part with { Version = 3, Content = null } : part)], [Before]);
        without.ToText().Goals.ShouldHaveSingleItem().Id.ShouldBe(Earlier);
        without.Version.ShouldBe(10);
    }

    [Theory]
    [InlineData(WrittenReview.Strengths, "text", " ", "writing.missing.strengths")]
    [InlineData(WrittenReview.Areas, "text", "", "writing.missing.areas")]
    [InlineData("goal/018f3a5e-0000-7000-8000-0000000000a1", "owner", "", "writing.missing.goal")]
    [InlineData("goal/018f3a5e-0000-7000-8000-0000000000a1", "due", "2026-02-30", "writing.missing.goal")]
    [InlineData("follow_up/018f3a5e-0000-7000-8000-0000000000a0", "outcome", "", "writing.missing.follow_up")]
    public void What_is_missing_is_named(string name, string field, string value, string missing)
    {
        var parts = Whole.Select(part => part.Part != name ? part : part with { Content = new Dictionary<string, string>(part.Content!) { [field] = value } }).ToList();
        new WrittenReview(parts, [Before]).Missing.ShouldBe([missing]);
    }

    [Fact]
    public void A_part_is_one_of_those_that_a_review_has()
    {
        var written = new WrittenReview([], [Before]);
        written.Has(WrittenReview.OfGoal(Later)).ShouldBeTrue("a goal may be new");
        written.Has(WrittenReview.OfFollowUp(Before.Id)).ShouldBeTrue();
        written.Has(WrittenReview.OfFollowUp(Later)).ShouldBeFalse("no such goal was set before");
        written.Has("goal/other").ShouldBeFalse();
        written.Has("anything").ShouldBeFalse();
    }

    [Theory]
    [InlineData(WrittenReview.Strengths, "text", "of 20110229-1234", "personal_identity_number")]
    [InlineData("goal/x", "due", "1 December", "bad_date")]
    [InlineData("follow_up/x", "outcome", "perhaps", "unknown_code")]
    [InlineData("goal/x", "due", "", null)]
    public void What_cannot_be_kept_is_refused_while_it_is_written(string part, string field, string value, string? fault) =>
        (WrittenReview.Fault(part, field, value)?.Code).ShouldBe(fault);
}
