using System.Text.Json;
using Fidelity.Portal.Access;
using Fidelity.Portal.Figures;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Exporting;

/// <summary>
/// Once a month writes the figures of all teams to a folder, when an installation names one: as they are for analysis, and as they may be
/// published. A month's folder appears when it is complete; one that is there is left alone, so a restart writes nothing twice.
/// </summary>
sealed class ScheduledExports(
    Exports exports, BusinessCalendar calendar, IConfiguration configuration, NpgsqlDataSource database, ServiceSchema schema, ILogger<ScheduledExports> log)
    : SoleWorker(database, schema, "scheduled exports", TimeSpan.FromMinutes(5), log)
{
    public const string Owner = "schedule";
    const string Recipient = "monthly export";
    static readonly IReadOnlyList<Scope> Everything = [new(null)];

    static readonly JsonSerializerOptions Json = new(ApiJson.Options) { WriteIndented = true };

    protected override Task Work(NpgsqlConnection connection, CancellationToken stopping) =>
        configuration["FIDELITY_EXPORT_FOLDER"] is { Length: > 0 } folder ? Write(folder, stopping) : Task.CompletedTask;

    /// <summary>Writes this month's, unless it is there.</summary>
    internal async Task Write(string folder, CancellationToken stopping)
    {
        var month = Path.Combine(folder, Dates.MachineMonth(calendar.Today));
        if (Directory.Exists(month))
            return;
        // An installation that knows nothing yet has nothing to say of the month.
        var figures = new ExportRequest(ExportTables.All[0].Key, ExportProfile.Analyst, null, null, null, null, Recipient);
        if ((await exports.Preview(figures, Policy.Recorded(figures.Purpose, Everything), null, stopping))!.Rows == 0)
            return;
        var part = $"{month}.part";
        if (Directory.Exists(part))
            Directory.Delete(part, recursive: true);
        Directory.CreateDirectory(part);
        var manifests = new List<ExportShown>();
        long? position = null;
        foreach (var (table, profile) in from table in ExportTables.All where table.IsPublished from profile in new[] { ExportProfile.Analyst, ExportProfile.Published } select (table, profile))
        {
            var request = new ExportRequest(table.Key, profile, null, null, null, null, Recipient);
            var export = await exports.Begin(Owner, Owner, request, Policy.Recorded(request.Purpose, Everything), position, stopping)
                ?? throw new InvalidOperationException("The position of an export that was just made is ahead.");
            // All of a month are of one position.
            position = export.Position;
            await using var file = File.Create(Path.Combine(part, request.FileName(export.Position)));
            manifests.Add(ExportShown.Of(await exports.Measure(export, file, stopping)));
        }

        await File.WriteAllBytesAsync(Path.Combine(part, "manifest.json"), JsonSerializer.SerializeToUtf8Bytes(manifests, Json), stopping);
        Directory.Move(part, month);
    }
}
