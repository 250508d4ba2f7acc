namespace Fidelity.EndToEnd.Tests;

public sealed class OutageInstallation() : Installation(port: 18200);

/// <summary>Services die and come late; what was accepted is recorded all the same.</summary>
public sealed class OutageTests(OutageInstallation installation) : IClassFixture<OutageInstallation>
{
    [Theory]
    [InlineData("roster")]
    [InlineData("tam")]
    [InlineData("surveys")]
    [InlineData("pir")]
    [InlineData("portal")]
    public async Task A_service_killed_during_an_import_changes_nothing(string service)
    {
        var programme = $"killed-{service}";
        var import = await installation.Upload(Installation.Season, programme);
        await installation.Accept(import);
        // Late enough that every service is at work, early enough that much is still to do.
        await installation.Until(import, shown => (int)shown["answered"]! > 800);
        installation.Kill(service);
        await installation.Up();
        await installation.Until(import, shown => (string)shown["state"]! == "settled");
        (await Expected.Differences(installation, programme)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("roster")]
    [InlineData("tam")]
    [InlineData("pir")]
    public async Task A_service_that_is_started_after_the_import_misses_nothing(string service)
    {
        var programme = $"late-{service}";
        installation.Kill(service);
        var import = await installation.Upload(Installation.Season, programme);
        await installation.Accept(import);
        await installation.Until(import, shown => (int)shown["sent"]! > 3000);
        await installation.Up();
        await installation.Until(import, shown => (string)shown["state"]! == "settled");
        (await Expected.Differences(installation, programme)).ShouldBeEmpty();
    }
}
