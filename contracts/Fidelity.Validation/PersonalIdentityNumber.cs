namespace Fidelity.Validation;

/// <summary>
/// Finds what is shaped like a Swedish personal identity number: 8 or 6 digits, optional <c>-</c> or <c>+</c>, 4 digits
/// (formats.md §1). The shape alone is refused, valid date or not, because a mistyped number still points at somebody.
/// </summary>
public static class PersonalIdentityNumber
{
    const int Shortest = 10;
    const int Longest = 13;

    /// <summary>True when the whole value, white space around it aside, has the shape.</summary>
    public static bool Is(string? value) => HasShape(value.AsSpan().Trim());

    /// <summary>
    /// True when a whole token of the text has the shape. A token ends at anything but a letter, a digit or <c>-</c>, so that
    /// a GUID holds none.
    /// </summary>
    public static bool IsIn(string? text)
    {
        var rest = text.AsSpan();
        for (var first = 0; first + Shortest <= rest.Length; first++)
        {
            if (!char.IsAsciiDigit(rest[first]) || (first > 0 && Continues(rest[first - 1])))
                continue;
            for (var end = first + Shortest; end <= Math.Min(first + Longest, rest.Length); end++)
                if ((end == rest.Length || !Continues(rest[end])) && HasShape(rest[first..end]))
                    return true;
        }
        return false;
    }

    static bool Continues(char character) => char.IsLetterOrDigit(character) || character == '-';

    static bool HasShape(ReadOnlySpan<char> value)
    {
        if (value.Length is < Shortest or > Longest)
            return false;
        var birth = value[..^4];
        if (birth is [.., '-' or '+'])
            birth = birth[..^1];
        return birth.Length is 6 or 8 && AreDigits(birth) && AreDigits(value[^4..]);
    }

    static bool AreDigits(ReadOnlySpan<char> value) => !value.ContainsAnyExceptInRange('0', '9');
}
