using Fidelity.Validation;

namespace Fidelity.Portal.Importing;

/// <summary>Names that came with an upload, made fit to stand in a report.</summary>
static class Shown
{
    const int Longest = 120;

    /// <summary>The name without control characters and not too long; null when there is none, or it points at a person.</summary>
    public static string? Name(string name)
    {
        if (name.Length == 0 || PersonalIdentityNumber.IsIn(name))
            return null;
        var shown = string.Concat(name.Take(Longest).Select(character => char.IsControl(character) || char.IsSurrogate(character) ? '?' : character));
        return name.Length > Longest ? shown + "…" : shown;
    }
}
