using System.Globalization;
using Fidelity.Portal.Languages;
using Microsoft.Extensions.Localization;

namespace Fidelity.Portal.Importing;

/// <summary>How many of an import's rows, once accepted, are in each state.</summary>
/// <param name="Open">Not answered by their owners yet.</param>
/// <param name="Recorded">In effect.</param>
/// <param name="Waiting">Wait for a record they rest on.</param>
/// <param name="Refused">Refused by their owners.</param>
sealed record RowStates(int Open, int Recorded, int Waiting, int Refused)
{
    public static RowStates None { get; } = new(0, 0, 0, 0);

    public int Answered => Recorded + Waiting + Refused;

    public int Sent => Open + Answered;
}

/// <summary>An import in the history of imports.</summary>
sealed record ImportLine(
    Guid Id, string Programme, DateTime ReceivedAt, string? ReceivedBy, string State, int? Rows, int? Findings, DateTime? AcceptedAt, string? AcceptedBy)
{
    public const string Columns = """
        id as "Id", programme as "Programme", received_at as "ReceivedAt", received_by as "ReceivedBy", state as "State", rows as "Rows", findings as "Findings",
        accepted_at as "AcceptedAt", accepted_by as "AcceptedBy"
        """;

    public RowStates States { get; init; } = RowStates.None;
}

/// <summary>How far an import has come, in rows.</summary>
/// <param name="State">Its state.</param>
/// <param name="Rows">Rows that have been judged.</param>
/// <param name="Findings">Faults in them, as they were judged last.</param>
/// <param name="Held">Rows that rest on a faulty one.</param>
/// <param name="New">Rows that record something.</param>
/// <param name="Changes">Rows that fill blanks.</param>
/// <param name="Known">Rows that repeat what is known.</param>
/// <param name="IsSent">Whether every row to be recorded is with its owner.</param>
/// <param name="States">What became of the rows sent.</param>
sealed record ImportProgress(
    ImportState State, int Rows, int Findings, int Held, int New, int Changes, int Known, bool IsSent, RowStates States)
{
    public static ImportProgress Of(Import import, int rowsChecked, RowStates states) => new(
        import.State, import.Checked?.Counts.Rows ?? rowsChecked, import.Sent?.Findings ?? import.Checked?.Counts.Findings ?? 0,
        import.Sent?.Held ?? import.Checked?.Counts.Held ?? 0, import.Checked?.Counts.New ?? 0, import.Checked?.Counts.Changes ?? 0,
        import.Checked?.Counts.Known ?? 0, import.Sent is not null, states);

    /// <summary>Rows that record something or fill blanks.</summary>
    public int Good => New + Changes;

    /// <summary>Rows that are to be answered: those sent, and until all are, as many as the dry run found.</summary>
    public int ToAnswer => IsSent ? States.Sent : Math.Max(Good, States.Sent);

    /// <summary>In a sentence.</summary>
    public string Said(IStringLocalizer<Texts> text) => this switch
    {
        { State: ImportState.Checking } => text["imports.said.checking", Number(Rows)],
        { State: ImportState.Accepted, IsSent: true } when States.Open == 0 => text["imports.said.settling", Number(States.Answered)],
        { State: ImportState.Accepted } => text["imports.said.recording", Number(States.Answered), Number(ToAnswer)],
        _ => text[$"imports.state.{Measurement.Codes.Of(State)}"],
    };

    /// <summary>A number of rows, which may be large, as the reader's language groups its digits.</summary>
    public static string Number(int rows) => rows.ToString("N0", CultureInfo.CurrentCulture);
}
