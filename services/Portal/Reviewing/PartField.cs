namespace Fidelity.Portal.Reviewing;

/// <summary>A field of a part.</summary>
/// <param name="Label">The key of its name.</param>
/// <param name="Rows">How many lines of it are seen.</param>
/// <param name="Choices">What there is to choose from, where it is chosen.</param>
public sealed record PartField(
    string Name, string Label, int Longest, int Rows = 1, bool IsDay = false, IReadOnlyList<(string Code, string Text)>? Choices = null);
