using Fidelity.Portal.FillingIn;
using Fidelity.Validation;

namespace Fidelity.Portal.Tests.FillingIn;

/// <summary>What was filled in on a page, and where its faults are told.</summary>
public sealed class FilledFormTests
{
    static readonly IReadOnlyList<RecordField> Fields =
    [
        new("case_id", FieldShape.Id, "a case"), new("started", FieldShape.Day, "a day"),
        new("role", FieldShape.Choice, "a role", Choices: [new("therapist", "Therapist"), new("interviewer", "Interviewer")]),
    ];

    static FilledForm Sent(string? id = "c-1", string? started = "2026-01-02", string? role = "therapist", string? other = null) => FilledForm.Of(
        Fields, column => column switch { "case_id" => id, "started" => started, "role" => role, _ => other });

    [Fact]
    public void What_has_no_field_is_not_read()
    {
        Sent(other: "team of somebody else").Values.Keys.ShouldBe(["case_id", "started", "role"]);
        Sent(id: "  c-1 ").Values["case_id"].ShouldBe("c-1");
    }

    [Fact]
    public void Everything_has_to_be_filled_in()
    {
        Sent().IsInOrder.ShouldBeTrue();
        Sent(id: null, started: " ").Faults.ShouldBe(new Dictionary<string, string> { ["case_id"] = ErrorCodes.MissingValue, ["started"] = ErrorCodes.MissingValue }, ignoreOrder: true);
    }

    [Fact]
    public void A_choice_is_one_that_was_offered_whatever_is_sent()
    {
        Sent(role: "supervisor").Faults.ShouldHaveSingleItem().ShouldBe(new("role", ErrorCodes.UnknownCode));
        Sent(role: "Therapist").IsInOrder.ShouldBeFalse();
    }

    [Fact]
    public void What_the_judging_finds_stands_at_its_field()
    {
        var judged = Sent().Judged([new(ErrorCodes.BadDate, "/started", null, "."), new(ErrorCodes.ConflictingId, "/case_id", null, ".")]);
        judged.Faults.ShouldBe(new Dictionary<string, string> { ["case_id"] = ErrorCodes.ConflictingId, ["started"] = ErrorCodes.BadDate }, ignoreOrder: true);
        judged.Others.ShouldBeEmpty();
        judged.IsInOrder.ShouldBeFalse();
    }

    [Fact]
    public void What_is_found_of_no_field_stands_above_them_once()
    {
        var judged = Sent().Judged([new(ErrorCodes.CaseErased, "/team_id", null, "."), new(ErrorCodes.CaseErased, null, null, ".")]);
        judged.Faults.ShouldBeEmpty();
        judged.Others.ShouldBe([ErrorCodes.CaseErased]);
        judged.IsInOrder.ShouldBeFalse();
    }

    [Fact]
    public void Of_a_field_at_fault_by_itself_nothing_more_is_said_nor_of_what_rests_on_it()
    {
        var judged = Sent(role: "supervisor").Judged([new(ErrorCodes.MissingValue, "/role", null, "."), new(ErrorCodes.OutsidePost, "/team_id", null, "."), new(ErrorCodes.BadId, "/case_id", null, ".")]);
        judged.Faults.ShouldBe(new Dictionary<string, string> { ["case_id"] = ErrorCodes.BadId, ["role"] = ErrorCodes.UnknownCode }, ignoreOrder: true);
        judged.Others.ShouldBeEmpty();
    }
}
