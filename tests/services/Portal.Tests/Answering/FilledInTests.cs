using Fidelity.Measurement;
using Fidelity.Portal.Answering;
using Microsoft.Extensions.Primitives;

namespace Fidelity.Portal.Tests.Answering;

/// <summary>What of a sent form is kept.</summary>
public sealed class FilledInTests
{
    static IReadOnlyDictionary<string, string> Kept(InstrumentDefinition definition, params (string Field, string Value)[] sent) =>
        FilledIn.Of(sent.Select(field => KeyValuePair.Create(field.Field, new StringValues(field.Value))), definition, ["date", "language"]);

    [Fact]
    public void Answers_on_the_scale_not_applicable_and_none_are_kept_and_nothing_else()
    {
        Kept(Instruments.TamR, ("i1", "1"), ("i2", "5"), ("i3", "NA"), ("i4", ""), ("i5", "6"), ("i6", "0"), ("i7", "-1"), ("i8", "na"), ("i29", "3"), ("i0", "3"))
            .ShouldBe(new Dictionary<string, string> { ["i1"] = "1", ["i2"] = "5", ["i3"] = "NA", ["i4"] = "" }, ignoreOrder: true);
        Kept(Instruments.Cam, ("i1", "6"), ("i24", "3")).ShouldBe(new Dictionary<string, string> { ["i1"] = "6" });
    }

    [Fact]
    public void Of_the_other_fields_those_that_the_form_asks_for_are_kept_unless_they_name_a_person()
    {
        Kept(Instruments.TamR, ("date", " 2026-06-10 "), ("language", "sv"), ("case_id", "c-2"), ("interview_id", "i-2"))
            .ShouldBe(new Dictionary<string, string> { ["date"] = "2026-06-10", ["language"] = "sv" }, ignoreOrder: true);
        Kept(Instruments.TamR, ("language", "19121212-1212"), ("date", "a\0b")).ShouldBeEmpty();
        Kept(Instruments.TamR, ("language", new string('x', 41))).ShouldBeEmpty();
    }

    [Fact]
    public void Numbers_and_not_applicable_count_as_answered()
    {
        var content = Kept(Instruments.TamR, ("i1", "1"), ("i2", "NA"), ("i3", ""), ("date", "2026-06-10"));
        FilledIn.Answered(content, Instruments.TamR).ShouldBe(2);
    }
}
