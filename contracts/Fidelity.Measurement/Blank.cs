using System.Text.Json.Serialization;

namespace Fidelity.Measurement;

/// <summary>
/// Why a figure is not there (measurement.md §6). Five reasons, each its own; a zero is none of them: it is a number, on screens, in
/// the API and in files.
/// </summary>
[JsonConverter(typeof(CodeJsonConverter<Blank>))]
public enum Blank
{
    /// <summary>There may be a figure, and it may not be shown: somebody could be recognised by it.</summary>
    Suppressed,

    /// <summary>Nothing was counted, or nobody has said it.</summary>
    Missing,

    /// <summary>Nothing had fallen due, or the time for it has not come.</summary>
    NotDue,

    /// <summary>Something was answered or counted, and too little for a figure.</summary>
    Insufficient,

    /// <summary>There is no such figure here.</summary>
    NotApplicable,
}
