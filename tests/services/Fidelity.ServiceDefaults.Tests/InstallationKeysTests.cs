using System.Text.RegularExpressions;
using FsCheck.Fluent;
using Microsoft.Extensions.Configuration;
using Property = Fidelity.Measurement.Tests.Property;

namespace Fidelity.ServiceDefaults.Tests;

public sealed partial class InstallationKeysTests
{
    static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(number => (byte)number)];

    readonly InstallationKeys keys = new(Secret);

    /// <summary>
    /// Stored streams are found by these for ever. Computed with another tool: HMAC-SHA256 under the bytes 0–31 over each word
    /// with its length in bytes before it (32 bits, little end first), the first 16 bytes in hexadecimal.
    /// </summary>
    [Fact]
    public void A_key_is_the_kind_and_a_keyed_hash_of_kind_programme_and_ids()
    {
        keys.Stream("tam", "demo", "c-1").ShouldBe("tam:e1a4d1e1489c05dc9dbdad88e1c6132d");
        keys.Stream("team", "demo", "norr-å").ShouldBe("team:218dc0fee42e0a2c8a201be99debd26e");
        keys.Id("submission", "demo", "c-1").ShouldBe(Guid.Parse("c13a21e1-3436-534d-4498-87c8be1e7df5"));
    }

    [Fact]
    public void The_same_words_give_the_same_key_from_any_service_and_another_one_under_another_secret()
    {
        new InstallationKeys([.. Secret]).Stream("case", "demo", "c-1").ShouldBe(keys.Stream("case", "demo", "c-1"));
        new InstallationKeys([.. Secret.Reverse()]).Stream("case", "demo", "c-1").ShouldNotBe(keys.Stream("case", "demo", "c-1"));
    }

    [Fact]
    public void Words_do_not_run_together()
    {
        string[] made =
        [
            keys.Stream("case", "demo", "a", "bc"), keys.Stream("case", "demo", "ab", "c"), keys.Stream("case", "demo", "abc"),
            keys.Stream("case", "demo", "abc", ""), keys.Stream("case", "demoabc"), keys.Stream("case", "dem", "oabc"),
        ];
        made.ShouldBeUnique();
    }

    [Fact]
    public void Other_words_give_another_key() => Property.Holds(
        from first in Words
        from second in Words
        select (first, second),
        pair => (keys.Stream("k", "p", pair.first) == keys.Stream("k", "p", pair.second)).ShouldBe(pair.first.SequenceEqual(pair.second)));

    [Fact]
    public void No_pseudonym_is_to_be_read_from_a_key() => Property.Holds(Words, words =>
        Shape().IsMatch(keys.Stream("tam", "demo", words)).ShouldBeTrue());

    [Fact]
    public void The_secret_is_read_from_its_file_and_has_at_least_32_bytes()
    {
        InFile(Convert.ToBase64String(Secret) + "\n", configuration =>
            new InstallationKeys(configuration).Stream("tam", "demo", "c-1").ShouldBe(keys.Stream("tam", "demo", "c-1")));
        InFile(Convert.ToBase64String(Secret[..31]), configuration =>
            Should.Throw<InvalidOperationException>(() => new InstallationKeys(configuration)).Message.ShouldContain("shorter than 32"));
        Should.Throw<InvalidOperationException>(() => new InstallationKeys(new ConfigurationBuilder().Build())).Message.ShouldContain("FIDELITY_SECRET_FILE");
    }

    static FsCheck.Gen<string[]> Words =>
        from count in Gen.Choose(0, 3)
        from words in Gen.Elements("", "a", "b", "ab", "ba", "aa", "familj-17").ListOf(count)
        select words.ToArray();

    static void InFile(string content, Action<IConfiguration> test)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, content);
            test(new ConfigurationBuilder().AddInMemoryCollection([new("FIDELITY_SECRET_FILE", file)]).Build());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [GeneratedRegex("^tam:[0-9a-f]{32}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shape();
}
