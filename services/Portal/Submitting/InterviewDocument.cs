using System.Text.Json;
using Fidelity.Contracts.Submitting;
using Fidelity.Portal.Importing;
using Fidelity.Validation;

namespace Fidelity.Portal.Submitting;

/// <summary>
/// An interview as JSON: the columns of <c>tam.csv</c> as properties, the answers as one array <c>items</c> of numbers,
/// <c>"NA"</c> and <c>null</c>. It becomes the cells of a row, so that a document and an import are judged alike.
/// </summary>
sealed record InterviewDocument(IReadOnlyList<string> Cells, IReadOnlyList<Cause> Faults)
{
    const string Items = "items";

    /// <summary>Reads a document; null when it is no JSON object.</summary>
    public static async Task<InterviewDocument?> Read(Stream body, ImportKind kind, CancellationToken stopping)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(body, cancellationToken: stopping);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Of(document.RootElement, kind) : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // An invalid operation is half a surrogate pair, found when the text is read.
            return null;
        }
    }

    static InterviewDocument Of(JsonElement document, ImportKind kind)
    {
        var answers = kind.Columns.Where(IsAnswer).ToList();
        var cells = kind.Columns.ToDictionary(column => column, _ => "", StringComparer.Ordinal);
        var faults = new List<Cause>();
        foreach (var property in document.EnumerateObject())
        {
            if (property.NameEquals(Items))
                ReadAnswers(property.Value, answers, cells, faults);
            else if (!cells.ContainsKey(property.Name) || IsAnswer(property.Name))
                faults.Add(new(ErrorCodes.UnknownColumn, property.Name, "This property is not known here. Remove it, or correct its name."));
            else if (Text(property.Value) is { } text)
                cells[property.Name] = text;
            else
                faults.Add(new(ErrorCodes.UnknownCode, property.Name, "Write this as a string, a number, true, false or null."));
        }

        if (!document.TryGetProperty(Items, out _))
            faults.Add(new(ErrorCodes.MissingValue, Items, $"Give the answers as an array of {answers.Count}: numbers, \"NA\", or null."));
        return new([.. kind.Columns.Select(column => cells[column])], faults);
    }

    static void ReadAnswers(JsonElement given, List<string> columns, Dictionary<string, string> cells, List<Cause> faults)
    {
        if (given.ValueKind != JsonValueKind.Array || given.GetArrayLength() != columns.Count)
        {
            faults.Add(new(ErrorCodes.MissingValue, Items, $"Give the answers as an array of {columns.Count}: numbers, \"NA\", or null."));
            return;
        }

        foreach (var (column, answer) in columns.Zip(given.EnumerateArray()))
        {
            if (answer.ValueKind is JsonValueKind.True or JsonValueKind.False || Text(answer) is not { } text)
                faults.Add(new(ErrorCodes.BadNumber, column, "Write the answer as a number, \"NA\", or null."));
            else
                cells[column] = text;
        }
    }

    static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Null => "",
        _ => null,
    };

    /// <summary>The JSON pointer to a column's place in the document.</summary>
    public static string? Pointer(string? column) =>
        column is null ? null
        : IsAnswer(column) ? $"/{Items}/{int.Parse(column.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture) - 1}"
        : $"/{column.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    static bool IsAnswer(string column) => column is ['i', >= '0' and <= '9', ..] && column.AsSpan(1).ContainsAnyExceptInRange('0', '9') is false;
}
