using Fidelity.Measurement;

namespace Fidelity.Portal.Importing;

/// <summary>What a value is, as far as it can be told without its validator.</summary>
public enum ValueKind
{
    /// <summary>A pseudonym.</summary>
    Id,

    /// <summary>Free text.</summary>
    Text,

    /// <summary>One of a few words.</summary>
    Code,

    /// <summary>A day.</summary>
    Date,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>Yes, no or unknown.</summary>
    YesNo,

    /// <summary>An answer to an item.</summary>
    Answer,
}

/// <summary>What a column of an import file holds.</summary>
/// <param name="Column">The column.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="Required">Whether a blank is refused.</param>
/// <param name="Codes">The words that it may hold; empty when it is no code.</param>
public sealed record ColumnValue(string Column, ValueKind Kind, bool Required, IReadOnlyList<string> Codes);

/// <summary>Notes what a kind of file asks of its rows, so that its columns are known from the reading alone.</summary>
sealed class AskedRow() : ImportRow("", _ => "")
{
    readonly List<ColumnValue> _values = [];

    public IReadOnlyList<ColumnValue> Values => _values;

    public override string Text(string column) => Asked(column, ValueKind.Text, "");

    public override string? OptionalText(string column) => Asked(column, ValueKind.Text, default(string));

    public override string Id(string column) => Asked(column, ValueKind.Id, "");

    public override string Reference(string column) => Asked(column, ValueKind.Id, "");

    public override string? OptionalReference(string column) => Asked(column, ValueKind.Id, default(string));

    public override string OneOf(string column, IReadOnlyList<string> names) => Asked(column, ValueKind.Code, "", names);

    public override DateOnly Date(string column) => Asked(column, ValueKind.Date, default(DateOnly));

    public override DateOnly? OptionalDate(string column) => Asked(column, ValueKind.Date, default(DateOnly?));

    public override int Number(string column) => Asked(column, ValueKind.Number, 0);

    public override T Code<T>(string column) => Asked(column, ValueKind.Code, default(T), Codes.All<T>());

    public override T? OptionalCode<T>(string column) => Asked(column, ValueKind.Code, default(T?), Codes.All<T>());

    public override Outcome3 YesNo(string column) => Optional(column, ValueKind.YesNo, Outcome3.Unknown);

    public override bool? Flag(string column) => Asked(column, ValueKind.YesNo, default(bool?));

    public override Answer Answer(string column) => Optional(column, ValueKind.Answer, Measurement.Answer.Blank);

    /// <summary>What stands for a blank tells whether there may be one.</summary>
    T Asked<T>(string column, ValueKind kind, T blank, IEnumerable<string>? codes = null)
    {
        _values.Add(new(column, kind, Required: blank is not null, [.. codes ?? []]));
        return blank;
    }

    T Optional<T>(string column, ValueKind kind, T blank)
    {
        _values.Add(new(column, kind, Required: false, []));
        return blank;
    }
}
