using System.Security.Cryptography;
using System.Text;

namespace Fidelity.Portal.SelfReporting;

/// <summary>
/// The code by which a caregiver opens a form: sixteen signs, of which 2⁸⁰ are possible, in an alphabet without those that are taken for
/// each other on paper (Crockford's base 32). Kept is its hash alone.
/// </summary>
public static class SelfReportCode
{
    const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const int Signs = 16;
    const int AtOnce = 4;

    public static string New() => Grouped(RandomNumberGenerator.GetString(Alphabet, Signs));

    /// <summary>A code as somebody typed it, in the form it was given in; null when it cannot be one.</summary>
    public static string? Read(string? typed)
    {
        var signs = (typed ?? "").Where(sign => sign is not ('-' or '–') && !char.IsWhiteSpace(sign)).Take(Signs + 1).Select(Meant).ToArray();
        return signs.Length == Signs && signs.All(sign => Alphabet.Contains(sign, StringComparison.Ordinal)) ? Grouped(new(signs)) : null;
    }

    /// <param name="code">As it was given.</param>
    public static byte[] Hash(string code) => SHA256.HashData(Encoding.ASCII.GetBytes(code));

    static char Meant(char typed) => char.ToUpperInvariant(typed) switch { 'O' => '0', 'I' or 'L' => '1', 'U' => 'V', var sign => sign };

    static string Grouped(string signs) => string.Join('-', signs.Chunk(AtOnce).Select(group => new string(group)));
}
