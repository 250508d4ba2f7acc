using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Fidelity.Portal.Importing;
using Fidelity.Validation;

namespace Fidelity.Portal.Submitting;

/// <summary>
/// A record as JSON: the columns of its import file as properties, the answers of a form as one array <c>items</c>. It becomes
/// the cells of a row, so that a document and an import are judged alike. A string is read as the cell would be.
/// </summary>
sealed record RecordDocument(IReadOnlyList<string> Cells, IReadOnlyList<Problem.Fault> Faults)
{
    public const string Items = "items";

    /// <summary>No reading accepts it, so that a row is judged with its unreadable value and not without.</summary>
    const string Unreadable = "\0";

    static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads a document; null when it is no JSON object, or one that says something twice.</summary>
    public static RecordDocument? Read(ReadOnlySequence<byte> body, ImportKind kind)
    {
        try
        {
            using var document = JsonDocument.Parse(WithoutMark(body), Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Of(document.RootElement, kind) : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // An invalid operation is half a surrogate pair, found when the text is read.
            return null;
        }
    }

    /// <summary>What was filled in on a page, by column; what is left out is blank.</summary>
    public static RecordDocument Of(ImportKind kind, IReadOnlyDictionary<string, string> cells) =>
        new([.. kind.Columns.Select(column => cells.GetValueOrDefault(column, ""))], []);

    /// <summary>Some programs begin UTF-8 with a byte order mark; JSON knows none.</summary>
    static ReadOnlySequence<byte> WithoutMark(ReadOnlySequence<byte> body)
    {
        var reader = new SequenceReader<byte>(body);
        return reader.IsNext(Encoding.UTF8.Preamble, advancePast: true) ? reader.UnreadSequence : body;
    }

    static RecordDocument Of(JsonElement document, ImportKind kind)
    {
        var answers = kind.Values.Where(value => IsItem(value.Column)).ToList();
        var single = kind.Values.Where(value => !IsItem(value.Column)).ToDictionary(value => value.Column, StringComparer.Ordinal);
        var cells = new Dictionary<string, string>(StringComparer.Ordinal);
        var faults = new List<Problem.Fault>();
        foreach (var property in document.EnumerateObject())
        {
            if (single.TryGetValue(property.Name, out var value))
                Keep(value, property.Value);
            else if (answers.Count == 0 || !property.NameEquals(Items))
                faults.Add(Fault(ErrorCodes.UnknownColumn, Shown.Name(property.Name), "This property is not known here. Remove it, or correct its name."));
            else if (property.Value.ValueKind == JsonValueKind.Array && property.Value.GetArrayLength() == answers.Count)
                foreach (var (item, answer) in answers.Zip(property.Value.EnumerateArray()))
                    Keep(item, answer);
            else
                faults.Add(NotAllAnswers(answers.Count));
        }

        if (answers.Count > 0 && !document.TryGetProperty(Items, out _))
            faults.Add(NotAllAnswers(answers.Count));
        // Left out of a file, an answer would be a column too few; a blank one is a statement.
        faults.AddRange(
            from value in single.Values
            where value.Kind == ValueKind.Answer && !cells.ContainsKey(value.Column)
            select Fault(ErrorCodes.MissingValue, value.Column, "Give the answer: a number, \"NA\", or null for a blank."));
        return new([.. kind.Columns.Select(column => cells.GetValueOrDefault(column, ""))], faults);

        void Keep(ColumnValue value, JsonElement given)
        {
            var cell = Cell(value.Kind, given);
            cells[value.Column] = cell ?? Unreadable;
            if (cell is null)
                faults.Add(WrongType(value));
        }
    }

    static string? Cell(ValueKind kind, JsonElement given) => (given.ValueKind, kind) switch
    {
        (JsonValueKind.String, _) => given.GetString(),
        (JsonValueKind.Null, _) => "",
        (JsonValueKind.Number, ValueKind.Number or ValueKind.Answer) => given.GetRawText(),
        (JsonValueKind.True, ValueKind.YesNo) => "yes",
        (JsonValueKind.False, ValueKind.YesNo) => "no",
        _ => null,
    };

    static Problem.Fault WrongType(ColumnValue value)
    {
        var (code, todo) = value.Kind switch
        {
            ValueKind.Id => (ErrorCodes.BadId, "Write the id as a string."),
            ValueKind.Code => (ErrorCodes.UnknownCode, $"Write one of the strings {string.Join(", ", value.Codes)}."),
            ValueKind.Date => (ErrorCodes.BadDate, "Write the date as a string yyyy-mm-dd, such as \"2025-03-31\"."),
            ValueKind.Number => (ErrorCodes.BadNumber, "Write a whole number."),
            ValueKind.YesNo => (ErrorCodes.UnknownCode, "Write true, false, \"yes\", \"no\", \"unknown\" or null."),
            ValueKind.Answer => (ErrorCodes.BadNumber, "Write the answer as a number, \"NA\", or null for a blank."),
            _ => (ErrorCodes.BadEncoding, "Write the text as a string."),
        };
        return new(code, Pointer(value.Column), null, todo);
    }

    static Problem.Fault NotAllAnswers(int items) => Fault(ErrorCodes.MissingValue, Items,
        string.Create(CultureInfo.InvariantCulture, $"Give the answers as an array of {items}: each a number, \"NA\", or null for a blank."));

    static Problem.Fault Fault(string code, string? property, string todo) => new(code, property is null ? null : Property(property), null, todo);

    /// <summary>The JSON pointer to a column's place in the document.</summary>
    public static string? Pointer(string? column) =>
        column is null ? null
        : IsItem(column) ? string.Create(CultureInfo.InvariantCulture, $"/{Items}/{int.Parse(column.AsSpan(1), CultureInfo.InvariantCulture) - 1}")
        : Property(column);

    static string Property(string name) => $"/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    /// <summary>Whether a column is that of an item, <c>i1</c> or another number.</summary>
    public static bool IsItem(string column) => column is ['i', >= '1' and <= '9', ..] && !column.AsSpan(1).ContainsAnyExceptInRange('0', '9');
}
