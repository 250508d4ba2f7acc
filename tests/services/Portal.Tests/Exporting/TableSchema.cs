using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Fidelity.Portal.Tests.Exporting;

/// <summary>Holds a table against its schema by the rules of Frictionless (Table Schema, version 1).</summary>
static class TableSchema
{
    public static IEnumerable<string> Faults(JsonNode schema, List<List<string>> rows)
    {
        var fields = schema["fields"]!.AsArray().Select(field => field!).ToList();
        if (!rows[0].SequenceEqual(fields.Select(field => (string)field["name"]!)))
            yield return "the head is not the names of the fields";
        if (fields.Select(field => (string)field["name"]!).Distinct(StringComparer.Ordinal).Count() != fields.Count)
            yield return "two fields have one name";
        var missing = schema["missingValues"]!.AsArray().Select(value => (string)value!).ToHashSet(StringComparer.Ordinal);
        foreach (var (row, line) in rows.Skip(1).Select((row, i) => (row, i + 2)))
        {
            if (row.Count != fields.Count)
                yield return $"line {line} has {row.Count} cells";
            foreach (var (field, value) in fields.Zip(row))
            {
                var constraints = field["constraints"]?.AsObject();
                var where = $"line {line}, {field["name"]}: '{value}'";
                if (missing.Contains(value))
                {
                    if (constraints?["required"] is { } required && (bool)required)
                        yield return $"{where} is required";
                    continue;
                }

                if (!IsOf((string)field["type"]!, value))
                    yield return $"{where} is no {field["type"]}";
                else if (constraints?["enum"] is JsonArray codes && !codes.Any(code => (string)code! == value))
                    yield return $"{where} is none of its codes";
                else if ((constraints?["minimum"] is { } least && ReadFiles.Number(value) < (double)least) || (constraints?["maximum"] is { } most && ReadFiles.Number(value) > (double)most))
                    yield return $"{where} is out of bounds";
            }
        }

        if (schema["primaryKey"] is JsonArray key)
        {
            var places = key.Select(name => rows[0].IndexOf((string)name!)).ToList();
            foreach (var twice in rows.Skip(1).GroupBy(row => string.Join('\u001f', places.Select(place => row[place])), StringComparer.Ordinal).Where(group => group.Count() > 1))
                yield return $"{twice.Key} stands there {twice.Count()} times";
        }
    }

    static bool IsOf(string type, string value) => type switch
    {
        "string" => true,
        "integer" => Regex.IsMatch(value, "^[+-]?[0-9]+$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)),
        "number" => Regex.IsMatch(value, "^[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)),
        "date" => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        _ => false,
    };
}
