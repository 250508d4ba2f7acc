using System.Text.Json.Serialization;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Validation;

namespace Fidelity.Portal.Exporting;

/// <summary>For whom a file is, and so how it is written.</summary>
[JsonConverter(typeof(CodeJsonConverter<ExportProfile>))]
enum ExportProfile
{
    /// <summary>A workbook.</summary>
    Excel,

    /// <summary>CSV as Swedish Excel opens it.</summary>
    SwedishCsv,

    /// <summary>A data package for statistics programs.</summary>
    Analyst,

    /// <summary>The data package of what may be published.</summary>
    Published,
}

/// <summary>What a file is to hold. The same request at the same position gives the same bytes.</summary>
/// <param name="Table">The key of one of <see cref="ExportTables"/>.</param>
/// <param name="Programme">Null: all that are open.</param>
/// <param name="Team">Null: all that are open.</param>
/// <param name="Period">The period's name; null: all.</param>
/// <param name="Measure">The key of a measure, where the table has measures; null: all.</param>
/// <param name="Recipient">Who it is for: ids in it are pseudonyms of their own for each recipient.</param>
sealed record ExportRequest(
    string Table, ExportProfile Profile, string? Programme, string? Team, string? Period, string? Measure, string Recipient)
{
    const int LongestRecipient = 80;

    [JsonIgnore]
    public ExportTable Definition => ExportTables.Find(Table)!;

    /// <summary>Null when it can be made.</summary>
    public Cause? Fault() =>
        ExportTables.Find(Table) is not { } table ? new(ErrorCodes.UnknownCode, "table", $"Name a table: {string.Join(", ", ExportTables.All.Select(known => known.Key))}.")
        : Programme is not null && Portal.Programme.Fault(Programme) is { } fault ? fault
        : Period is not null && !Measurement.Period.TryParse(Period, 1, out _) ? new(ErrorCodes.UnknownCode, "period", "Name a period such as 2026-H1.")
        : Measure is not null && !table.Measures.Contains(Measure, StringComparer.Ordinal)
            ? new(ErrorCodes.UnknownCode, "measure", table.Measures is [] ? "This table has no measures. Leave it out." : $"Name a measure of the table: {string.Join(", ", table.Measures)}.")
        : Profile == ExportProfile.Published && !table.IsPublished
            ? new(ErrorCodes.Inconsistent, "profile", "Single records are not published. Take trends or reviews, or another profile.")
        : string.IsNullOrWhiteSpace(Recipient) || Recipient.Length > LongestRecipient ? new(ErrorCodes.MissingValue, "recipient", $"Say who the file is for, in at most {LongestRecipient} characters.")
        : PersonalIdentityNumber.IsIn(Recipient) ? new(ErrorCodes.PersonalIdentityNumber, "recipient", "This looks like a personal identity number. Name the recipient by name or organisation.")
        : null;

    /// <summary>What it takes to be given it.</summary>
    [JsonIgnore]
    public Purpose Purpose => Definition.Purpose;

    /// <summary>What its file is called: its table, profile, filters and position, of which none is about a family.</summary>
    public string FileName(long position) => string.Join('-', new[] { "fidelity", Table, Programme, Team, Period, Measure, Measurement.Codes.Of(Profile), $"{position}" }
        .Where(part => part is not null)) + Profile switch { ExportProfile.Excel => ".xlsx", ExportProfile.SwedishCsv => ".csv", _ => ".zip" };

    [JsonIgnore]
    public string ContentType => Profile switch
    {
        ExportProfile.Excel => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ExportProfile.SwedishCsv => "text/csv; charset=utf-8",
        _ => "application/zip",
    };
}
