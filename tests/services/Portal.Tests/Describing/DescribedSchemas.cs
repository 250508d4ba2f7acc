using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Fidelity.Portal.Tests.Describing;

/// <summary>
/// Holds JSON against the schemas of an OpenAPI document, as far as ours uses JSON Schema 2020-12: any other keyword is a fault, so
/// that none is passed over. Stricter in one thing: an object may have no property that its schema does not name.
/// </summary>
public sealed class DescribedSchemas(JsonNode document)
{
    static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(1);

    static readonly HashSet<string> Understood = new(StringComparer.Ordinal)
    {
        "$ref", "type", "enum", "oneOf", "anyOf", "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "pattern",
        "maxLength", "format", "description", "default",
    };

    /// <summary>What is wrong with the value, each with its place; empty when it fits.</summary>
    public IReadOnlyList<string> Faults(JsonNode schema, JsonNode? value) => [.. Judge(schema, value, "")];

    IEnumerable<string> Judge(JsonNode schema, JsonNode? value, string at)
    {
        var keywords = schema.AsObject();
        foreach (var unknown in keywords.Where(keyword => !Understood.Contains(keyword.Key)))
            yield return $"{at}: the test does not understand the keyword {unknown.Key}";
        var faults = Referred(keywords, value, at)
            .Concat(Typed(keywords, value, at))
            .Concat(Chosen(keywords, value, at))
            .Concat(value switch
            {
                JsonObject members => Members(keywords, members, at),
                JsonArray items => Items(keywords, items, at),
                JsonValue single when single.GetValueKind() == JsonValueKind.String => Text(keywords, (string)single!, at),
                _ => [],
            });
        foreach (var fault in faults)
            yield return fault;
    }

    IEnumerable<string> Referred(JsonObject schema, JsonNode? value, string at)
    {
        if ((string?)schema["$ref"] is not { } reference)
            return [];
        var name = reference.Split('/')[^1];
        return document["components"]!["schemas"]![name] is { } referred ? Judge(referred, value, at) : [$"{at}: there is no schema {name}"];
    }

    static IEnumerable<string> Typed(JsonObject schema, JsonNode? value, string at)
    {
        if (schema["type"] is not { } type)
            yield break;
        var allowed = type is JsonArray several ? several.Select(one => (string)one!) : [(string)type!];
        if (!allowed.Any(name => Is(name, value)))
            yield return $"{at}: {Shown(value)} is not of type {type.ToJsonString()}";
    }

    static bool Is(string type, JsonNode? value) => (type, value?.GetValueKind()) switch
    {
        ("null", null) => true,
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number)
            or ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => long.TryParse(value!.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        _ => false,
    };

    IEnumerable<string> Chosen(JsonObject schema, JsonNode? value, string at)
    {
        if (schema["enum"] is JsonArray words && !words.Any(word => JsonNode.DeepEquals(word, value)))
            yield return $"{at}: {Shown(value)} is none of {words.ToJsonString()}";
        if (schema["anyOf"] is JsonArray any && !any.Any(one => !Judge(one!, value, at).Any()))
            yield return $"{at}: {Shown(value)} fits none of {any.ToJsonString()}";
        if (schema["oneOf"] is JsonArray one && one.Count(only => !Judge(only!, value, at).Any()) != 1)
            yield return $"{at}: {Shown(value)} does not fit exactly one of {one.ToJsonString()}";
    }

    IEnumerable<string> Members(JsonObject schema, JsonObject value, string at)
    {
        foreach (var missing in (schema["required"]?.AsArray() ?? []).Where(name => !value.ContainsKey((string)name!)))
            yield return $"{at}: {missing} is missing";
        foreach (var (name, member) in value)
        {
            if (schema["properties"]?[name] is { } named)
            {
                foreach (var fault in Judge(named, member, $"{at}/{name}"))
                    yield return fault;
            }
            else if (schema["additionalProperties"] is JsonObject other)
            {
                foreach (var fault in Judge(other, member, $"{at}/{name}"))
                    yield return fault;
            }
            else if (schema.ContainsKey("type"))
            {
                yield return $"{at}: {name} is not described";
            }
        }
    }

    IEnumerable<string> Items(JsonObject schema, JsonArray value, string at)
    {
        if (value.Count < (int?)schema["minItems"] || value.Count > (int?)schema["maxItems"])
            yield return $"{at}: {value.Count} items are too few or too many";
        if (schema["items"] is not { } item)
            yield break;
        for (var index = 0; index < value.Count; index++)
            foreach (var fault in Judge(item, value[index], string.Create(CultureInfo.InvariantCulture, $"{at}/{index}")))
                yield return fault;
    }

    static IEnumerable<string> Text(JsonObject schema, string value, string at)
    {
        if ((string?)schema["pattern"] is { } pattern && !Regex.IsMatch(value, pattern, RegexOptions.None, LongestMatch))
            yield return $"{at}: {Shown(value)} does not match {pattern}";
        if (value.Length > (int?)schema["maxLength"])
            yield return $"{at}: the text is too long";
        var fits = (string?)schema["format"] switch
        {
            null or "binary" => true,
            "date" => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            "date-time" => DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) && value.Contains('T', StringComparison.Ordinal),
            "uuid" => Guid.TryParseExact(value, "D", out _),
            _ => false,
        };
        if (!fits)
            yield return $"{at}: {Shown(value)} has not the format {schema["format"]}";
    }

    static string Shown(JsonNode? value) => value?.ToJsonString() ?? "null";
}
