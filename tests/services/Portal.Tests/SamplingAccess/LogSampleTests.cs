namespace Fidelity.Portal.Tests.SamplingAccess;

/// <summary>How a sample is judged and closed.</summary>
public sealed class LogSampleTests
{
    static readonly DateTimeOffset Now = new(2026, 10, 2, 9, 0, 0, TimeSpan.Zero);
    static readonly LogSampleDrawn Drawn = new(new(2026, 9, 1), "p", Now, 20, 2, [new("read", 3)], [11, 12]);
    static readonly LogEntryJudged InOrder = new(11, Judgement.InOrder, "", "chief", Now.AddHours(1));
    static readonly LogSampleClosed Closed = new("All was called for.", "chief", Now.AddHours(2));

    [Fact]
    public void A_month_is_drawn_once()
    {
        var (drawn, events) = LogSample.Draw(null, Drawn);
        events.ShouldBe([Drawn]);
        LogSample.Draw(drawn, Drawn with { Entries = [13] }).Events.ShouldBeEmpty();
    }

    [Fact]
    public void An_entry_is_judged_and_a_repeat_is_no_second_judgement()
    {
        var (judged, events, fault) = LogSample.Judge(Given(), InOrder, "anna", seen: 0);
        (events.Single(), fault).ShouldBe((InOrder, null));
        var (_, again, repeated) = LogSample.Judge(judged, InOrder with { At = Now.AddDays(1) }, "anna", seen: 0);
        again.ShouldBeEmpty();
        repeated.ShouldBeNull();
    }

    [Fact]
    public void A_judgement_that_is_changed_keeps_what_it_was()
    {
        var changed = InOrder with { Judgement = Judgement.NotJustified, Reason = "was on leave", By = "deputy" };
        var (state, events, _) = LogSample.Judge(Given(InOrder), changed, "anna", seen: 1);
        events.ShouldBe([changed]);
        state.Of(11).ShouldBe([InOrder, changed]);
        state.LastOf(11).ShouldBe(changed);
    }

    public static TheoryData<string, LogEntryJudged, string?, int> Wrong => new()
    {
        { "own_access", InOrder with { By = "Anna" }, "anna", 1 },
        { "not_in_log", InOrder with { By = "deputy" }, null, 1 },
        { "not_in_log", InOrder with { Number = 13 }, "anna", 0 },
        { "judged_meanwhile", InOrder with { By = "deputy" }, "anna", 0 },
        { "no_reason", InOrder with { Judgement = Judgement.ToBeLookedInto, Reason = "  " }, "anna", 1 },
        { "no_reason", InOrder with { Judgement = Judgement.NotJustified }, "anna", 1 },
        { "too_large", InOrder with { Reason = new('x', LogSample.LongestReason + 1) }, "anna", 1 },
        { "personal_identity_number", InOrder with { Reason = "about 19811218-9876" }, "anna", 1 },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_not_in_order_is_not_taken(string expected, LogEntryJudged asked, string? who, int seen)
    {
        var (_, events, fault) = LogSample.Judge(Given(InOrder), asked, who, seen);
        fault.ShouldBe(expected);
        events.ShouldBeEmpty();
    }

    [Fact]
    public void It_is_closed_when_all_is_judged_and_stays_as_it_is()
    {
        LogSample.Close(Given(InOrder), Closed, [11, 12]).Fault.ShouldBe("not_all_judged");
        var second = InOrder with { Number = 12, Judgement = Judgement.ToBeLookedInto, Reason = "ask her" };
        var (state, events, fault) = LogSample.Close(Given(InOrder, second), Closed, [11, 12]);
        (events.Single(), fault).ShouldBe((Closed, null));
        LogSample.Judge(state, second with { Judgement = Judgement.InOrder }, "anna", seen: 1).Fault.ShouldBe("sample_closed");
        LogSample.Close(state, Closed with { Conclusion = "Or not." }, [11, 12]).Fault.ShouldBe("sample_closed");
        var (_, again, repeated) = LogSample.Close(state, Closed with { At = Now.AddDays(1) }, [11, 12]);
        again.ShouldBeEmpty();
        repeated.ShouldBeNull();
    }

    /// <summary>Whoever deletes in time must not be held up by a sample, nor a sample by what is deleted.</summary>
    [Fact]
    public void What_has_left_the_log_need_not_be_judged() => LogSample.Close(Given(InOrder), Closed, [11]).Fault.ShouldBeNull();

    [Theory]
    [InlineData("no_conclusion", " ")]
    [InlineData("personal_identity_number", "19811218-9876 was looked at")]
    public void A_conclusion_says_something_and_names_nobody(string expected, string conclusion) =>
        LogSample.Close(Given(InOrder), Closed with { Conclusion = conclusion }, [11]).Fault.ShouldBe(expected);

    static LogSample Given(params LogEntryJudged[] judged) => judged.Aggregate(new LogSample().Apply(Drawn), (sample, one) => sample.Apply(one));
}
