using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace Fidelity.ServiceDefaults;

/// <summary>
/// Stream keys and submission ids: the same from any service, in any order, and nothing of a pseudonym to be read from
/// them without the installation's secret.
/// </summary>
public sealed class InstallationKeys(byte[] secret)
{
    const int ShortestSecret = 32;

    public InstallationKeys(IConfiguration configuration) : this(ReadSecret(configuration["FIDELITY_SECRET_FILE"]))
    {
    }

    /// <summary>The key of a stream, such as <c>tam:</c> and 32 hexadecimal digits.</summary>
    public string Stream(string kind, string programme, params ReadOnlySpan<string> ids) =>
        $"{kind}:{Convert.ToHexStringLower(Hash([kind, programme, .. ids]))}";

    /// <summary>An id that the same words always give.</summary>
    public Guid Id(params ReadOnlySpan<string> words) => new(Hash(words), bigEndian: true);

    byte[] Hash(ReadOnlySpan<string> words)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var word in words)
        {
            // Each word is preceded by its length, so that ("a", "bc") and ("ab", "c") are two things.
            var bytes = Encoding.UTF8.GetBytes(word);
            BitConverter.TryWriteBytes(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset()[..16];
    }

    static byte[] ReadSecret(string? file)
    {
        if (string.IsNullOrWhiteSpace(file))
            throw new InvalidOperationException("FIDELITY_SECRET_FILE must name the file with the installation secret.");
        var secret = Convert.FromBase64String(File.ReadAllText(file).Trim());
        return secret.Length >= ShortestSecret
            ? secret
            : throw new InvalidOperationException($"The installation secret in {file} is shorter than {ShortestSecret} bytes.");
    }
}
