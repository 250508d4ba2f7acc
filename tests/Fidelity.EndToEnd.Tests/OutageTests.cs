namespace Fidelity.EndToEnd.Tests;

public sealed class OutageInstallation() : Installation(port: 18200);

/// <summary>Services die and come late; what was accepted is recorded all the same.</summary>
public sealed class OutageTests(OutageInstallation installation) : IClassFixture<OutageInstallation>
{
    [Theory]
    [InlineData("front", "roster", "portal")]
    [InlineData("middle", "tam", "surveys", "pir")]
    public async Task Services_killed_during_an_import_change_nothing(string programme, params string[] services)
    {
        var import = await installation.Upload(Installation.Season, programme);
        await installation.Accept(import);
        for (var kill = 0; kill < services.Length; kill++)
        {
            // Late enough that every service is at work, early enough that much is still to do.
            var answered = 500 + (1000 * kill);
            await installation.Until(import, shown => (int)shown["answered"]! > answered);
            installation.Kill(services[kill]);
            await installation.Up();
        }

        await installation.Until(import, shown => (string)shown["state"]! == "settled");
        (await Expected.Differences(installation, programme)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_service_that_is_started_after_the_import_misses_nothing()
    {
        const string Programme = "late";
        installation.Kill("tam");
        var import = await installation.Upload(Installation.Season, Programme);
        await installation.Accept(import);
        await installation.Until(import, shown => (int)shown["sent"]! > 3000);
        await installation.Up();
        await installation.Until(import, shown => (string)shown["state"]! == "settled");
        (await Expected.Differences(installation, Programme)).ShouldBeEmpty();
    }
}
