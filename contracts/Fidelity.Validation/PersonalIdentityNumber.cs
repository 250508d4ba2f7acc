using System.Text.RegularExpressions;

namespace Fidelity.Validation;

/// <summary>
/// Finds what is shaped like a Swedish personal identity number: 8 or 6 digits, optional <c>-</c> or <c>+</c>, 4 digits
/// (formats.md §1). The shape alone is refused, valid date or not, because a mistyped number still points at somebody.
/// </summary>
public static partial class PersonalIdentityNumber
{
    /// <summary>True when the whole value, white space around it aside, has the shape.</summary>
    public static bool Is(string? value) => value is not null && WholeValue().IsMatch(value);

    /// <summary>
    /// True when a whole token of the text has the shape. A token ends at anything but a letter, a digit or <c>-</c>, so that
    /// a GUID holds none.
    /// </summary>
    public static bool IsIn(string? text) => text is not null && Token().IsMatch(text);

    [GeneratedRegex(@"^\s*(?:[0-9]{8}|[0-9]{6})[-+]?[0-9]{4}\s*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WholeValue();

    [GeneratedRegex(@"(?<![\p{L}\p{N}-])(?:[0-9]{8}|[0-9]{6})[-+]?[0-9]{4}(?![\p{L}\p{N}-])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Token();
}
