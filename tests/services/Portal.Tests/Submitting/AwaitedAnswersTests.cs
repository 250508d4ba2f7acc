using Fidelity.Portal.Submitting;

namespace Fidelity.Portal.Tests.Submitting;

public sealed class AwaitedAnswersTests
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    readonly AwaitedAnswers awaited = new();

    [Fact]
    public async Task Everybody_who_waits_for_an_answer_gets_it()
    {
        var first = Ask("a", Cancelled);
        var second = Ask("a", Cancelled);
        var other = Ask("b", Cancelled);
        awaited.Arrived("a", "yes");
        (await first, await second).ShouldBe(("yes", "yes"));
        other.IsCompleted.ShouldBeFalse();
        awaited.Arrived("b", "no");
        (await other).ShouldBe("no");
    }

    [Fact]
    public async Task One_who_gives_up_takes_the_answer_from_nobody()
    {
        using var leaving = new CancellationTokenSource();
        var gone = Ask("a", leaving.Token);
        var late = awaited.Ask<string>("a", () => Task.CompletedTask, TimeSpan.Zero, Cancelled);
        var patient = Ask("a", Cancelled);
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(gone);
        (await late).ShouldBeNull();
        awaited.Arrived("a", "yes");
        (await patient).ShouldBe("yes");
    }

    [Fact]
    public async Task An_answer_that_comes_while_asking_is_not_missed() =>
        (await awaited.Ask<string>("a", () =>
        {
            awaited.Arrived("a", "yes");
            return Task.CompletedTask;
        }, Patience, Cancelled)).ShouldBe("yes");

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    Task<string?> Ask(string question, CancellationToken stopping) => awaited.Ask<string>(question, () => Task.CompletedTask, Patience, stopping);
}
