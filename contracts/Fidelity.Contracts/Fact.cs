using System.Text.Json.Serialization;

namespace Fidelity.Contracts;

/// <summary>
/// What a service publishes: the whole current state of one thing. A receiver keeps the highest version it has seen
/// of each thing and ignores the others, so facts may arrive in any order and more than once.
/// </summary>
/// <param name="Version">The version of the source stream at which this became the state.</param>
/// <param name="Programme">The programme whose ids the fact speaks of.</param>
/// <param name="TeamId">The team that the thing belongs to.</param>
public abstract record Fact(long Version, string Programme, string TeamId)
{
    /// <summary>What the fact is about, within its programme.</summary>
    [JsonIgnore]
    public Thing About => Subject();

    /// <summary>What <see cref="About"/> says. A method, because an overriding property would be written to the wire.</summary>
    protected abstract Thing Subject();
}

/// <summary>Names one thing within a programme.</summary>
/// <param name="Kind">The kind of thing: <c>team</c>, <c>case</c>, <c>tam_interview</c>, …</param>
/// <param name="Key">Its id among those of its kind.</param>
public readonly record struct Thing(string Kind, string Key);
