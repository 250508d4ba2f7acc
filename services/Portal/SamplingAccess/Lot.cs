using System.Security.Cryptography;
using Fidelity.Measurement;
using Fidelity.Portal.LoggingAccess;

namespace Fidelity.Portal.SamplingAccess;

/// <summary>Draws entries so that nobody can foresee which, and so that no deed that matters is left out for being rare.</summary>
static class Lot
{
    /// <summary>The deeds of which some are always drawn, where there are any. Who comes and goes is drawn by chance alone.</summary>
    public static readonly IReadOnlyList<string> Matter = [.. new[] { Deed.Read, Deed.Search, Deed.Act, Deed.Refusal }.Select(Codes.Of)];

    /// <summary>How many of each deed that matters: a tenth of the sample.</summary>
    public static int OfEach(int size) => Math.Max(1, size / 10);

    /// <summary>Some of each deed that matters, and the rest from all that remains, each as likely as the next.</summary>
    /// <param name="population">The numbers of all entries, by deed.</param>
    /// <returns>The numbers drawn, in order.</returns>
    public static IReadOnlyList<long> Draw(IReadOnlyDictionary<string, long[]> population, int size)
    {
        var drawn = new List<long>(size);
        var rest = new List<long>();
        foreach (var (deed, entries) in population)
        {
            var shuffled = entries.ToArray();
            RandomNumberGenerator.Shuffle(shuffled.AsSpan());
            var certain = Matter.Contains(deed, StringComparer.Ordinal) ? Math.Min(OfEach(size), shuffled.Length) : 0;
            drawn.AddRange(shuffled[..certain]);
            rest.AddRange(shuffled[certain..]);
        }

        var others = rest.ToArray();
        RandomNumberGenerator.Shuffle(others.AsSpan());
        return [.. drawn.Concat(others.Take(size - drawn.Count)).Order()];
    }
}
