using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using MassTransit.Serialization;

namespace Fidelity.Contracts.Tests;

/// <summary>What crosses the bus, and the JSON it crosses as.</summary>
static class Wire
{
    static readonly Type[] All = [.. typeof(Command).Assembly.GetExportedTypes()];

    /// <summary>As MassTransit reads and writes.</summary>
    public static JsonSerializerOptions Bus => SystemTextJsonMessageSerializer.Options;

    /// <summary>As the event stores are set up (EventStreams.cs).</summary>
    public static JsonSerializerOptions Store { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, AllowOutOfOrderMetadataProperties = true };

    /// <summary>As the tables of facts and records are written (Facts.cs).</summary>
    public static JsonSerializerOptions Tables { get; } = new(JsonSerializerDefaults.Web) { AllowOutOfOrderMetadataProperties = true };

    /// <summary>The records that no other record holds, and every fact: what is published may be held by what tells of it later.</summary>
    public static IReadOnlyList<Type> Messages { get; } = [.. All.Where(type => type is { IsClass: true, IsAbstract: false } && (type.IsSubclassOf(typeof(Fact)) || !Parts.Contains(type)))];

    /// <summary>Every enumeration that occurs in a message.</summary>
    public static IReadOnlyList<Type> Enumerations => [.. Parts.Where(type => type.IsEnum)];

    static HashSet<Type> Parts => field ??= Reachable(All);

    /// <summary>Property by property: everything that the first says, the second says too. A property that is null may be absent.</summary>
    public static void ShouldSay(this JsonNode? written, JsonNode? snapshot, string where)
    {
        switch (snapshot)
        {
            case JsonObject expected:
                foreach (var (name, value) in expected)
                    written.ShouldBeOfType<JsonObject>(where)[name].ShouldSay(value, $"{where}.{name}");
                break;
            case JsonArray expected:
                var actual = written.ShouldBeOfType<JsonArray>(where);
                actual.Count.ShouldBe(expected.Count, where);
                foreach (var (index, value) in expected.Index())
                    actual[index].ShouldSay(value, $"{where}[{index}]");
                break;
            default:
                (written?.ToJsonString()).ShouldBe(snapshot?.ToJsonString(), where);
                break;
        }
    }

    static HashSet<Type> Reachable(IEnumerable<Type> types)
    {
        var (found, pending) = (new HashSet<Type>(), new Queue<Type>(types));
        while (pending.TryDequeue(out var type))
        {
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                foreach (var part in Unwrapped(property.PropertyType).Where(part => part.Assembly.GetName().Name!.StartsWith("Fidelity.", StringComparison.Ordinal)))
                {
                    if (found.Add(part))
                        pending.Enqueue(part);
                }
            }
        }
        return found;
    }

    static IEnumerable<Type> Unwrapped(Type type) => type.IsGenericType ? type.GetGenericArguments().SelectMany(Unwrapped) : [type];
}
