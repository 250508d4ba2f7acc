using System.Reflection;

namespace Fidelity.Architecture.Tests;

/// <summary>Who may know of whom.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void Measurement_knows_the_base_library_only()
    {
        const string project = "contracts/Fidelity.Measurement/Fidelity.Measurement.csproj";
        foreach (var element in new[] { "ProjectReference", "PackageReference", "FrameworkReference" })
            Repository.References(project, element).ShouldBeEmpty();
        Assembly.Load("Fidelity.Measurement").GetReferencedAssemblies().ShouldAllBe(reference => IsBaseLibrary(reference));
    }

    [Fact]
    public void Contracts_know_Measurement_only()
    {
        const string project = "contracts/Fidelity.Contracts/Fidelity.Contracts.csproj";
        Repository.References(project, "ProjectReference").ShouldBe(["Fidelity.Measurement"]);
        Repository.References(project, "PackageReference").ShouldBeEmpty();
        Repository.References(project, "FrameworkReference").ShouldBeEmpty();
        Repository.Contracts.GetReferencedAssemblies().Where(reference => !IsBaseLibrary(reference)).Select(reference => reference.Name)
            .ShouldBe(["Fidelity.Measurement"]);
    }

    [Fact]
    public void No_service_knows_another()
    {
        Repository.Services.ShouldNotBeEmpty();
        foreach (var service in Repository.Services)
        {
            var project = Repository.In($"services/{service}/", ".csproj").ShouldHaveSingleItem();
            Repository.References(project, "ProjectReference").ShouldBeSubsetOf(
                ["Fidelity.ServiceDefaults", "Fidelity.Contracts", "Fidelity.Measurement", "Fidelity.Validation"], project);
            Repository.AssemblyOf(service).GetReferencedAssemblies().Select(reference => reference.Name)
                .Intersect(Repository.Services.Select(other => $"Fidelity.{other}")).ShouldBeEmpty(service);
        }
    }

    [Fact]
    public void What_services_share_knows_no_service()
    {
        foreach (var project in Repository.In("contracts/", ".csproj").Concat(Repository.In("services/Fidelity.", ".csproj")))
            Repository.References(project, "ProjectReference").Intersect(Repository.Services).ShouldBeEmpty(project);
    }

    [Fact]
    public void Nothing_but_one_switch_knows_of_the_substitute()
    {
        string[] mayKnow = ["services/Fidelity.MartenSubstitute/", "tests/services/Fidelity.MartenSubstitute.Tests/", "tests/Fidelity.Architecture.Tests/"];
        Repository.In("", ".cs", ".razor", ".csproj", ".props", ".targets")
            .Where(file => !mayKnow.Any(folder => file.StartsWith(folder, StringComparison.Ordinal)))
            .Where(file => Repository.Text(file).Contains("MartenSubstitute", StringComparison.Ordinal))
            .ShouldBe(["services/Marten.props"]);
    }

    static bool IsBaseLibrary(AssemblyName reference) => reference.Name!.StartsWith("System.", StringComparison.Ordinal);
}
