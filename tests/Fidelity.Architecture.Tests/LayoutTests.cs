using System.Text.RegularExpressions;

namespace Fidelity.Architecture.Tests;

/// <summary>Where things are.</summary>
public sealed partial class LayoutTests
{
    [Fact]
    public void The_top_level_holds_what_was_agreed_and_nothing_else() =>
        Repository.Files.Select(file => file.Split('/')[0]).Distinct().ShouldBeSubsetOf(
        [
            "contracts", "services", "tests", "deploy", ".ci", "Fidelity.sln", "README.md", "docker-compose.yml", "Directory.Build.props",
            "Directory.Packages.props", "SECURITY.md", "global.json", ".editorconfig", ".gitignore", ".dockerignore", ".shellcheckrc",
        ]);

    [Fact]
    public void Folders_are_named_for_what_is_done_in_them_and_not_by_kind()
    {
        string[] kinds =
        [
            "Commands", "Queries", "Handlers", "Consumers", "Validators", "Controllers", "Dtos", "DTOs", "Helpers", "Models", "ViewModels", "Entities",
            "Utils", "Utilities", "Services", "Interfaces", "Extensions", "Common", "Shared", "Infrastructure", "Core", "Misc",
        ];
        Repository.In("services/", "").SelectMany(file => file.Split('/').Skip(2).SkipLast(1)).Intersect(kinds).ShouldBeEmpty();
        Repository.In("contracts/", "").SelectMany(file => file.Split('/').Skip(1).SkipLast(1)).Intersect(kinds).ShouldBeEmpty();
    }

    [Fact]
    public void Each_service_is_a_shell_of_at_most_30_lines()
    {
        foreach (var service in Repository.Services)
            Repository.Text($"services/{service}/Program.cs").TrimEnd().Split('\n').Length.ShouldBeLessThanOrEqualTo(30, service);
    }

    [Fact]
    public void Every_project_stands_in_the_solution()
    {
        var solution = Repository.Text("Fidelity.sln").Replace('\\', '/');
        Repository.In("", ".csproj").Where(project => !solution.Contains($"\"{project}\"", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_version_of_a_package_stands_in_one_file()
    {
        foreach (var project in Repository.In("", ".csproj", ".props").Where(file => file != "Directory.Packages.props"))
            PackageVersion().IsMatch(Repository.Text(project)).ShouldBeFalse(project);
    }

    [Fact]
    public void Warnings_are_errors_and_overflow_is_checked_everywhere()
    {
        var build = Repository.Text("Directory.Build.props");
        foreach (var setting in new[] { "TreatWarningsAsErrors>true", "Nullable>enable", "CheckForOverflowUnderflow>true", "services/BannedSymbols.txt" })
            build.ShouldContain(setting);
        foreach (var project in Repository.In("", ".csproj"))
        {
            foreach (var setting in new[] { "TreatWarningsAsErrors", "CheckForOverflowUnderflow", "RunAnalyzers", "<Nullable>" })
                Repository.Text(project).ShouldNotContain(setting, Case.Sensitive, project);
        }
    }

    [Fact]
    public void Nobody_looks_at_a_clock_of_the_machine()
    {
        string[] clocks = ["DateTime.Now", "DateTime.UtcNow", "DateTime.Today", "DateTimeOffset.Now", "DateTimeOffset.UtcNow"];
        foreach (var clock in clocks)
            Repository.Text("services/BannedSymbols.txt").ShouldContain($"P:System.{clock};");
        foreach (var file in Repository.In("contracts/", ".cs", ".razor").Concat(Repository.In("services/", ".cs", ".razor")))
        {
            var text = Repository.Text(file);
            clocks.Append("Guid.NewGuid").Append("RS0030").Where(text.Contains).ShouldBeEmpty(file);
        }
    }

    [GeneratedRegex("<PackageReference[^>]*\\sVersion=", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PackageVersion();
}
