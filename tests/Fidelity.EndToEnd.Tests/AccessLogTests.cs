using System.Net;
using Dapper;
using Npgsql;

namespace Fidelity.EndToEnd.Tests;

/// <summary>Who saw what is in the log, the log shows when it was touched, and nothing is read unlogged.</summary>
[Collection(nameof(AccessInstallation))]
public sealed class AccessLogTests(AccessInstallation installation, Chromium chromium) : IAsyncLifetime
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await installation.Fill(chromium);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task What_somebody_sees_and_is_refused_is_logged_with_who_where_and_what_for()
    {
        using var supervisor = await installation.Somebody(chromium, "su");
        (await supervisor.GetAsync($"/teams/{AccessInstallation.Programme}/{AccessInstallation.Own}", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await supervisor.GetAsync($"/teams/{AccessInstallation.Programme}/{AccessInstallation.Faraway}", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await supervisor.GetAsync("/operations", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await supervisor.GetAsync("/api/v1/opportunities?programme=19811218-9876", Cancelled)).IsSuccessStatusCode.ShouldBeFalse();
        await supervisor.GetAsync("/account", Cancelled);

        var logged = await Logged("matrix.su");
        logged[0].ShouldStartWith("sign_in");
        logged.ShouldContain($"read work_on_team GET /teams/{{Programme}}/{{TeamId}} {AccessInstallation.Programme} {AccessInstallation.Own} 200");
        logged.ShouldContain($"read work_on_team GET /teams/{{Programme}}/{{TeamId}} {AccessInstallation.Programme} {AccessInstallation.Faraway} 404");
        logged.ShouldContain("refusal operate GET /operations - - 403");
        logged.ShouldContain(entry => entry.StartsWith("search see_cases GET /api/v1/opportunities ? - 4", StringComparison.Ordinal));
        logged.ShouldNotContain(entry => entry.Contains(" /account ", StringComparison.Ordinal));
        (await installation.Access("check-log")).ShouldContain("unbroken");

        // The auditor of the programme sees it; what was done in no programme, or in another, is not theirs.
        using var auditor = await installation.Somebody(chromium, "au");
        var page = await auditor.GetStringAsync($"/access/log?who=MATRIX.su&unit={AccessInstallation.Own}", Cancelled);
        page.ShouldContain($"{AccessInstallation.Programme} / {AccessInstallation.Own}");
        page.ShouldNotContain(AccessInstallation.Faraway);
        (await auditor.GetStringAsync("/access/log", Cancelled)).ShouldNotContain(AccessInstallation.Elsewhere);
        (await auditor.GetStringAsync("/access/log?who=matrix.su&day=2020-01-01", Cancelled)).ShouldContain("Nothing in the log fits");
    }

    [Fact]
    public async Task A_log_that_was_touched_shows_where()
    {
        using var supervisor = await installation.Somebody(chromium, "su");
        for (var again = 0; again < 3; again++)
            (await supervisor.GetAsync("/", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var kept = (await installation.Access("check-log")).Trim().Split(' ')[^1];
        (await installation.Access("check-log", "--expect", kept)).ShouldContain("unbroken");
        (await Broken("--expect", new string('0', 64))).ShouldContain("no entry has the hash that was kept");

        await installation.Execute("create table portal.touched as select * from portal.access_log where number = (select max(number) - 1 from portal.access_log)");
        await installation.Execute("update portal.access_log set who = 'somebody else' where number = (select number from portal.touched)");
        (await Broken()).ShouldContain("was altered");
        await installation.Execute("delete from portal.access_log where number = (select number from portal.touched)");
        (await Broken()).ShouldContain("is missing");
        await installation.Execute("insert into portal.access_log select * from portal.touched; drop table portal.touched");
        (await installation.Access("check-log")).ShouldContain("unbroken");
    }

    [Fact]
    public async Task What_cannot_be_logged_is_not_shown()
    {
        using var supervisor = await installation.Somebody(chromium, "su");
        await installation.Execute("alter table portal.access_log rename to access_log_away");
        try
        {
            foreach (var address in new[] { $"/teams/{AccessInstallation.Programme}/{AccessInstallation.Own}", $"/api/v1/opportunities?programme={AccessInstallation.Programme}" })
            {
                using var answer = await supervisor.GetAsync(address, Cancelled);
                answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError, address);
                (await answer.Content.ReadAsStringAsync(Cancelled)).ShouldNotContain("own-", Case.Insensitive, address);
            }
        }
        finally
        {
            await installation.Execute("alter table portal.access_log_away rename to access_log");
        }

        (await supervisor.GetAsync($"/teams/{AccessInstallation.Programme}/{AccessInstallation.Own}", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await installation.Access("check-log")).ShouldContain("unbroken");
    }

    async Task<string> Broken(params string[] options) =>
        (await Assert.ThrowsAsync<ShouldAssertException>(() => installation.Access(["check-log", .. options]))).Message;

    async Task<IReadOnlyList<string>> Logged(string who)
    {
        await using var connection = new NpgsqlConnection(installation.Database);
        return [.. await connection.QueryAsync<string>(
            """
            select concat_ws(' ', what, coalesce(purpose, '-'), route, coalesce(programme, '-'), coalesce(team_id, '-'), status)
            from portal.access_log where who = @who order by number
            """, new { who })];
    }
}
