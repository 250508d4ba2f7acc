namespace Fidelity.Portal.FillingIn;

/// <summary>A field of a form that a record is filled in on. Every field has to be filled in.</summary>
/// <param name="Column">The column of the import file that it fills, or what else the form makes columns of.</param>
/// <param name="Shape">How it is filled in.</param>
/// <param name="Label">The key of its name.</param>
/// <param name="About">What helps to fill it in.</param>
/// <param name="Choices">What there is to choose from, where it is chosen.</param>
/// <param name="Suggested">What stands there before anything was filled in.</param>
public sealed record RecordField(
    string Column, FieldShape Shape, string Label, string? About = null, IReadOnlyList<Choice>? Choices = null, string Suggested = "")
{
    /// <summary>What is wrong with a value before a record is made of it: a choice is what was offered, whatever was sent.</summary>
    public string? Fault(string value) =>
        value.Length == 0 ? Validation.ErrorCodes.MissingValue
        : Choices is not null && !Choices.Any(choice => choice.Value == value) ? Validation.ErrorCodes.UnknownCode
        : null;
}

/// <summary>How a field is filled in.</summary>
public enum FieldShape
{
    /// <summary>A pseudonym, written.</summary>
    Id,

    /// <summary>A day.</summary>
    Day,

    /// <summary>One of several, from a list.</summary>
    Choice,

    /// <summary>A sentence, written.</summary>
    Text,
}

/// <summary>Something to choose.</summary>
/// <param name="Value">What the record gets.</param>
/// <param name="Text">What the reader sees.</param>
public sealed record Choice(string Value, string Text);
