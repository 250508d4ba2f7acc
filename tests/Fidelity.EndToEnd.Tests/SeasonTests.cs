namespace Fidelity.EndToEnd.Tests;

public sealed class SeasonInstallation() : Installation(port: 18100);

/// <summary>Two years of six teams through every service, on real processes, a real broker and a real database.</summary>
public sealed class SeasonTests(SeasonInstallation installation) : IClassFixture<SeasonInstallation>
{
    [Fact]
    public async Task The_season_gives_the_expected_figures_however_it_comes_and_however_often()
    {
        var said = await installation.LoadFromShell(Installation.Season, "season");
        said.ShouldContain("settled", Case.Insensitive);
        (await Expected.Differences(installation, "season")).ShouldBeEmpty();

        var events = await installation.Events();
        var reviews = (await installation.Get("/api/v1/reviews?programme=season")).ToJsonString();
        var again = await installation.Import(Installation.Season, "season");
        ((int)again["new"]!).ShouldBe(0);
        var shuffled = await installation.Import(Shuffled(), "season");
        ((int)shuffled["new"]!).ShouldBe(0);
        (await installation.Get("/api/v1/reviews?programme=season")).ToJsonString().ShouldBe(reviews);
        var after = await installation.Events();
        foreach (var owner in new[] { "roster", "tam", "surveys", "pir" })
            after[owner].ShouldBe(events[owner], $"a repeated import appended to {owner}");
    }

    [Fact]
    public async Task Shuffled_rows_into_an_empty_programme_give_the_same_figures()
    {
        await installation.Import(Shuffled(), "shuffled");
        (await Expected.Differences(installation, "shuffled")).ShouldBeEmpty();
    }

    static string Shuffled()
    {
        var random = new Random(20261031);
        var folder = Directory.CreateTempSubdirectory("fidelity-shuffled-").FullName;
        foreach (var file in Directory.EnumerateFiles(Installation.Season, "*.csv"))
        {
            var lines = File.ReadAllLines(file);
            var rows = lines[1..];
            random.Shuffle(rows);
            File.WriteAllLines(Path.Combine(folder, Path.GetFileName(file)), [lines[0], .. rows]);
        }

        return folder;
    }
}
