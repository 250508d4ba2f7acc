using System.Text.RegularExpressions;

namespace Fidelity.Architecture.Tests;

/// <summary>No secret is in the source: deploy makes them, and they lie in files of an installation.</summary>
public sealed partial class SecretTests
{
    static readonly string[] Pictures = [".png", ".woff2", ".ico", ".zip", ".xlsx", ".dump"];

    [Fact]
    public void No_file_holds_a_secret() =>
        Repository.Files.Where(file => !Pictures.Any(ending => file.EndsWith(ending, StringComparison.Ordinal)))
            .SelectMany(file => Found(Repository.Text(file)).Select(found => $"{file}: {found}")).ShouldBeEmpty();

    /// <summary>Put together here, so that they are not in this file.</summary>
    [Theory]
    [InlineData("-----BEGIN ", "RSA PRIVATE KEY-----")]
    [InlineData("-----BEGIN ", "PRIVATE KEY-----")]
    [InlineData("AKIA", "IOSFODNN7EXAMPLE")]
    [InlineData("ghp_", "0123456789abcdefghijABCDEFGHIJ012345")]
    [InlineData("xoxb-", "123456789012-abcdefghijkl")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9", ".eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U")]
    [InlineData("Host=db;Username=a;Password=", "hunter22;Database=x")]
    [InlineData("amqp://fidelity:", "hunter22@broker/")]
    [InlineData("Authorization: Bearer ", "q83jfLKJ3498fjsdlkfj3498fjsdf")]
    public void A_secret_is_found(string begin, string end) => Found($"setting = \"{begin}{end}\"").ShouldNotBeEmpty();

    [Theory]
    [InlineData("Password=$(cat passwords/postgres)")]
    [InlineData("Password={File.ReadAllText(path)}")]
    [InlineData("amqp://$user:$password@127.0.0.1/")]
    [InlineData("amqp://user:password@host/")]
    [InlineData("Authorization: Bearer TOKEN")]
    public void What_stands_for_a_secret_is_none(string text) => Found(text).ShouldBeEmpty();

    static IEnumerable<string> Found(string text) => Secret().Matches(text).Select(match => match.Value[..Math.Min(match.Value.Length, 24)]);

    [GeneratedRegex(
        """
        -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----
        | \bAKIA[0-9A-Z]{16}\b
        | \bgh[oprsu]_[A-Za-z0-9]{36}\b
        | \bxox[abprs]-[0-9A-Za-z-]{20,}
        | \beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}
        | \bPassword=[A-Za-z0-9+/=_-]{6,}
        | \bamqps?://[A-Za-z0-9_-]+:(?!password@|secret@|nothing@)[A-Za-z0-9+/=_-]{6,}@
        | \bBearer\ [A-Za-z0-9+/=_.-]{20,}
        """, RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Secret();
}
