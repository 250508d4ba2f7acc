using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;

namespace Fidelity.EndToEnd.Tests;

/// <summary>The forms of a team's working day, sent by those who have them, with one thing wrong in each.</summary>
[Collection(nameof(AccessInstallation))]
public sealed class FormAttackTests(AccessInstallation installation, Chromium chromium) : IAsyncLifetime
{
    const int Forms = 1500;
    const string IdentityNumber = "19811218-9876";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <param name="Fields">As they would be in order.</param>
    /// <param name="Form">Its name on the page; null: the address takes nothing else.</param>
    sealed record Target(string Who, string Address, string? Form, Dictionary<string, string> Fields);

    public async ValueTask InitializeAsync() => await installation.Fill(chromium);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Fifteen_hundred_forms_with_one_field_wrong_in_each_break_nothing_and_bring_in_no_identity_number()
    {
        const string Own = AccessInstallation.Own;
        const string Programme = AccessInstallation.Programme;
        const string Team = $"/teams/{Programme}/{Own}";
        using (var opened = await installation.Post(Programme, "cases", new JsonObject { ["case_id"] = "attacked", ["team_id"] = Own, ["therapist_id"] = "own-therapist", ["started"] = "2026-09-01" }))
            opened.IsSuccessStatusCode.ShouldBeTrue();
        await installation.Settle();
        var key = await installation.Key(Programme, "attacked");
        var interview = await installation.Form(Programme, Own, "tam", "attacked", "2026-10-15");
        var survey = await installation.Form(Programme, Own, "cam", $"{Own}|own-supervisor|own-consultant", "2026-10-01");
        var answers = Enumerable.Range(1, 28).ToDictionary(item => $"i{item}", _ => "5");
        Target[] targets =
        [
            new("in", "/calls", "call", new() { ["programme"] = Programme, ["case"] = "attacked", ["do"] = "no_answer" }),
            new("in", "/calls", "call", new() { ["programme"] = Programme, ["case"] = "attacked", ["do"] = "call_back", ["at"] = "2026-11-05T09:15" }),
            new("in", "/calls", "call", new() { ["programme"] = Programme, ["case"] = "attacked", ["do"] = "note", ["language"] = "so", ["interpreter"] = "yes", ["best"] = "evening" }),
            new("in", $"/interviews/{interview}", "answer", new(answers) { ["date"] = "2026-10-30", ["mode"] = "phone", ["language"] = "sv", ["interpreter"] = "no", ["do"] = "save" }),
            new("in", $"/interviews/{interview}/saved", null, new() { ["i1"] = "5", ["language"] = "sv" }),
            new("in", $"/calls/{Programme}/{key}/self-report", "give", new() { ["language"] = "sv" }),
            new("in", $"/calls/{Programme}/{key}/self-report", "revoke", new() { ["language"] = "" }),
            new("in", "/answer/saved?code=0000-0000-0000-0000", null, new() { ["i1"] = "5", ["code"] = "x" }),
            new("su", $"/surveys/{survey}/saved", null, new() { ["i1"] = "5" }),
            new("su", $"{Team}/cases", "open-case", new() { ["case_id"] = "attacked-2", ["therapist_id"] = "own-therapist", ["started"] = "2026-10-01" }),
            new("su", $"{Team}/cases/{key}", "reassigned", new() { ["therapist_id"] = "own-colleague", ["from"] = "2026-10-01" }),
            new("su", $"{Team}/cases/{key}", "discharged", new() { ["discharged"] = "2026-10-29", ["discharge_reason"] = "completed", ["living_at_home"] = "yes" }),
            new("su", $"{Team}/posts", "start-post", new() { ["staff_id"] = "attacked-staff", ["role"] = "therapist", ["from"] = "2026-10-01" }),
            new("su", $"{Team}/posts", "end-post", new() { ["post"] = "own-colleague", ["to"] = "2026-12-31" }),
            new("ad", "/texts", "load", new() { ["programme"] = Programme, ["definition"] = "tam-r@1", ["language"] = "sv" }),
            new("ad", "/texts", "remove", new() { ["programme"] = Programme, ["definition"] = "tam-r@1", ["language"] = "tlh" }),
            new("ad", "/cases/extract", "show-extract", new() { ["programme"] = Programme, ["case"] = "attacked" }),
        ];
        var people = new Dictionary<string, (HttpClient Client, string Token)>(StringComparer.Ordinal);
        foreach (var who in targets.Select(target => target.Who).Distinct(StringComparer.Ordinal))
        {
            var client = AccessInstallation.Client(installation.Portal.BaseAddress!, await installation.SessionOf(chromium, who));
            people.Add(who, (client, AccessInstallation.FormToken(await client.GetStringAsync("/account", Cancelled))));
        }

        var taken = 0;
        for (var number = 0; number < Forms; number++)
        {
            var random = new Random(number);
            var target = targets[random.Next(targets.Length)];
            var fields = new Dictionary<string, string>(target.Fields, StringComparer.Ordinal) { ["__RequestVerificationToken"] = people[target.Who].Token };
            var field = target.Fields.Keys.ElementAt(random.Next(target.Fields.Count));
            var wrong = number % 20 == 0 ? IdentityNumber : AttackTests.Values[random.Next(AttackTests.Values.Length)]($"form{number}");
            if (wrong is null)
                fields.Remove(field);
            else
                fields[field] = wrong.GetValueKind() == JsonValueKind.String ? (string)wrong! : wrong.ToJsonString();
            if (target.Form is not null)
                fields["_handler"] = target.Form;
            using var content = new FormUrlEncodedContent(fields);
            using var answer = await people[target.Who].Client.PostAsync(target.Address, content, Cancelled);
            ((int)answer.StatusCode).ShouldBeLessThan(500, $"{number}: {target.Address} {target.Form}, {field}");
            taken += answer.StatusCode < HttpStatusCode.BadRequest ? 1 : 0;
        }

        foreach (var (client, _) in people.Values)
            client.Dispose();
        // It is no test if all of it is stopped at the door.
        taken.ShouldBeGreaterThan(Forms / 2);
        await using var connection = new NpgsqlConnection(installation.Database);
        foreach (var table in new[] { "mt_events", "drafts", "call_notes", "self_reports", "item_texts", "case_keys", "access_log" })
            (await connection.ExecuteScalarAsync<long>($"select count(*) from portal.{table} kept where kept::text like '%{IdentityNumber}%'")).ShouldBe(0, table);
        (await connection.ExecuteScalarAsync<string>("select content->>'i1' from portal.drafts where id = @interview", new { interview })).ShouldBe("5", "what is in order beside it is kept");
    }
}
