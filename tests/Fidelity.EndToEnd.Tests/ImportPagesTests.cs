using System.Globalization;
using Dapper;
using Microsoft.Playwright;
using Npgsql;

namespace Fidelity.EndToEnd.Tests;

/// <summary>Imports by people in a browser, with script and without: upload, report by cause, acceptance, history.</summary>
[Collection(nameof(AccessInstallation))]
public sealed class ImportPagesTests(AccessInstallation installation, Chromium chromium) : IAsyncLifetime
{
    const string Programme = "imported";
    static readonly string Dirty = Path.Combine(AppContext.BaseDirectory, "season-dirty");

    /// <summary>In the order of the report.</summary>
    static readonly string[] Files =
    [
        "teams.csv", "staff.csv", "cases.csv", "reassignments.csv", "followups.csv", "tam.csv", "tam_attempts.csv", "sam.csv", "cam.csv", "corrections.csv", "withdrawals.csv",
    ];

    /// <summary>What a dry run of the dirty files must find, by hand: file, line, column, code.</summary>
    static readonly string[][] Expected =
        [.. File.ReadLines(Path.Combine(Dirty, "expected-errors.csv")).Skip(1).Where(line => line.Length > 0).Select(line => line.Split(','))];

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await installation.Fill(chromium);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Files_with_faults_are_told_by_cause_and_their_good_rows_recorded()
    {
        var session = await installation.Session(chromium, "administrator", Programme);
        await using var profile = await Profile("en-GB", session: session);
        var page = await profile.NewPageAsync();
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "Imports", Exact = true }).ClickAsync();
        (await page.Locator("form.upload").InnerTextAsync()).ShouldContain($"Into programme {Programme}");
        var me = await page.Locator(".who > a").InnerTextAsync();
        await page.GetByLabel("Files", new() { Exact = true }).SetInputFilesAsync(Files.Select(file => Path.Combine(Dirty, file)));
        (await page.GetByRole(AriaRole.Status).InnerTextAsync()).ShouldStartWith($"Chosen: {Files.Length} files");
        await page.GetByRole(AriaRole.Button, new() { Name = "Upload and check" }).ClickAsync();
        await page.Locator("#found").WaitForAsync();

        // Each cause with its file, column and number of faults; where the header is at fault, that of the whole file.
        var causes = await Causes(page, "found");
        causes.Select(cause => (cause[0], cause[1])).Distinct().Count().ShouldBe(Expected.Select(fault => (fault[0], fault[2])).Distinct().Count());
        foreach (var cause in Expected.GroupBy(fault => (File: fault[0], Column: fault[2], Code: fault[3])))
        {
            var lines = cause.Select(fault => fault[1]).Where(line => line != "1").ToList();
            var rows = lines.Count == 0 ? "the whole file" : lines.Count == 1 ? $"1, on line {lines[0]}" : $"{lines.Count}, on lines {string.Join(", ", lines)}";
            causes.ShouldContain(told => told[0] == cause.Key.File && told[1] == cause.Key.Column && told[3] == rows, cause.Key.ToString());
        }

        causes.Select(cause => Array.IndexOf(Files, cause[0])).ShouldBeInOrder();
        (await page.Locator("main").InnerTextAsync()).ShouldContain($"Faults: {Expected.Length}.");
        await using (var swedish = await Profile("sv-SE", session: session))
        {
            var svenska = await swedish.NewPageAsync();
            await svenska.GotoAsync(page.Url);
            (await Causes(svenska, "found")).ShouldContain(cause => cause[0] == "tam.csv" && cause[1] == "i5" && cause[2] == "Talet ligger utanför det tillåtna. Rätta det; ett svar rättas efter blanketten.");
        }

        // The report has every fault, in its order.
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Download the report" }).ClickAsync());
        var report = await File.ReadAllLinesAsync(await download.PathAsync(), Cancelled);
        report.Skip(1).Select(line => string.Join(',', line.Split(',')[..4])).ShouldBe(Expected.Select(fault => string.Join(',', fault)));

        // Not all can be accepted; the good rows can, and it is said what is left out.
        (await page.GetByRole(AriaRole.Button, new() { Name = "Accept all", Exact = false }).CountAsync()).ShouldBe(0);
        var faulty = Expected.Where(fault => fault[1] != "1").Select(fault => (fault[0], fault[1])).Distinct().Count();
        var left = await page.Locator("section", new() { Has = page.Locator("#accept") }).InnerTextAsync();
        left.ShouldContain($"rows with faults: {faulty}");
        left.ShouldContain("whole files that could not be read: reassignments.csv, followups.csv");
        var accept = page.GetByRole(AriaRole.Button, new() { Name = "Accept and record the good rows" });
        var good = (await accept.InnerTextAsync()).Split('(')[1].TrimEnd(')');
        int.Parse(good, CultureInfo.InvariantCulture).ShouldBeGreaterThan(20);
        await accept.ClickAsync();
        // The page follows by itself until everything is settled.
        await page.Locator("dl.facts").First.GetByText("done", new() { Exact = true }).WaitForAsync(new() { Timeout = 120_000 });
        var became = await page.Locator("dl.facts dd").AllInnerTextsAsync();
        became[2].ShouldContain(me);
        became.Skip(3).ShouldBe([good, good, "0", "0"]);
        (await page.Locator("#found").InnerTextAsync()).ShouldBe("Left out");

        await page.GetByRole(AriaRole.Link, new() { Name = "All imports" }).ClickAsync();
        var line = await page.Locator("table.imports tbody tr").First.GetByRole(AriaRole.Cell).AllInnerTextsAsync();
        line.Take(3).ShouldBe([me, Programme, "done"]);
        line.Skip(4).ShouldBe([Expected.Length.ToString(CultureInfo.InvariantCulture), good, good, "0"]);

        await using var connection = new NpgsqlConnection(installation.Database);
        (await connection.QueryAsync<string>(
                "select concat_ws(' ', what, route, programme) from portal.access_log where who = @me and route like '%/imports%' group by 1", new { me }))
            .ShouldBe(
            [
                $"act POST /imports/{{Id:guid}} {Programme}", $"act POST /imports/upload {Programme}",
                $"read GET /imports/{{Id:guid}} {Programme}", $"read GET /imports/{{id:guid}}/report.csv {Programme}", "search GET /imports",
            ], ignoreOrder: true);
        (await connection.ExecuteScalarAsync<string>(
            "select data ->> 'by' from portal.mt_events where type = 'import_accepted' order by seq_id desc limit 1")).ShouldBe(me);
    }

    [Fact]
    public async Task Without_script_a_folder_is_uploaded_and_all_of_it_accepted()
    {
        await using var profile = await Profile("en-GB", script: false);
        var page = await profile.NewPageAsync();
        await page.GotoAsync("/imports");
        await page.GetByLabel("Programme", new() { Exact = true }).FillAsync("by-hand");
        await Upload(page);
        (await page.GetByRole(AriaRole.Alert).InnerTextAsync()).ShouldBe("Choose at least one file, or a folder with files in it.");

        var folder = Directory.CreateTempSubdirectory("fidelity-import-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "teams.csv"), "team_id,name,profile,opened,closed,pir_start_month\nnorr,Norr,mst@1,2026-01-01,,1\n", Cancelled);
        await File.WriteAllTextAsync(Path.Combine(folder, "staff.csv"), "staff_id,team_id,role,from,to\nt-1,norr,therapist,2026-01-01,\n", Cancelled);
        await File.WriteAllTextAsync(Path.Combine(folder, "letter.txt"), "to nobody", Cancelled);
        await page.GetByLabel("Programme", new() { Exact = true }).FillAsync("by-hand");
        await page.GetByLabel("Or a whole folder").SetInputFilesAsync(folder);
        await Upload(page);
        await Refresh(page, "checked");
        var shown = await page.Locator("main").InnerTextAsync();
        shown.ShouldContain("The check found no faults.");
        shown.ShouldContain("letter.txt");
        await page.GetByRole(AriaRole.Button, new() { Name = "Accept all and record (2)" }).ClickAsync();
        await Refresh(page, "done");
        (await page.Locator("dl.facts dd").AllInnerTextsAsync()).Skip(3).ShouldBe(["2", "2", "0", "0"]);
        await using var connection = new NpgsqlConnection(installation.Database);
        (await connection.ExecuteScalarAsync<long>("select count(*) from portal.records where programme = 'by-hand'")).ShouldBe(2);

        // Again, it is known already, and there is nothing to accept.
        await page.GotoAsync("/imports");
        await page.GetByLabel("Programme", new() { Exact = true }).FillAsync("by-hand");
        await page.GetByLabel("Or a whole folder").SetInputFilesAsync(folder);
        await Upload(page);
        await Refresh(page, "checked");
        (await page.Locator("main").InnerTextAsync()).ShouldContain("There is nothing to record: every row is known already.");
        (await page.GetByRole(AriaRole.Button, new() { Name = "Accept", Exact = false }).CountAsync()).ShouldBe(0);
        (await page.GotoAsync($"/imports/{Guid.CreateVersion7()}"))!.Status.ShouldBe(404);

        static async Task Upload(IPage page) => await page.GetByRole(AriaRole.Button, new() { Name = "Upload and check" }).ClickAsync();
    }

    [Fact]
    public async Task A_season_that_is_dropped_has_no_faults_and_its_pages_are_accessible_and_fit()
    {
        await using var profile = await Profile("en-GB", bypassPolicy: true);
        var page = await profile.NewPageAsync();
        await page.GotoAsync("/imports");
        await page.GetByLabel("Programme", new() { Exact = true }).FillAsync("dropped");
        foreach (var file in Files)
        {
            await page.EvaluateAsync(
                """
                ([name, content]) => {
                  window.dropping ??= new DataTransfer();
                  window.dropping.items.add(new File([content], name));
                }
                """, new[] { file, await File.ReadAllTextAsync(Path.Combine(Installation.Season, file), Cancelled) });
        }

        await page.EvaluateAsync("document.querySelector('.drop').dispatchEvent(new DragEvent('drop', { dataTransfer: window.dropping, bubbles: true, cancelable: true }))");
        await page.GetByText($"Chosen: {Files.Length} files").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Upload and check" }).ClickAsync();
        await page.GetByText("The check found no faults.").WaitForAsync(new() { Timeout = 120_000 });
        var rows = Files.Sum(file => SeasonByHand.Rows(file).Count);
        var told = await page.Locator("table.counts-of tbody tr").EvaluateAllAsync<int[]>("rows => rows.map(row => Number(row.cells[1].lastChild.textContent.replace(/\\D/g, '')))");
        told.Sum().ShouldBe(rows);
        (await page.GetByRole(AriaRole.Button, new() { Name = "Accept all and record", Exact = false }).CountAsync()).ShouldBe(1);
        await Accessible("sound", page.Url);

        // With faults, as they are told to a phone and to a desk, in both languages.
        var files = Directory.CreateTempSubdirectory("fidelity-import-").FullName;
        foreach (var file in Files)
            File.Copy(Path.Combine(Dirty, file), Path.Combine(files, file));
        var import = await installation.Upload(files, "faulty");
        await Accessible("faulty", import.Replace("/api/v1", "", StringComparison.Ordinal));
        await Accessible("imports", "/imports");
        await Accessible("files", "/imports/files");
    }

    async Task Accessible(string name, string address)
    {
        foreach (var (language, width, colours) in new[] { ("sv-SE", 320, ColorScheme.Light), ("en-GB", 1366, ColorScheme.Dark), ("sv-SE", 1366, ColorScheme.Light), ("en-GB", 320, ColorScheme.Dark) })
        {
            await using var profile = await chromium.NewProfile(installation.Portal.BaseAddress!, language, width, colours, bypassPolicy: true);
            var page = await profile.NewPageAsync();
            await page.GotoAsync(address);
            await page.EvaluateAsync("for (const one of [...document.querySelectorAll('details')].slice(0, 3)) one.open = true;");
            await page.Look($"import-{name}-{colours}");
        }
    }

    Task<IBrowserContext> Profile(string language, bool script = true, bool bypassPolicy = false, string? session = null) =>
        chromium.NewProfile(installation.Portal.BaseAddress!, language, script: script, bypassPolicy: bypassPolicy, session: session);

    /// <summary>Asks for the page anew, as its link does, until the import is in a state.</summary>
    static async Task Refresh(IPage page, string state)
    {
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (await page.Locator("dl.facts dd").First.InnerTextAsync() != state)
        {
            patience.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(2));
            await page.GetByRole(AriaRole.Link, new() { Name = "Show how far it is now" }).ClickAsync();
        }
    }

    /// <summary>File, column, advice and rows of each cause.</summary>
    static Task<string[][]> Causes(IPage page, string heading) => page.EvaluateAsync<string[][]>(
        """
        heading => {
          const own = cell => [...cell.childNodes].filter(node => node.nodeType === Node.TEXT_NODE).map(node => node.textContent.trim()).filter(text => text).join(' ');
          return [...document.querySelectorAll(`table[aria-labelledby=${heading}] tbody tr`)].map(row => [
            own(row.cells[0]), row.cells[0].querySelector('code')?.textContent ?? '', own(row.cells[1]), own(row.cells[2])]);
        }
        """, heading);
}
