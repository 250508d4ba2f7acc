using System.Text.Json;

namespace Fidelity.Measurement.Tests;

public sealed class AnswerTests
{
    [Theory]
    [InlineData("5", 5)]
    [InlineData("NA", null)]
    [InlineData("", null)]
    public void An_answer_reads_and_writes_its_CSV_form(string text, int? value)
    {
        Answer.TryParse(text, out var answer).ShouldBeTrue();
        answer.Value.ShouldBe(value);
        answer.IsAnswered.ShouldBe(value is not null);
        answer.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("na")]
    [InlineData("x")]
    [InlineData("4.0")]
    [InlineData("-1")]
    [InlineData(" 4")]
    [InlineData("99999999999")]
    public void Anything_else_is_no_answer(string text) => Answer.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Not_applicable_and_blank_stay_distinct()
    {
        Answer.NotApplicable.ShouldNotBe(Answer.Blank);
        default(Answer).ShouldBe(Answer.Blank);
        JsonSerializer.Serialize<Answer[]>([Answer.Of(5), Answer.NotApplicable, Answer.Blank]).ShouldBe("""[5,"NA",null]""");
        JsonSerializer.Deserialize<Answer[]>("""[5,"NA",null]""").ShouldBe([Answer.Of(5), Answer.NotApplicable, Answer.Blank]);
    }

    [Theory]
    [InlineData("\"5\"")]
    [InlineData("4.5")]
    [InlineData("true")]
    [InlineData("\"na\"")]
    public void Other_JSON_is_refused(string json) => Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Answer>(json));

    [Fact]
    public void Codes_are_lower_snake_case()
    {
        Codes.All<AttemptOutcome>().ShouldBe(["no_answer", "call_back", "declined", "unreachable", "opted_out", "no_interpreter", "other"]);
        Codes.All<DischargeReason>().ShouldBe(
            ["completed", "lack_of_engagement", "placed", "moved", "administrative", "placed_prior_event"]);
        Codes.All<StaffRole>().ShouldBe(["therapist", "supervisor", "consultant", "caseworker", "interviewer"]);
        Codes.All<MeasureStatus>().ShouldBe(["met", "not_met", "no_target", "insufficient", "withheld"]);
        Codes.TryParse<AttemptOutcome>("opted_out", out var outcome).ShouldBeTrue();
        outcome.ShouldBe(AttemptOutcome.OptedOut);
        Codes.TryParse<AttemptOutcome>("OptedOut", out _).ShouldBeFalse();
        Codes.TryParse<AttemptOutcome>("3", out _).ShouldBeFalse();
        Codes.TryParse<AttemptOutcome>(null, out _).ShouldBeFalse();
    }

    [Fact]
    public void Codes_stand_in_JSON_as_values_and_as_keys()
    {
        var counts = new Dictionary<OpportunityOutcome, int> { [OpportunityOutcome.NoInterpreter] = 2 };
        JsonSerializer.Serialize(counts).ShouldBe("""{"no_interpreter":2}""");
        JsonSerializer.Deserialize<Dictionary<OpportunityOutcome, int>>("""{"no_interpreter":2}""").ShouldBe(counts);
        JsonSerializer.Serialize(MeasureStatus.NotMet).ShouldBe("\"not_met\"");
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<MeasureStatus>("\"NotMet\""));
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<MeasureStatus>("1"));
    }
}
