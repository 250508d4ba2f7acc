using Fidelity.Measurement;

namespace Fidelity.Portal.Exporting;

enum CellKind : byte
{
    Empty,
    Text,
    Number,
    Date,
}

/// <summary>One value of a row. A number stays a number and a day a day in every file; why there is none is said in a column of its own.</summary>
readonly record struct Cell(CellKind Kind, double Figure, string? Words)
{
    public static Cell Empty => default;

    /// <summary>The day, of a cell that is one.</summary>
    public DateOnly Day => DateOnly.FromDayNumber((int)Figure);

    public static implicit operator Cell(string? text) => string.IsNullOrEmpty(text) ? default : new(CellKind.Text, 0, text);

    public static implicit operator Cell(double? value) => value is { } figure ? new(CellKind.Number, figure, null) : default;

    public static implicit operator Cell(int? value) => value is { } figure ? new(CellKind.Number, figure, null) : default;

    public static implicit operator Cell(long value) => new(CellKind.Number, value, null);

    public static implicit operator Cell(DateOnly? day) => day is { } known ? new(CellKind.Date, known.DayNumber, null) : default;

    public static implicit operator Cell(bool? answer) => answer switch { true => "yes", false => "no", null => default };

    public static Cell Code<T>(T? value) where T : struct, Enum => value is { } known ? Codes.Of(known) : default(Cell);

    /// <summary>What a spreadsheet would take for a formula is made text. A number is never touched, be it negative.</summary>
    public static string Harmless(string text) => text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" + text : text;
}
