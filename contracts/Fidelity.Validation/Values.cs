using System.Buffers;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;

namespace Fidelity.Validation;

/// <summary>What is wrong with one value.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">A sentence that says what to do. It never repeats a value, which may be what must not be stored.</param>
public readonly record struct Fault(string Code, string Message)
{
    /// <summary>The cause of a refusal that this fault is.</summary>
    public Cause In(string? column) => new(Code, column, Message);
}

/// <summary>The rules for single values that every shape shares (formats.md §1). Each names the first fault, or none.</summary>
public static class Values
{
    /// <summary>The most characters of an id or a programme.</summary>
    public const int LongestId = 40;

    /// <summary>The most characters of a name.</summary>
    public const int LongestName = 200;

    /// <summary>The most characters of any text.</summary>
    public const int LongestText = 2000;

    static readonly DateOnly Earliest = new(1900, 1, 1);
    static readonly DateOnly Latest = new(2199, 12, 31);
    static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
    static readonly SearchValues<char> ProgrammeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>What is said of a value shaped like a personal identity number.</summary>
    public static Fault Identifying { get; } = new(ErrorCodes.PersonalIdentityNumber,
        "This looks like a personal identity number. Replace it with a pseudonym, and delete the number from the file.");

    /// <summary>What is said of a required value that is blank.</summary>
    public static Fault Missing { get; } = new(ErrorCodes.MissingValue, "This is required. Fill it in.");

    /// <summary>What is said of a text above <paramref name="atMost"/> characters.</summary>
    public static Fault TooLong(int atMost) => new(ErrorCodes.TooLarge, FormattableString.Invariant($"Shorten this to at most {atMost} characters."));

    /// <summary>A pseudonym: 1–40 of a–z, A–Z, 0–9, <c>-</c>, <c>_</c>, <c>.</c>, and no personal identity number.</summary>
    public static Fault? OfId(string? id)
    {
        if (string.IsNullOrEmpty(id))
            return Missing;
        if (PersonalIdentityNumber.Is(id))
            return Identifying;
        if (id.Length > LongestText)
            return TooLong(LongestId);
        return id.Length <= LongestId && !id.AsSpan().ContainsAnyExcept(IdCharacters)
            ? null
            : new Fault(ErrorCodes.BadId, "Use 1–40 of the letters a–z and A–Z, digits, '-', '_' and '.', without spaces.");
    }

    /// <summary>As <see cref="OfId"/>, or null where nobody is to be named.</summary>
    public static Fault? OfOptionalId(string? id) => id is null ? null : OfId(id);

    /// <summary>A programme's slug: 1–40 of a–z, 0–9 and hyphen.</summary>
    public static Fault? OfProgramme(string? programme)
    {
        if (string.IsNullOrEmpty(programme))
            return Missing;
        return programme.Length <= LongestId && !programme.AsSpan().ContainsAnyExcept(ProgrammeCharacters)
            ? null
            : new Fault(ErrorCodes.BadId, "Use 1–40 of the letters a–z, digits and '-'.");
    }

    /// <summary>A date somebody can have meant: 1900–2199.</summary>
    public static Fault? OfDate(DateOnly date) => date >= Earliest && date <= Latest
        ? null
        : new Fault(ErrorCodes.BadDate, "Write a date between 1900-01-01 and 2199-12-31.");

    /// <inheritdoc cref="OfDate(DateOnly)"/>
    public static Fault? OfDate(DateOnly? date) => date is { } given ? OfDate(given) : null;

    /// <summary>A required name: 1–200 characters that name no person by number.</summary>
    public static Fault? OfName(string? name) => string.IsNullOrWhiteSpace(name) ? Missing : OfText(name, LongestName);

    /// <summary>Free text: at most 2,000 characters that can be stored and name no person by number; null when not given.</summary>
    public static Fault? OfText(string? text) => OfText(text, LongestText);

    /// <summary>As <see cref="OfText(string?)"/>, where something has to be said.</summary>
    public static Fault? OfRequiredText(string? text) => string.IsNullOrWhiteSpace(text) ? Missing : OfText(text);

    /// <summary>An id that a program gave: any but none.</summary>
    public static Fault? OfGiven(Guid id) => id == Guid.Empty ? Missing : null;

    /// <summary>A month, as its first day.</summary>
    public static Fault? OfMonth(DateOnly month) => OfDate(month)
        ?? (month.Day == 1 ? null : new Fault(ErrorCodes.BadDate, "Write the month as its first day."));

    /// <summary>As above, with another length.</summary>
    internal static Fault? OfText(string? text, int atMost)
    {
        if (text is null)
            return null;
        if (text.Length > atMost)
            return TooLong(atMost);
        if (PersonalIdentityNumber.IsIn(text))
            return new Fault(ErrorCodes.PersonalIdentityNumber,
                "The text holds what looks like a personal identity number. Take it out, here and in the file.");
        return IsStorable(text)
            ? null
            : new Fault(ErrorCodes.BadEncoding, "The text holds characters that cannot be stored. Take out control characters and broken symbols.");
    }

    /// <summary>A PIR period's name, such as <c>2026-H1</c>.</summary>
    public static Fault? OfPeriod(string? period) => string.IsNullOrEmpty(period) ? Missing
        : Period.TryParse(period, startMonth: 1, out _) ? null
        : new Fault(ErrorCodes.UnknownCode, "Write the period as a year and its half, such as 2026-H1.");

    /// <summary>A language: the shape of a BCP 47 tag; null when not stated.</summary>
    public static Fault? OfLanguage(string? language)
    {
        if (language is null)
            return null;
        if (PersonalIdentityNumber.Is(language))
            return Identifying;
        var subtags = language.Split('-');
        return language.Length <= LongestId
            && subtags[0].Length is >= 2 and <= 8 && subtags[0].All(char.IsAsciiLetter)
            && subtags.All(subtag => subtag.Length is >= 1 and <= 8 && subtag.All(char.IsAsciiLetterOrDigit))
            ? null
            : new Fault(ErrorCodes.UnknownCode, "Write the language as a tag such as sv, ar or en-GB, or leave it blank.");
    }

    /// <summary>Control characters other than line ends and tabs, and halves of surrogate pairs, cannot be stored as text.</summary>
    static bool IsStorable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (char.IsHighSurrogate(character) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(character) || (char.IsControl(character) && character is not ('\t' or '\r' or '\n')))
                return false;
        }
        return true;
    }
}
