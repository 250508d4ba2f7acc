using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Exporting;

namespace Fidelity.Portal.Tests.Exporting;

/// <summary>Files made from facts, read by other programs; the same bytes for the same position; and who is given what.</summary>
public sealed class ExportTests(ExportInstallation installation) : IClassFixture<ExportInstallation>
{
    readonly string programme = $"p{Guid.CreateVersion7():n}";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string> Tables => [.. ExportTables.All.Select(table => table.Key)];

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task Every_form_has_the_same_rows(string table)
    {
        await installation.Know(ExportedProgramme.Of(programme));
        var analyst = await Rows(Asked(table));
        var (swedish, _) = await installation.Make(Asked(table, ExportProfile.SwedishCsv));
        swedish.AsSpan(0, 3).ToArray().ShouldBe(Encoding.UTF8.Preamble.ToArray());
        var translated = ReadFiles.Csv(swedish[3..], ';', "\r\n");
        translated.Count.ShouldBe(analyst.Count);
        var types = ExportTables.Find(table)!.Columns.Select(column => column.Type).ToList();
        for (var row = 1; row < analyst.Count; row++)
        {
            for (var column = 0; column < types.Count; column++)
                translated[row][column].Replace(',', types[column] == ColumnType.Number ? '.' : ',').ShouldBe(analyst[row][column]);
        }

        analyst.Count.ShouldBeGreaterThan(8);
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task LibreOffice_reads_the_workbook_back_cell_for_cell(string table)
    {
        await installation.Know(ExportedProgramme.Of(programme));
        var analyst = await Rows(Asked(table));
        var (workbook, export) = await installation.Make(Asked(table, ExportProfile.Excel));
        var sheets = await ReadFiles.LibreOffice(workbook, "xlsx");
        sheets.Keys.ShouldBe(["Data", "Codebook", "About"]);
        ShouldBeTheSame(sheets["Data"], analyst, ExportTables.Find(table)!);
        sheets["About"].Single(row => row[0].Value == "position")[1].ShouldBe(new("number", export.Position.ToString(CultureInfo.InvariantCulture)));
        sheets["Codebook"].Count(row => row[2] == ReadCell.Nothing).ShouldBe(ExportTables.Find(table)!.Columns.Count);
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task Swedish_LibreOffice_opens_the_csv_with_numbers_as_numbers_and_days_as_days(string table)
    {
        await installation.Know(ExportedProgramme.Of(programme));
        var (swedish, _) = await installation.Make(Asked(table, ExportProfile.SwedishCsv));
        ShouldBeTheSame((await ReadFiles.LibreOffice(swedish, "csv")).Values.Single(), await Rows(Asked(table)), ExportTables.Find(table)!);
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task A_data_package_is_what_it_says_it_is(string table)
    {
        await installation.Know(ExportedProgramme.Of(programme));
        var (zip, _) = await installation.Make(Asked(table));
        var package = JsonNode.Parse(ReadFiles.Part(zip, "datapackage.json"))!;
        foreach (var resource in package["resources"]!.AsArray())
        {
            var content = ReadFiles.Part(zip, (string)resource!["path"]!);
            ((long)resource["bytes"]!).ShouldBe(content.Length);
            ((string)resource["hash"]!).ShouldBe("sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)));
            TableSchema.Faults(resource["schema"]!, ReadFiles.Csv(content, ',', "\n")).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task What_looks_like_a_formula_is_text_and_a_negative_number_a_number()
    {
        await installation.Know(ExportedProgramme.Of(programme));
        var trends = await Rows(Asked("trends"));
        Column(trends, "team_name").ShouldContain("'" + ExportedProgramme.Hostile);
        Column(trends, "lower_limit").Where(limit => limit.StartsWith('-')).ShouldNotBeEmpty();
        Column(await Rows(Asked("interviews")), "language").ShouldContain("'-sv");
    }

    [Fact]
    public async Task The_blanks_are_told_apart()
    {
        await installation.Know(ExportedProgramme.Of(programme));
        var trends = await Rows(Asked("trends"));
        Line(trends, ("team", "norr"), ("month", "2026-03-01"), ("measure", "adherence"))["value_blank"].ShouldBe("missing");
        Line(trends, ("team", "norr"), ("month", "2026-03-01"), ("measure", "tam_completed"))["value_blank"].ShouldBe("not_due");
        Line(trends, ("team", "norr"), ("month", "2026-07-01"), ("measure", "adherence"))["interval_blank"].ShouldBe("insufficient");
        var none = Line(trends, ("team", "norr"), ("month", "2026-04-01"), ("measure", "adherence_above"));
        (none["value"], none["numerator"], none["value_blank"]).ShouldBe(("0", "0", ""));
        var reviews = await Rows(Asked("reviews"));
        Line(reviews, ("team", "norr"), ("measure", "sam_principles"))["value_blank"].ShouldBe("suppressed");
        Line(reviews, ("team", "norr"), ("measure", "sam_completed"))["value_blank"].ShouldBe("not_due");
        Line(reviews, ("team", "norr"), ("measure", "adherence"))["numerator_blank"].ShouldBe("not_applicable");
        var interviews = await Rows(Asked("interviews"));
        Column(interviews, "score_blank").Distinct().ShouldBe(["", "insufficient"], ignoreOrder: true);
        Column(interviews, "items_not_applicable").Distinct().ShouldBe(["i9"]);
        Column(interviews, "items_missing").ShouldContain("i19");
    }

    [Fact]
    public async Task An_interview_that_never_fell_due_is_in_no_row_and_in_no_count()
    {
        await installation.Know(ExportedProgramme.Of(programme));
        Column(await Rows(Asked("opportunities")), "due").Distinct().ShouldBe(["2026-02-05", "2026-07-05"], ignoreOrder: true);
        (await installation.Exports.Preview(Asked("opportunities"), ExportInstallation.All(Asked("opportunities")), null, Cancelled))!.Rows.ShouldBe(16);
    }

    [Fact]
    public async Task Filters_narrow_what_is_in_a_file()
    {
        await installation.Know(ExportedProgramme.Of(programme));
        Column(await Rows(Asked("interviews") with { Team = "syd" }), "team").Distinct().ShouldBe(["syd"]);
        Column(await Rows(Asked("opportunities") with { Period = "2026-H2" }), "due").Distinct().ShouldBe(["2026-07-05"]);
        Column(await Rows(Asked("trends") with { Period = "2026-H2", Measure = "adherence" }), "month").Distinct().ShouldBe(["2026-07-01"]);
        Column(await Rows(Asked("reviews") with { Measure = "placed" }), "measure").Distinct().ShouldBe(["placed"]);
    }

    [Fact]
    public async Task Published_has_the_same_rows_and_nothing_of_what_may_not_be_told()
    {
        await installation.Know(ExportedProgramme.Of(programme));
        foreach (var table in new[] { "trends", "reviews" })
            Keys(await Rows(Asked(table, ExportProfile.Published))).ShouldBe(Keys(await Rows(Asked(table))));
        var reviews = await Rows(Asked("reviews", ExportProfile.Published));
        Told(reviews, "norr").ShouldBe(["length_of_stay", "adherence", "adherence_above", "any_tam", "tam_completed"], ignoreOrder: true);
        Told(reviews, "syd").ShouldBeEmpty("its review is not presented");
        var trends = await Rows(Asked("trends", ExportProfile.Published));
        foreach (var row in trends.Skip(1).Select(row => Line(trends[0], row)))
        {
            var isTold = row["team"] == "norr" && row["measure"] is "adherence" or "tam_completed" && row["period"] == "2026-H1" && row["team"] == "norr";
            (row["value_blank"] == "suppressed").ShouldBe(!isTold, string.Join(' ', row.Values));
            if (!isTold)
                (row["value"] + row["numerator"] + row["denominator"] + row["low"] + row["high"] + row["mean"] + row["lower_limit"] + row["signals"]).ShouldBe("");
        }
    }

    [Fact]
    public async Task What_was_published_stays_as_it_was_whatever_comes_later()
    {
        await installation.Know(ExportedProgramme.Of(programme));
        var before = await Rows(Asked("trends", ExportProfile.Published));
        var trend = ExportedProgramme.Trend(programme, "norr", 2, 60);
        await installation.Know(
            trend with { TamCompleted = [.. trend.TamCompleted.Select((month, i) => i == 0 ? month with { Numerator = 9, Denominator = 9 } : month)] },
            ExportedProgramme.Review(programme, "norr", 2, 60, completed: 21));
        var after = await Rows(Asked("trends", ExportProfile.Published));
        Figures(after).ShouldBe(Figures(before));
        Line(await Rows(Asked("trends")), ("team", "norr"), ("month", "2026-01-01"), ("measure", "tam_completed"))["denominator"].ShouldBe("9");

        static IEnumerable<string> Figures(List<List<string>> rows) => rows.Skip(1).Select(row => Line(rows[0], row))
            .Select(row => string.Join('|', row.Where(cell => cell.Key is not ("as_of" or "trend_position")).Select(cell => cell.Value)));
    }

    [Theory]
    [InlineData("trends", "Excel")]
    [InlineData("trends", "Published")]
    [InlineData("reviews", "Analyst")]
    [InlineData("interviews", "Excel")]
    [InlineData("interviews", "SwedishCsv")]
    [InlineData("interviews", "Analyst")]
    [InlineData("opportunities", "Analyst")]
    public async Task Asked_for_again_at_its_position_an_export_is_the_same_to_the_byte(string table, string profile)
    {
        await installation.Know(ExportedProgramme.Of(programme));
        var request = Asked(table, Enum.Parse<ExportProfile>(profile));
        var (first, export) = await installation.Make(request);
        // Other records come, and one changes.
        await installation.Know(
            [
                .. ExportedProgramme.Of($"{programme}-other"), ExportedProgramme.Trend(programme, "syd", 2, 70), ExportedProgramme.Review(programme, "syd", 2, 70, completed: 30),
                ExportedProgramme.Interview(programme, "norr", "norr-case-01", 2, "late", new(2026, 3, 3)),
                new TamOpportunityClosed(2, programme, "norr", "norr-case-02", new(new(2026, 7, 5), new(2026, 6, 28), new(2026, 7, 28), OpportunityOutcome.Declined, null), new(2026, 7, 9)),
            ]);
        var (again, repeated) = await installation.Make(request, position: export.Position);
        again.ShouldBe(first);
        (repeated.Repeats, repeated.Sha256).ShouldBe((Repetition.Identical, export.Sha256));
        var (newest, _) = await installation.Make(request);
        if (profile != "Published")
            newest.ShouldNotBe(first);
    }

    [Fact]
    public async Task After_an_erasure_a_repeated_export_is_without_the_case_and_says_so()
    {
        await installation.Know(ExportedProgramme.Of(programme));
        var (_, export) = await installation.Make(Asked("interviews"));
        await installation.Know(ExportedProgramme.Team(programme, "norr", "Norr") with { Version = 2 });
        await installation.Erase(programme, "norr-case-03");
        var (again, repeated) = await installation.Make(Asked("interviews"), position: export.Position);
        (repeated.Repeats, repeated.Rows, repeated.Erased).ShouldBe((Repetition.Erased, export.Rows - 1, export.Erased + 4));
        ReadFiles.Csv(ReadFiles.Part(again, "interviews.csv"), ',', "\n").Count.ShouldBe((int)export.Rows);
    }

    [Fact]
    public async Task Pseudonyms_are_the_recipients_own()
    {
        await installation.Know(ExportedProgramme.Of(programme));
        var county = Column(await Rows(Asked("interviews") with { Recipient = "the county" }), "case").ToList();
        Column(await Rows(Asked("opportunities") with { Recipient = "the county" }), "case").Distinct().ShouldBe(county.Distinct(), ignoreOrder: true);
        var university = Column(await Rows(Asked("interviews") with { Recipient = "the university" }), "case").ToList();
        university.Count.ShouldBe(county.Count);
        university.Intersect(county, StringComparer.Ordinal).ShouldBeEmpty();
        county.ShouldAllBe(pseudonym => !pseudonym.Contains("case", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_is_given_more_than_is_open_to_them()
    {
        await installation.Know(ExportedProgramme.Of(programme));
        var request = Asked("interviews");
        var own = await Rows(request, Policy.Recorded(request.Purpose, [new(programme, "norr", "t-1")]));
        own.Count.ShouldBe(4, "three interviews of the therapist");
        (await Rows(Asked("opportunities"), Policy.Recorded(Purpose.SeeCases, [new(programme, "norr", "t-2")]))).Count.ShouldBe(7);
        Column(await Rows(Asked("trends"), Policy.Recorded(Purpose.FollowTeam, [new(programme, "syd")])), "team").Distinct().ShouldBe(["syd"]);
        (await Rows(request, Policy.Recorded(request.Purpose, [new("another")]))).Count.ShouldBe(1, "a head and nothing else");
    }

    [Fact]
    public async Task A_job_that_was_cut_short_is_begun_anew_and_keeps_the_file()
    {
        await installation.Know(ExportedProgramme.Of(programme));
        var (expected, _) = await installation.Make(Asked("interviews"));
        var export = (await installation.Exports.Begin("account:test", "Test", Asked("interviews"), ExportInstallation.All(Asked("interviews")), null, Cancelled))!;
        await installation.Exports.Queue(export, Cancelled);
        // As a portal leaves it that ended while it wrote.
        await Execute($"update {installation.Schema.Name}.exports set state = 'running', rows = 3 where id = @Id; insert into {installation.Schema.Name}.export_chunks values (@Id, 0, 'half')", export);
        await installation.Exports.Make(export.Id, Cancelled);
        var made = (await installation.Exports.Find(export.Id, Cancelled))!;
        (made.State, made.Repeats).ShouldBe((ExportState.Ready, Repetition.Identical));
        using var kept = new MemoryStream();
        await installation.Exports.SendKept(made, kept, Cancelled);
        kept.ToArray().ShouldBe(expected);
        // Told again, it changes nothing.
        await installation.Exports.Make(export.Id, Cancelled);
        (await installation.Exports.Find(export.Id, Cancelled))!.FinishedAt.ShouldBe(made.FinishedAt);
    }

    [Fact]
    public async Task Kept_files_that_may_name_a_case_go_with_it_and_one_that_is_being_made_too()
    {
        await installation.Know(ExportedProgramme.Of(programme));
        var kept = (await installation.Exports.Begin("account:test", "Test", Asked("interviews"), ExportInstallation.All(Asked("interviews")), null, Cancelled))!;
        await installation.Exports.Queue(kept, Cancelled);
        await installation.Exports.Make(kept.Id, Cancelled);
        var waiting = (await installation.Exports.Begin("account:test", "Test", Asked("opportunities"), ExportInstallation.All(Asked("opportunities")), null, Cancelled))!;
        await installation.Exports.Queue(waiting, Cancelled);
        var figures = (await installation.Exports.Begin("account:test", "Test", Asked("trends"), ExportInstallation.All(Asked("trends")), null, Cancelled))!;
        await installation.Exports.Queue(figures, Cancelled);
        (await installation.Exports.Forget(programme, Cancelled)).ShouldBe(2);
        (await installation.Exports.Forget(programme, Cancelled)).ShouldBe(0);
        await installation.Exports.Make(waiting.Id, Cancelled);
        await installation.Exports.Make(figures.Id, Cancelled);
        (await State(kept)).ShouldBe(ExportState.Erased);
        (await State(waiting)).ShouldBe(ExportState.Erased);
        (await State(figures)).ShouldBe(ExportState.Ready);
        await using var connection = await installation.Database.OpenConnectionAsync(Cancelled);
        (await connection.ExecuteScalarAsync<long>(
            $"select count(*) from {installation.Schema.Name}.export_chunks where export_id = any (@ids)", new { ids = new[] { kept.Id, waiting.Id } })).ShouldBe(0);

        async Task<ExportState> State(Export export) => (await installation.Exports.Find(export.Id, Cancelled))!.State;
    }

    [Fact]
    public async Task A_month_is_written_to_the_folder_once_and_whole()
    {
        await installation.Know(ExportedProgramme.Of(programme));
        var folder = Directory.CreateTempSubdirectory("fidelity-monthly-").FullName;
        try
        {
            // As a portal leaves it that ended while it wrote.
            Directory.CreateDirectory(Path.Combine(folder, "2026-10.part"));
            await File.WriteAllTextAsync(Path.Combine(folder, "2026-10.part", "half.zip"), "half", Cancelled);
            await installation.Scheduled.Write(folder, Cancelled);
            Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).ShouldBe(["2026-10"]);
            var month = Path.Combine(folder, "2026-10");
            var manifests = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(month, "manifest.json"), Cancelled))!.AsArray();
            manifests.Select(manifest => ((string)manifest!["table"]!, (string)manifest["profile"]!))
                .ShouldBe([("trends", "analyst"), ("trends", "published"), ("reviews", "analyst"), ("reviews", "published")]);
            manifests.Select(manifest => (long)manifest!["position"]!).Distinct().Count().ShouldBe(1);
            foreach (var manifest in manifests)
            {
                var file = await File.ReadAllBytesAsync(Path.Combine(month, (string)manifest!["file"]!), Cancelled);
                Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file)).ShouldBe((string)manifest["sha256"]!);
            }

            var written = Directory.GetLastWriteTimeUtc(month);
            await installation.Scheduled.Write(folder, Cancelled);
            Directory.GetLastWriteTimeUtc(month).ShouldBe(written);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_request_that_cannot_be_made_says_which_field_is_wrong()
    {
        Fault(Asked("interviews", ExportProfile.Published)).ShouldBe("profile");
        Fault(Asked("interviews") with { Measure = "adherence" }).ShouldBe("measure");
        Fault(Asked("trends") with { Period = "2026-H3" }).ShouldBe("period");
        Fault(Asked("trends") with { Recipient = "19811218-9876" }).ShouldBe("recipient");
        Fault(Asked("surveys")).ShouldBe("table");
        Fault(Asked("trends")).ShouldBeNull();

        static string? Fault(ExportRequest request) => request.Fault()?.Field;
    }

    ExportRequest Asked(string table, ExportProfile profile = ExportProfile.Analyst) => new(table, profile, programme, null, null, null, "Test");

    async Task<List<List<string>>> Rows(ExportRequest request, Reach? reach = null) =>
        ReadFiles.Csv(ReadFiles.Part((await installation.Make(request, reach)).Content, $"{request.Table}.csv"), ',', "\n");

    async Task Execute(string sql, object values)
    {
        await using var connection = await installation.Database.OpenConnectionAsync(Cancelled);
        await connection.ExecuteAsync(sql, values);
    }

    static IEnumerable<string> Column(List<List<string>> rows, string name) => rows.Skip(1).Select(row => row[rows[0].IndexOf(name)]);

    static IEnumerable<string> Keys(List<List<string>> rows) => rows.Select(row => string.Join('|', new[] { "team", "period", "month", "measure" }.Select(name => rows[0].IndexOf(name)).Where(at => at >= 0).Select(at => row[at])));

    static IEnumerable<string> Told(List<List<string>> rows, string team) =>
        rows.Skip(1).Select(row => Line(rows[0], row)).Where(row => row["team"] == team && row["value"] + row["denominator"] + row["low"] + row["verdict"] != "").Select(row => row["measure"]);

    static Dictionary<string, string> Line(List<string> head, List<string> row) => head.Zip(row).ToDictionary(cell => cell.First, cell => cell.Second, StringComparer.Ordinal);

    static Dictionary<string, string> Line(List<List<string>> rows, params (string Column, string Value)[] where) =>
        rows.Skip(1).Select(row => Line(rows[0], row)).Single(row => where.All(wanted => row[wanted.Column] == wanted.Value));

    static void ShouldBeTheSame(List<List<ReadCell>> read, List<List<string>> written, ExportTable table)
    {
        read.Count.ShouldBe(written.Count);
        for (var row = 1; row < written.Count; row++)
        {
            for (var column = 0; column < table.Columns.Count; column++)
            {
                var (cell, text) = (column < read[row].Count ? read[row][column] : ReadCell.Nothing, written[row][column]);
                var because = $"row {row}, {table.Columns[column].Key}";
                if (text == "")
                    cell.ShouldBe(ReadCell.Nothing, because);
                else if (table.Columns[column].Type is ColumnType.Integer or ColumnType.Number)
                {
                    cell.Kind.ShouldBe("number", because);
                    // LibreOffice keeps every digit and tells fifteen of them.
                    ReadFiles.Number(cell.Value).ShouldBe(ReadFiles.Number(text), 1e-14 * Math.Max(1, Math.Abs(ReadFiles.Number(text))), because);
                }
                else
                    cell.ShouldBe(new(table.Columns[column].Type == ColumnType.Date ? "date" : "text", text), because);
            }
        }
    }
}
