using System.Text.Json.Serialization;
using Fidelity.Measurement;
using Fidelity.Portal.Importing;
using Marten;

namespace Fidelity.Portal;

/// <param name="By">Who brought it in: the sign-in name, or the token's; null in what was stored before it was noted.</param>
public sealed record ImportReceived(Guid ImportId, string Programme, IReadOnlyList<string> Files, long Bytes, string? By = null);

public sealed record ImportChecked(ImportCounts Counts, IReadOnlyList<FileCounts> Files, IReadOnlyList<string> LeftAlone);

/// <param name="GoodRowsOnly">Whether it was accepted in spite of faults, without the rows that have any and those that rest on them.</param>
/// <param name="By">Who accepted it; null in what was stored before it was noted.</param>
public sealed record ImportAccepted(bool GoodRowsOnly, string? By = null);

/// <param name="Submissions">Rows that were good when they were judged; an id that was taken in that moment is among the findings.</param>
/// <param name="Findings">What is wrong with the others as it was found then; null in what was stored before it was counted.</param>
/// <param name="Held">Rows that rested on those.</param>
public sealed record ImportSent(int Submissions, int? Findings = null, int? Held = null);

public sealed record ImportSettled;

/// <summary>What a dry run found.</summary>
public sealed record ImportCounts(int Rows, int New, int Changes, int Known, int Held, int Faulty, int Findings);

/// <summary>How far an import has come.</summary>
[JsonConverter(typeof(CodeJsonConverter<ImportState>))]
public enum ImportState
{
    /// <summary>The dry run is under way.</summary>
    Checking,

    /// <summary>The dry run is over, and the import waits to be accepted.</summary>
    Checked,

    /// <summary>Its rows are being recorded.</summary>
    Accepted,

    /// <summary>Every row is answered, and every review that it bears on computed.</summary>
    Settled,
}

/// <summary>Why an import cannot be accepted.</summary>
public enum AcceptanceRefusal
{
    /// <summary>The dry run is not over.</summary>
    StillChecking,

    /// <summary>It has faults, and all of it was to be accepted.</summary>
    HasFaults,

    /// <summary>Its files were deleted when a case of the programme was erased.</summary>
    FilesDeleted,
}

/// <summary>One import from its upload until every review it bears on has settled.</summary>
public sealed record Import
{
    public string Id { get; set; } = "";

    public ImportReceived? Received { get; init; }

    public ImportChecked? Checked { get; init; }

    public ImportAccepted? Accepted { get; init; }

    public ImportSent? Sent { get; init; }

    public bool Settled { get; init; }

    public ImportState State =>
        Settled ? ImportState.Settled : Accepted is not null ? ImportState.Accepted : Checked is not null ? ImportState.Checked : ImportState.Checking;

    public Import Apply(ImportReceived happened) => this with { Received = happened };

    public Import Apply(ImportChecked happened) => this with { Checked = happened };

    public Import Apply(ImportAccepted happened) => this with { Accepted = happened };

    public Import Apply(ImportSent happened) => this with { Sent = happened };

    public Import Apply(ImportSettled happened) => this with { Settled = true };

    /// <summary>Accepts it, or says why not. What has been accepted stays as it was accepted first.</summary>
    /// <param name="accepted">All rows, or the good ones.</param>
    /// <param name="hasFiles">Whether its files are still there.</param>
    public (Import State, IReadOnlyList<object> Events, AcceptanceRefusal? Refusal) Accept(ImportAccepted accepted, bool hasFiles)
    {
        if (Accepted is not null)
            return (this, [], null);
        if (Checked is not { } dryRun)
            return (this, [], AcceptanceRefusal.StillChecking);
        if (dryRun.Counts.Findings > 0 && !accepted.GoodRowsOnly)
            return (this, [], AcceptanceRefusal.HasFaults);
        return hasFiles ? (Apply(accepted), [accepted], null) : (this, [], AcceptanceRefusal.FilesDeleted);
    }

    public static string StreamKey(Guid id) => $"import:{id:n}";

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<ImportReceived>("import_received");
        options.Events.MapEventType<ImportChecked>("import_checked");
        options.Events.MapEventType<ImportAccepted>("import_accepted");
        options.Events.MapEventType<ImportSent>("import_sent");
        options.Events.MapEventType<ImportSettled>("import_settled");
        options.Projections.LiveStreamAggregation<Import>();
    }
}
