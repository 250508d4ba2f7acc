using System.Globalization;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.Validation;

namespace Fidelity.Portal.Importing;

/// <summary>
/// Reads the cells of a row as values. A cell that cannot be read is noted as a fault, and gives a value that no validator lets
/// pass: so the command can be built all the same, and every other column be judged.
/// </summary>
/// <param name="programme">The programme that the import goes into.</param>
/// <param name="cell">Gives the text of a column.</param>
public class ImportRow(string programme, Func<string, string> cell)
{
    const int ShortestPersonalIdentityNumber = 10;

    static readonly Fault NoDate = new(ErrorCodes.BadDate, "Write a date that exists as yyyy-mm-dd, such as 2025-03-31.");
    static readonly Fault NoNumber = new(ErrorCodes.BadNumber, "Write a whole number in digits.");
    static readonly Fault NoAnswer = new(ErrorCodes.BadNumber, "Write the answer's number in digits, NA where the item does not apply, or nothing.");
    static readonly Fault NoYesOrNo = Faults.UnknownCode(["yes", "no", "unknown"]);

    readonly List<Cause> _faults = [];
    readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>The programme that the import goes into.</summary>
    public string Programme { get; } = programme;

    /// <summary>The faults noted since this was last asked.</summary>
    public IReadOnlyList<Cause> TakeFaults()
    {
        if (_faults.Count == 0)
            return [];
        Cause[] faults = [.. _faults];
        _faults.Clear();
        return faults;
    }

    /// <summary>A text that is required: a blank, here and below, is for the validator to refuse.</summary>
    public virtual string Text(string column) => Read(column) ?? "";

    /// <summary>A text that many rows share, or null when blank.</summary>
    public virtual string? OptionalText(string column) => Read(column) is { Length: > 0 } text ? Once(text) : null;

    /// <summary>The id of what the row is about.</summary>
    public virtual string Id(string column) => Read(column) ?? "";

    /// <summary>The id of something that many rows are about: a person, a team, a case.</summary>
    public virtual string Reference(string column) => Once(Read(column) ?? "");

    /// <summary>As <see cref="Reference"/>, or null when blank.</summary>
    public virtual string? OptionalReference(string column) => Read(column) is { Length: > 0 } text ? Once(text) : null;

    /// <summary>The name of one of a few things that are known by name, such as instruments.</summary>
    public virtual string OneOf(string column, IReadOnlyList<string> names) => Once(Read(column) ?? "");

    /// <summary>A date.</summary>
    public virtual DateOnly Date(string column) => Required(column) is { } text ? DateOf(column, text) : default;

    /// <summary>A date, or null when blank.</summary>
    public virtual DateOnly? OptionalDate(string column) => OptionalText(column) is { } text ? DateOf(column, text) : null;

    /// <summary>A whole number.</summary>
    public virtual int Number(string column)
    {
        if (Required(column) is not { } text)
            return 0;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return number;
        Note(column, NoNumber);
        return 0;
    }

    /// <summary>One of an enumeration's codes.</summary>
    public virtual T Code<T>(string column) where T : struct, Enum => Required(column) is { } text ? CodeOf<T>(column, text) : NoCode<T>();

    /// <summary>One of an enumeration's codes, or null when blank.</summary>
    public virtual T? OptionalCode<T>(string column) where T : struct, Enum => OptionalText(column) is { } text ? CodeOf<T>(column, text) : null;

    /// <summary>Yes, no, or unknown, which a blank is too.</summary>
    public virtual Outcome3 YesNo(string column) => OptionalText(column) is not { } text ? Outcome3.Unknown
        : Codes.TryParse<Outcome3>(text, out var outcome) ? outcome
        : Noted(column, NoYesOrNo, Outcome3.Unknown);

    /// <summary>As <see cref="YesNo"/>, null when unknown.</summary>
    public virtual bool? Flag(string column) => YesNo(column) switch { Outcome3.Yes => true, Outcome3.No => false, _ => null };

    /// <summary>The answers in columns <c>i1</c> to that of the last item.</summary>
    public IReadOnlyList<Answer> Answers(int items)
    {
        var answers = new Answer[items];
        for (var item = 1; item <= items; item++)
            answers[item - 1] = Answer(Forms.Column(item));
        return answers;
    }

    /// <summary>One answer. Whether it is on the scale is for the instrument to say, a negative number included.</summary>
    public virtual Answer Answer(string column)
    {
        var text = Read(column);
        if (Measurement.Answer.TryParse(text, out var answer))
            return answer;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? Measurement.Answer.Of(number)
            : Noted(column, NoAnswer, Measurement.Answer.Blank);
    }

    DateOnly DateOf(string column, string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : Noted(column, NoDate, default(DateOnly));

    T CodeOf<T>(string column, string text) where T : struct, Enum =>
        Codes.TryParse<T>(text, out var code) ? code : Noted(column, Faults.UnknownCode<T>(), NoCode<T>());

    static T NoCode<T>() where T : struct, Enum => (T)Enum.ToObject(typeof(T), -1);

    string? Required(string column)
    {
        var text = Read(column);
        if (text is "")
            Note(column, Values.Missing);
        return text is "" ? null : text;
    }

    /// <summary>The text of a cell; null when it may not even be looked at.</summary>
    string? Read(string column)
    {
        var text = cell(column);
        if (text.Length < ShortestPersonalIdentityNumber)
            return text;
        if (text.Length > Values.LongestText)
            return Noted(column, Values.TooLong(Values.LongestText), default(string));
        return PersonalIdentityNumber.Is(text) ? Noted(column, Values.Identifying, default(string)) : text;
    }

    /// <summary>One text for all rows that have it: a large file would fill the memory with copies.</summary>
    string Once(string text)
    {
        if (!_texts.TryGetValue(text, out var first))
            _texts.Add(text, first = text);
        return first;
    }

    void Note(string column, Fault fault) => _faults.Add(new Cause(fault.Code, column, fault.Message));

    T Noted<T>(string column, Fault fault, T value)
    {
        Note(column, fault);
        return value;
    }
}
