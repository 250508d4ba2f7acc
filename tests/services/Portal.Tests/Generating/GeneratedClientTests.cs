using System.Diagnostics;
using System.Reflection;
using Fidelity.Contracts.Pir;
using Fidelity.Measurement;
using Fidelity.Portal.Tests.Describing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Fidelity.Portal.Tests.Generating;

/// <summary>A client that a generator makes of the description compiles, and gets what the API says.</summary>
public sealed class GeneratedClientTests(StoredPortal portal) : IClassFixture<StoredPortal>
{
    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "generating");

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_is_generated_compiles_and_is_of_use()
    {
        var described = Path.Combine(Folder, "v1.json");
        await File.WriteAllTextAsync(described, await portal.Client.GetStringAsync("/openapi/v1.json", Cancelled), Cancelled);
        await Run("tool", "restore");
        await Run(
            "kiota", "generate", "--language", "CSharp", "--openapi", described, "--class-name", "FidelityClient", "--namespace-name", "Fidelity.Generated",
            "--output", Path.Combine(Folder, "client"), "--clean-output", "--log-level", "Error");
        await portal.Know(new ReviewComputed(
            1, "generated", "nord", "2026-H1", new(2026, 1, 1), new(2026, 6, 30), ReviewState.Refreshed, "mst@1", 1, new(2026, 7, 1), null, 0, 0,
            [new("completed", MeasureKind.Share, 13 / 15d, 13, 15, 0.6212, 0.9626, ">= 0.85", MeasureStatus.Met)]));

        var said = await (Task<IReadOnlyList<string>>)Compiled().GetType("Using")!.GetMethod("Run")!.Invoke(null, [portal.Client])!;
        said.ShouldBe(
        [
            "nord 2026-H1 completed 13 of 15: Met", "cam@1 has 23 items and 3 subscales", "True Active Review_presented", "422 Out_of_scale limit",
        ]);
    }

    /// <summary>Everything that was generated, with the program that uses it; nothing that a compiler warns of at its usual level.</summary>
    static Assembly Compiled()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Folder, "client"), "*.cs", SearchOption.AllDirectories).Append(Path.Combine(Folder, "Using.txt"));
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "generated", sources.Select(path => CSharpSyntaxTree.ParseText(File.ReadAllText(path), path: path, cancellationToken: Cancelled)), references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly, cancellationToken: Cancelled);
        result.Diagnostics.Where(said => said.Severity == DiagnosticSeverity.Error).Select(said => said.ToString()).ShouldBeEmpty();
        return Assembly.Load(assembly.ToArray());
    }

    static async Task<string> Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = Folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KIOTA_TUTORIAL_ENABLED"] = "false";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = start.Environment["DOTNET_NOLOGO"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Cancelled);
        var errors = process.StandardError.ReadToEndAsync(Cancelled);
        await process.WaitForExitAsync(Cancelled);
        var said = await output + await errors;
        process.ExitCode.ShouldBe(0, $"dotnet {string.Join(' ', arguments)}: {said}");
        return said;
    }
}
