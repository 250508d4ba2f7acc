using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Playwright;
using MimeKit;
using Npgsql;

namespace Fidelity.EndToEnd.Tests;

/// <summary>
/// Reminders by e-mail, through a real SMTP server. A round is gone through every second; that one has passed is known by the mail of
/// somebody whose account is newer, as each round goes through the accounts in their order.
/// </summary>
[Collection(nameof(AccessInstallation))]
public sealed class RemindingTests(AccessInstallation installation, Chromium chromium) : IAsyncLifetime
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    Uri Portal => installation.Portal.BaseAddress!;

    public async ValueTask InitializeAsync() => await installation.Fill(chromium);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_rater_is_reminded_once_of_what_is_open_still_when_the_server_takes_it_and_stops_it_by_a_link()
    {
        const string Address = "colleague@example.test";
        var session = await chromium.TakeUp(await installation.Invite(chromium, "Reminded Rut", "own-colleague"), "reminded.rut");
        var question = await Subscribe(session, Address, "sv-SE", "Svenska");
        question.Subject.ShouldBe("Bekräfta din adress för påminnelser från Fidelity");
        // Programs that look for harm open links; nobody has said yes by that.
        (await installation.Portal.GetAsync(Link(question, "confirm"), Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Confirmed(Address)).ShouldBeFalse();

        installation.Mail.Refuses = Address;
        await Follow(question, "confirm", "sv-SE", "Ja, skicka påminnelser", "Tack.");
        while (installation.Mail.Refused < 2)
            await Task.Delay(50, Cancelled);
        // Two surveys wait for the colleague, about the supervisor and about the consultant. One is answered while the server takes nothing.
        await installation.Record(AccessInstallation.Programme, "sam-surveys", new JsonObject
        {
            ["survey_id"] = "answered-in-time", ["team_id"] = AccessInstallation.Own, ["rater_id"] = "own-colleague", ["supervisor_id"] = "own-supervisor",
            ["date"] = "2026-10-31", ["instrument"] = "sam@1", ["items"] = SubmissionInstallation.Items(SubmissionInstallation.Times(43, 4)),
        });
        await installation.Settle();
        installation.Mail.Refuses = null;
        var reminder = await Newest(Address, 2);
        reminder.Subject.ShouldBe("Påminnelse från Fidelity");
        reminder.Body!.Headers[HeaderId.ContentLanguage].ShouldBe("sv");
        reminder.TextBody!.ShouldContain("Enkäter om din handledning eller konsultation som ska besvaras: 1. Tidigaste sista dag: 16 nov");
        reminder.TextBody!.ShouldContain($"{Portal}surveys");
        reminder.TextBody!.ShouldNotContain("ntervju");
        TellsOfNobody(reminder);

        // However many days go by, it was this once.
        await installation.Execute("update portal.reminders set day = day - 1");
        await ARoundPasses();
        await installation.Execute("update portal.reminders set day = day - 1");
        await ARoundPasses();
        installation.Mail.To(Address).Count.ShouldBe(2);

        (await installation.Portal.GetAsync(Link(reminder, "stop"), Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Confirmed(Address)).ShouldBeTrue("to look at the link stops nothing");
        await Follow(reminder, "stop", "sv-SE", "Inga fler påminnelser", "Du får inga fler påminnelser");
        (await Count("select count(*) from portal.reminder_addresses where address = @address", new { address = Address })).ShouldBe(0);
        // Were it not for that, it would be sent again.
        await installation.Execute("delete from portal.reminders");
        await ARoundPasses();
        installation.Mail.To(Address).Count.ShouldBe(2);
        var log = await installation.Log("portal");
        log.ShouldNotContain(Address);
        log.ShouldNotContain(Link(reminder, "stop").Query.Split('=')[1]);
    }

    [Fact]
    public async Task An_interviewer_is_told_how_many_families_wait_and_a_mail_program_stops_it_by_one_click()
    {
        const string Address = "interviewer@example.test";
        await installation.Employ("reminded-interviewer", "interviewer");
        var session = await chromium.TakeUp(await installation.Invite(chromium, "Reminded Ragna", "reminded-interviewer"), "reminded.ragna");
        await installation.Settle();
        var question = await Subscribe(session, Address, "en-GB", "English");
        await using var profile = await chromium.NewProfile(Portal, "en-GB", session: session);
        var page = await profile.NewPageAsync();
        await page.GotoAsync("/calls");
        var waiting = await page.Locator(".call").CountAsync();
        waiting.ShouldBeGreaterThan(0);
        await Follow(question, "confirm", "en-GB", "Yes, send me reminders", "Thank you.");
        var reminder = await Newest(Address, 2);
        reminder.TextBody!.ShouldContain($"Interviews with few days left: {waiting}. Earliest last day: 7 Nov 2026.");
        reminder.TextBody!.ShouldContain($"{Portal}calls");
        TellsOfNobody(reminder);
        await page.GotoAsync("/account");
        await page.GetByText($"Reminders go to {Address}, in English.").WaitForAsync();

        var stop = new Uri(reminder.Headers[HeaderId.ListUnsubscribe]!.Trim('<', '>'));
        reminder.Headers["List-Unsubscribe-Post"].ShouldBe("List-Unsubscribe=One-Click");
        using var program = AccessInstallation.Client(Portal, null);
        using var looked = await program.GetAsync(stop, Cancelled);
        looked.Headers.Location!.ToString().ShouldStartWith("/reminders/stop?code=");
        (await Confirmed(Address)).ShouldBeTrue();
        using var click = new FormUrlEncodedContent([KeyValuePair.Create("List-Unsubscribe", "One-Click")]);
        (await program.PostAsync(stop, click, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await page.ReloadAsync();
        await page.GetByText("You get no reminders.").WaitForAsync();
    }

    [Fact]
    public async Task What_is_no_address_is_refused_and_a_link_that_was_made_up_does_nothing()
    {
        await installation.Employ("reminded-roy", "interviewer");
        var session = await chromium.TakeUp(await installation.Invite(chromium, "Reminded Roy", "reminded-roy"), "reminded.roy");
        using var client = AccessInstallation.Client(Portal, session);
        var token = AccessInstallation.FormToken(await client.GetStringAsync("/account", Cancelled));
        foreach (var address in new[] { "", "roy", "Roy <roy@example.test>", "roy@example.test, other@example.test", "roy@example.test\r\nBcc: all@example.test", "röy@example.test", "19811218-9876@example.test" })
        {
            using var form = new FormUrlEncodedContent(
            [
                new("_handler", "set-reminders"), new("reminder_address", address), new("reminder_language", "sv"), new("__RequestVerificationToken", token),
            ]);
            using var answer = await client.PostAsync("/account", form, Cancelled);
            (await answer.Content.ReadAsStringAsync(Cancelled)).ShouldContain(
                address.StartsWith('1') ? "This looks like a personal identity number." : "This is no e-mail address that can be used.", Case.Sensitive, address);
        }

        for (var asked = 0; asked <= 5; asked++)
        {
            using var form = new FormUrlEncodedContent(
            [
                new("_handler", "set-reminders"), new("reminder_address", $"roy{asked}@example.test"), new("reminder_language", "xx"), new("__RequestVerificationToken", token),
            ]);
            using var answer = await client.PostAsync("/account", form, Cancelled);
            (await answer.Content.ReadAsStringAsync(Cancelled)).Contains("5 mails have been asked for today.", StringComparison.Ordinal).ShouldBe(asked == 5);
            installation.Mail.To($"roy{asked}@example.test").Count.ShouldBe(asked == 5 ? 0 : 1);
        }

        // Of the addresses given one after the other, the last one counts.
        await Follow(installation.Mail.To("roy0@example.test").Single(), "confirm", "en-GB", "Yes, send me reminders", "This link does not work any more.");
        var question = installation.Mail.To("roy4@example.test").Single();
        var made = Link(question, "confirm").Query.Split('=')[1];
        foreach (var code in new[] { "", "x", made[..32] + new string('0', 32), new string('0', 64) })
        {
            await using var profile = await chromium.NewProfile(Portal, "en-GB", script: false, session: Chromium.Nobody);
            var page = await profile.NewPageAsync();
            await page.GotoAsync($"/reminders/confirm?code={code}");
            await page.GetByRole(AriaRole.Button, new() { Name = "Yes, send me reminders" }).ClickAsync();
            await page.GetByText("This link does not work any more.").WaitForAsync();
            // A code that confirms stops nothing.
            await page.GotoAsync($"/reminders/stop?code={made}");
            await page.GetByRole(AriaRole.Button, new() { Name = "No more reminders" }).ClickAsync();
            await page.GetByText("This link stops nothing.").WaitForAsync();
        }

        (await Confirmed("roy4@example.test")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("sv-SE", 320)]
    [InlineData("en-GB", 320)]
    [InlineData("sv-SE", 1366)]
    [InlineData("en-GB", 1366)]
    public async Task The_pages_keep_within_the_guidelines(string language, int width)
    {
        var session = await installation.SessionOf(chromium, "su");
        await using var profile = await chromium.NewProfile(Portal, language, width, bypassPolicy: true, session: session);
        var page = await profile.NewPageAsync();
        foreach (var address in new[] { "/account", "/reminders/confirm", "/reminders/stop" })
        {
            await page.GotoAsync(address);
            await page.Look($"reminders{address.Replace('/', '-')}");
        }

        await page.Locator("main button").ClickAsync();
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await page.Look("reminders-unknown");
    }

    /// <summary>Gives an address on the own account's page, and gets the mail that asks whether it is wanted.</summary>
    async Task<MimeMessage> Subscribe(string session, string address, string language, string mails)
    {
        await using var profile = await chromium.NewProfile(Portal, language, script: false, session: session);
        var page = await profile.NewPageAsync();
        await page.GotoAsync("/account");
        await page.Locator("#reminder-address").FillAsync(address);
        await page.Locator("#reminder-language").SelectOptionAsync(new SelectOptionValue { Label = mails });
        await page.Locator("form:has(#reminder-address) button").ClickAsync();
        await page.GetByRole(AriaRole.Status).GetByText(address).WaitForAsync();
        return await Newest(address, 1);
    }

    /// <summary>Opens the link of a mail as whoever has not signed in, and presses the one button there.</summary>
    async Task Follow(MimeMessage mail, string link, string language, string button, string says)
    {
        await using var profile = await chromium.NewProfile(Portal, language, script: false, session: Chromium.Nobody);
        var page = await profile.NewPageAsync();
        await page.GotoAsync(Link(mail, link).ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        await page.GetByText(says).WaitForAsync();
    }

    /// <summary>Somebody who is new here is sent a reminder: by then, a round has gone past all others.</summary>
    async Task ARoundPasses()
    {
        var name = $"round-{Guid.CreateVersion7():n}"[..20];
        await installation.Employ(name, "interviewer");
        var session = await chromium.TakeUp(await installation.Invite(chromium, name, name), name);
        await Follow(await Subscribe(session, $"{name}@example.test", "en-GB", "English"), "confirm", "en-GB", "Yes, send me reminders", "Thank you.");
        await Newest($"{name}@example.test", 2);
    }

    async Task<MimeMessage> Newest(string address, int expected)
    {
        while (installation.Mail.To(address).Count < expected)
            await Task.Delay(50, Cancelled);
        installation.Mail.To(address).Count.ShouldBe(expected);
        return installation.Mail.To(address)[^1];
    }

    static Uri Link(MimeMessage mail, string page) => new(Regex.Match(mail.TextBody!, $@"http\S+/reminders/{page}\?code=\w+", RegexOptions.None, TimeSpan.FromSeconds(1)).Value);

    static void TellsOfNobody(MimeMessage mail)
    {
        foreach (var name in new[] { "own-", "of-", "Team ", "supervisor", "family" })
            mail.ToString().ShouldNotContain(name, Case.Insensitive);
    }

    async Task<bool> Confirmed(string address) =>
        await Count("select count(*) from portal.reminder_addresses where address = @address and confirmed_at is not null", new { address }) > 0;

    async Task<long> Count(string question, object values)
    {
        await using var connection = new NpgsqlConnection(installation.Database);
        return await connection.ExecuteScalarAsync<long>(question, values);
    }
}
