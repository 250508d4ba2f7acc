using Fidelity.Contracts.Pir;
using Fidelity.Measurement;
using Fidelity.Portal.Trends;
using Fidelity.Validation;

namespace Fidelity.Portal.Tests.Trends;

/// <summary>What a form sends becomes a command; what cannot be read becomes one that is refused with its field named.</summary>
public sealed class WrittenOnTrendTests
{
    static readonly DateOnly Today = new(2026, 10, 31);
    static readonly Guid Id = Guid.CreateVersion7();

    static Contracts.Command? Read(params (string Field, string Value)[] sent) => WrittenOnTrend.Read(
        field => sent.FirstOrDefault(one => one.Field == field).Value, "demo", "norr", TrendSeries.Adherence, "k-1", Today);

    [Fact]
    public void Each_form_becomes_its_command()
    {
        Read(("do", "note"), ("thread", $"{Id}"), ("month", "2026-03"), ("text", " one\r\ntwo ")).ShouldBe(
            new BeginThread(Guid.Empty, "demo", "norr", Id, TrendSeries.Adherence, new(2026, 3, 1), "k-1", Today, "one\ntwo"));
        Read(("do", "go_on"), ("thread", $"{Id}"), ("place", "3"), ("kind", "action"), ("text", "visits"), ("owner", "s-1"), ("due", "2026-12-15")).ShouldBe(
            new ContinueThread(Guid.Empty, "demo", "norr", Id, 3, new(ThreadEntryKind.Action, "k-1", Today, "visits", "s-1", new(2026, 12, 15))));
        Read(("do", "rebase"), ("change", $"{Id}"), ("month", "2026-03"), ("reason", "new")).ShouldBe(
            new ChangeBaseline(Guid.Empty, "demo", "norr", Id, TrendSeries.Adherence, new(2026, 3, 1), "k-1", Today, "new"));
        Read(("do", "withdraw"), ("change", $"{Id}"), ("reason", "old")).ShouldBe(new WithdrawBaseline(Guid.Empty, "demo", "norr", Id, "k-1", Today, "old"));
        Read(("do", "erase")).ShouldBeNull();
    }

    [Theory]
    [InlineData("month", "2026-13", "month bad_date")]
    [InlineData("month", "", "month bad_date")]
    [InlineData("month", "2026-11", "month inconsistent")]
    [InlineData("thread", "thread", "thread_id missing_value")]
    [InlineData("text", " ", "text missing_value")]
    public void A_note_that_cannot_be_read_is_refused(string field, string value, string fault) => Faults(
        [("do", "note"), .. Fields([("thread", $"{Id}"), ("month", "2026-03"), ("text", "said")], field, value)]).ShouldBe([fault]);

    [Theory]
    [InlineData("kind", "verdict", "kind unknown_code")]
    [InlineData("place", "second", "place out_of_scale")]
    [InlineData("outcome", "perhaps", "outcome unknown_code")]
    [InlineData("outcome", "", "outcome missing_value")]
    [InlineData("due", "soon", "due inconsistent")]
    public void A_check_that_cannot_be_read_is_refused(string field, string value, string fault) => Faults(
        [("do", "go_on"), .. Fields([("thread", $"{Id}"), ("place", "4"), ("kind", "check"), ("text", "said"), ("outcome", "helped")], field, value)]).ShouldContain(fault);

    static IEnumerable<string> Faults((string, string)[] sent) => CommandValidation.Check(Read(sent)!).Select(cause => $"{cause.Field} {cause.Code}");

    static IEnumerable<(string, string)> Fields((string Field, string)[] usual, string field, string value) =>
        usual.Where(one => one.Field != field).Append((field, value));
}
