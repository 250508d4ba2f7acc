using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Extracting;
using Fidelity.ServiceDefaults;

namespace Fidelity.Portal.Tests.Extracting;

/// <summary>Whatever a record says of a family is shown to it.</summary>
public sealed class DetailTests
{
    static readonly CaseOutcomes Outcomes = new(Outcome3.Yes, Outcome3.No, Outcome3.Unknown, Outcome3.Yes, Outcome3.No);
    static readonly DateOnly Day = new(2026, 3, 14);

    /// <summary>One of each kind that is about a family.</summary>
    public static IReadOnlyList<Command> Records { get; } =
    [
        new RegisterCase(Guid.Empty, "p", "family", "team", "therapist", Day, Day.AddDays(90), DischargeReason.Moved, Outcomes),
        new ReassignCase(Guid.Empty, "p", "family", "therapist", Day),
        new RecordFollowUp(Guid.Empty, "p", "family", 18, Day, Outcomes),
        new RecordTamInterview(
            Guid.Empty, "p", "interview", "family", "interviewer", Day, InterviewMode.InPerson, "sv", true, "tam-r@1", [Answer.Of(5), Answer.NotApplicable, Answer.Blank]),
        new RecordTamAttempt(Guid.Empty, "p", "family", Day, AttemptOutcome.CallBack),
        new CorrectTamInterview(Guid.Empty, "p", "interview", "family", Day, 7, Answer.Of(2), "Typed wrongly."),
        new WithdrawTamInterview(Guid.Empty, "p", "interview", "family", Day, "Another family's."),
    ];

    public static TheoryData<string> Kinds => [.. Records.Select(record => record.GetType().Name)];

    [Fact]
    public void Every_kind_of_record_about_a_family_is_known() => Records.Select(record => record.GetType()).ShouldBe(
        typeof(Command).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(kind => kind.DerivedType).Where(kind => kind.GetProperty("CaseId") is not null),
        ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Everything_that_a_record_says_is_shown_once(string kind)
    {
        var record = Records.Single(known => known.GetType().Name == kind);
        var said = JsonSerializer.SerializeToNode(record, FactsTable.Json)!.AsObject()
            .Where(property => property.Key is not ("kind" or "submissionId" or "programme" or "caseId")).Sum(property => property.Value is JsonObject several ? several.Count : 1);
        var shown = Detail.Of(record);
        shown.Count.ShouldBe(said);
        shown.ShouldAllBe(detail => detail.Value != null);
        shown.Select(detail => detail.Name).ShouldBeUnique();
    }

    [Fact]
    public void Answers_stand_by_number_and_those_that_are_none_are_told_apart() =>
        Detail.Of(Records.OfType<RecordTamInterview>().Single()).Single(detail => detail.Name == "answers").Value.ShouldBe("1:\u00a05, 2:\u00a0NA, 3:\u00a0–");
}
