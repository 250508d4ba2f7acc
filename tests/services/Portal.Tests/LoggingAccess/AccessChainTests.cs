using System.Globalization;
using Fidelity.Portal.Access;
using Fidelity.Portal.LoggingAccess;

namespace Fidelity.Portal.Tests.LoggingAccess;

/// <summary>What is done to the log shows.</summary>
public sealed class AccessChainTests
{
    static readonly DateTime Noon = new(2026, 10, 31, 12, 0, 0, DateTimeKind.Utc);

    readonly List<(AccessEntry Entry, byte[] Previous, byte[] Hash)> log = [];

    public AccessChainTests()
    {
        var last = AccessEntry.Beginning;
        foreach (var number in Enumerable.Range(1, 5))
        {
            var entry = new AccessEntry(number, Noon.AddSeconds(number), "anna", "read", "see_cases", "GET /teams/{Programme}/{TeamId}", "p", "t", null, 200, null);
            log.Add((entry, last, last = entry.Hash(last)));
        }
    }

    [Fact]
    public void A_log_as_it_was_written_is_unbroken() => Fault().ShouldBeNull();

    public static TheoryData<string> Columns => ["At", "Who", "What", "Purpose", "Route", "Programme", "TeamId", "Subject", "Status", "Trace"];

    [Theory]
    [MemberData(nameof(Columns))]
    public void Every_column_that_is_altered_shows(string column)
    {
        var entry = log[2].Entry;
        entry = column switch
        {
            "At" => entry with { At = entry.At.AddMicroseconds(1) },
            "Who" => entry with { Who = "bo" },
            "What" => entry with { What = "search" },
            "Purpose" => entry with { Purpose = null },
            "Route" => entry with { Route = "GET /" },
            "Programme" => entry with { Programme = "q" },
            "TeamId" => entry with { TeamId = "u" },
            "Subject" => entry with { Subject = "" },
            "Status" => entry with { Status = 404 },
            _ => entry with { Trace = "x" },
        };
        log[2] = log[2] with { Entry = entry };
        Fault().ShouldBe("entry 3 of 2026-10-31T12:00:03.0000000Z was altered".Replace("12:00:03.0000000Z", column == "At" ? "12:00:03.0000010Z" : "12:00:03.0000000Z", StringComparison.Ordinal));
    }

    [Fact]
    public void An_entry_that_was_altered_with_its_hash_shows_in_the_next()
    {
        var forged = log[2].Entry with { Who = "bo" };
        log[2] = (forged, log[2].Previous, forged.Hash(log[2].Previous));
        Fault().ShouldBe("entry 4 does not follow on what stands before it: the one before was altered or exchanged");
    }

    [Fact]
    public void One_that_was_taken_out_is_named()
    {
        log.RemoveAt(1);
        Fault().ShouldBe("entry 2 is missing: 3 follows on 1");
    }

    [Fact]
    public void The_first_is_missed_as_well()
    {
        log.RemoveAt(0);
        Fault().ShouldBe("entry 1 is missing: 2 follows on 0");
    }

    [Fact]
    public void One_that_was_put_in_is_named()
    {
        log.Insert(2, log[1]);
        Fault().ShouldBe("entry 2 stands after entry 2: it was put in");
    }

    [Fact]
    public void What_was_removed_for_its_age_is_no_fault()
    {
        var chain = new AccessChain(2, log[1].Hash);
        foreach (var (entry, previous, hash) in log.Skip(2))
            chain.Fault(entry, previous, hash).ShouldBeNull();
        chain.Count.ShouldBe(3);
        chain.LastHash.ShouldBe(Convert.ToHexStringLower(log[^1].Hash));
    }

    [Fact]
    public void A_value_that_moves_to_the_next_column_shows()
    {
        var entry = log[0].Entry with { Programme = "ab", TeamId = "c" };
        entry.Hash(AccessEntry.Beginning).ShouldNotBe((entry with { Programme = "a", TeamId = "bc" }).Hash(AccessEntry.Beginning));
        (entry with { Subject = null }).Hash(AccessEntry.Beginning).ShouldNotBe((entry with { Subject = "" }).Hash(AccessEntry.Beginning));
    }

    [Theory]
    [InlineData("Enter", "GET", 200, true, null)]
    [InlineData("SeeCases", "GET", 200, true, "Read")]
    [InlineData("SeeCases", "GET", 200, false, "Search")]
    [InlineData("SeeCases", "GET", 404, true, "Read")]
    [InlineData("SeeCases", "HEAD", 200, true, "Read")]
    [InlineData("SeeCases", "GET", 403, true, "Refusal")]
    [InlineData("SeeCases", "GET", 401, false, null)]
    [InlineData("SeeCases", "GET", 302, true, null)]
    [InlineData("GiveAccess", "POST", 200, true, "Act")]
    [InlineData("GiveAccess", "POST", 302, true, "Act")]
    [InlineData("GiveAccess", "POST", 403, true, "Refusal")]
    [InlineData("SubmitRecords", "POST", 200, false, null)]
    [InlineData("SubmitRecords", "POST", 403, false, "Refusal")]
    [InlineData("SubmitRecords", "GET", 200, true, "Read")]
    [InlineData("FollowTeam", "GET", 200, false, "Search")]
    public void A_request_is_logged_as_what_it_is(string purpose, string method, int status, bool hasUnit, string? expected) =>
        Convert.ToString(AccessLogging.DeedOf(Enum.Parse<Purpose>(purpose), method, status, hasUnit), CultureInfo.InvariantCulture).ShouldBe(expected ?? "");

    /// <summary>A case's id is in no address, so that who reads of one case sends a form.</summary>
    [Theory]
    [InlineData(200, "Read")]
    [InlineData(404, "Read")]
    [InlineData(403, "Refusal")]
    public void A_form_that_only_reads_is_logged_as_read(int status, string expected) =>
        AccessLogging.DeedOf(Purpose.KeepRecords, "POST", status, hasUnit: false, Deed.Read).ToString().ShouldBe(expected);

    [Fact]
    public void Of_every_purpose_but_to_be_here_something_is_logged() =>
        Enum.GetValues<Purpose>().Where(purpose => AccessLogging.DeedOf(purpose, "GET", 200, hasUnit: true) is null).ShouldBe([Purpose.Enter]);

    string? Fault()
    {
        var chain = new AccessChain(0, AccessEntry.Beginning);
        return log.Select(written => chain.Fault(written.Entry, written.Previous, written.Hash)).FirstOrDefault(fault => fault is not null);
    }
}
