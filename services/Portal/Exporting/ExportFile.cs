using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fidelity.Measurement;

namespace Fidelity.Portal.Exporting;

/// <summary>What was written: how many rows and bytes, and the bytes' SHA-256.</summary>
readonly record struct Written(long Rows, long Bytes, string Sha256);

/// <summary>
/// Writes a table in each of the forms (formats.md §3), from one source of rows. Nothing of the moment or of whoever asks is in it, so the
/// same request at the same position gives the same bytes.
/// </summary>
static class ExportFile
{
    static readonly JsonSerializerOptions Json = new(ApiJson.Options) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="progress">Told of rows written so far, from time to time.</param>
    public static async Task<Written> Write(Stream file, ExportedFacts facts, Func<long, Task>? progress, CancellationToken stopping)
    {
        var table = facts.Request.Definition;
        var rows = Watched(table.Rows(facts, stopping), progress, stopping);
        await using var hashed = new HashedStream(file);
        var count = facts.Request.Profile switch
        {
            ExportProfile.Excel => await Workbook.Write(
                hashed, table, rows, written => [("Codebook", Codebook.Head, Codebook.Rows(table)), ("About", ["name", "value"], About(facts, written))], stopping),
            ExportProfile.SwedishCsv => await Csv(hashed, CsvForm.Swedish, [.. table.Columns.Select(column => column.Key)], rows, stopping),
            _ => await Package(hashed, table, facts, rows, stopping),
        };
        await hashed.FlushAsync(stopping);
        return new(count, hashed.Bytes, hashed.Sha256);
    }

    static async Task<long> Csv(Stream file, CsvForm form, IEnumerable<string> head, IAsyncEnumerable<Cell[]> rows, CancellationToken stopping)
    {
        var csv = new CsvRows(file, form);
        var count = 0L;
        csv.Begin(head);
        await foreach (var row in rows.WithCancellation(stopping))
        {
            csv.Write(row);
            count++;
            await csv.FlushIfLarge(stopping);
        }

        await csv.Flush(stopping);
        return count;
    }

    /// <summary>A Frictionless data package: the rows, the codebook, and what describes both. That comes last, as it has their checksums.</summary>
    static async Task<long> Package(Stream file, ExportTable table, ExportedFacts facts, IAsyncEnumerable<Cell[]> rows, CancellationToken stopping)
    {
        await using var zip = await ZippedFile.Begin(file, stopping);
        var data = await Part(zip, $"{table.Key}.csv", part => Csv(part, CsvForm.Analyst, table.Columns.Select(column => column.Key), rows, stopping), stopping);
        var codebook = await Part(
            zip, "codebook.csv", part => Csv(part, CsvForm.Analyst, Codebook.Head, Codebook.Rows(table).ToAsyncEnumerable(), stopping), stopping);
        var package = new JsonObject
        {
            ["profile"] = "tabular-data-package",
            ["name"] = $"fidelity-{table.Key}",
            ["version"] = ExportTables.Definitions,
            ["fidelity"] = new JsonObject(About(facts, data.Rows).Select(row => KeyValuePair.Create(row[0].Words!, (JsonNode?)(row[1].Kind == CellKind.Number ? JsonValue.Create((long)row[1].Figure) : JsonValue.Create(row[1].Words))))),
            ["resources"] = new JsonArray(
                Resource(table.Key, data, new JsonArray([.. table.Columns.Select(Field)]), table.Identity),
                Resource("codebook", codebook, new JsonArray([.. Codebook.Head.Select(name => new JsonObject { ["name"] = name, ["type"] = "string" })]), null)),
        };
        await zip.Part("datapackage.json", JsonSerializer.SerializeToUtf8Bytes(package, Json), stopping);
        return data.Rows;
    }

    static async Task<Written> Part(ZippedFile zip, string name, Func<Stream, Task<long>> write, CancellationToken stopping)
    {
        await using var part = await zip.Part(name, stopping);
        await using var hashed = new HashedStream(part);
        var rows = await write(hashed);
        return new(rows, hashed.Bytes, hashed.Sha256);
    }

    static JsonObject Resource(string name, Written written, JsonArray fields, IReadOnlyList<string>? identity)
    {
        var schema = new JsonObject { ["fields"] = fields, ["missingValues"] = new JsonArray("") };
        if (identity is not null)
            schema["primaryKey"] = new JsonArray([.. identity.Select(key => JsonValue.Create(key))]);
        return new()
        {
            ["name"] = name, ["path"] = $"{name}.csv", ["profile"] = "tabular-data-resource", ["format"] = "csv", ["mediatype"] = "text/csv", ["encoding"] = "utf-8",
            ["bytes"] = written.Bytes, ["hash"] = $"sha256:{written.Sha256}",
            ["dialect"] = new JsonObject { ["delimiter"] = ",", ["lineTerminator"] = "\n", ["quoteChar"] = "\"", ["doubleQuote"] = true, ["header"] = true },
            ["schema"] = schema,
        };
    }

    static JsonObject Field(Column column)
    {
        var constraints = new JsonObject();
        if (column.Required)
            constraints["required"] = true;
        if (column.Codes is { } codes)
            constraints["enum"] = new JsonArray([.. codes.Select(code => JsonValue.Create(code))]);
        if (column.Lowest is { } lowest)
            constraints["minimum"] = lowest;
        if (column.Highest is { } highest)
            constraints["maximum"] = highest;
        return new()
        {
            ["name"] = column.Key,
            ["type"] = column.Type switch { ColumnType.Integer => "integer", ColumnType.Number => "number", ColumnType.Date => "date", _ => "string" },
            ["title"] = Codebook.Label(column, CultureInfo.GetCultureInfo("en")), ["description"] = Codebook.Meaning(column, CultureInfo.GetCultureInfo("en")),
            ["constraints"] = constraints,
        };
    }

    /// <summary>What it is, and how to make it again. Who asked and when is in the manifest beside it: it would make every file another.</summary>
    static IEnumerable<Cell[]> About(ExportedFacts facts, long rows)
    {
        var asked = facts.Request;
        return
        [
            ["table", asked.Table], ["profile", Codes.Of(asked.Profile)], ["programme", asked.Programme ?? "all"], ["team", asked.Team ?? "all"], ["period", asked.Period ?? "all"],
            ["measure", asked.Measure ?? "all"], ["recipient", asked.Recipient], ["rows", rows], ["position", facts.Position],
            ["data_to", facts.At.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)], ["definitions", ExportTables.Definitions], ["suppression", Suppression.Policy],
            ["repeat", $"deploy/export.sh {asked.Table}{Option("profile", Codes.Of(asked.Profile))}{Option("programme", asked.Programme)}{Option("team", asked.Team)}{Option("period", asked.Period)}{Option("measure", asked.Measure)} --recipient '{asked.Recipient.Replace("'", "'\\''", StringComparison.Ordinal)}' --position {facts.Position}"],
        ];

        static string Option(string name, string? value) => value is null ? "" : $" --{name} {value}";
    }

    static async IAsyncEnumerable<Cell[]> Watched(
        IAsyncEnumerable<Cell[]> rows, Func<long, Task>? progress, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stopping)
    {
        const int Step = 10_000;
        var count = 0L;
        await foreach (var row in rows.WithCancellation(stopping))
        {
            yield return row;
            if (++count % Step == 0 && progress is not null)
                await progress(count);
        }
    }
}
