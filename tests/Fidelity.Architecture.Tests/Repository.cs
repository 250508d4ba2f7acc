using System.Reflection;
using System.Xml.Linq;

namespace Fidelity.Architecture.Tests;

/// <summary>The repository as it lies on disk, and the assemblies built from it.</summary>
static class Repository
{
    static readonly string[] NotSource = ["bin", "obj", ".git", ".run", "artifacts", "TestResults", ".vs", ".idea"];

    public static string Root { get; } = Path.GetFullPath(
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Repository").Value!);

    /// <summary>Every source file by its path from the root, with / between folders.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Under(Root).Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))];

    /// <summary>The services: what runs as a process of its own.</summary>
    public static IReadOnlyList<string> Services { get; } =
        [.. Files.Where(file => file.StartsWith("services/", StringComparison.Ordinal) && file.EndsWith("/Program.cs", StringComparison.Ordinal)).Select(file => file.Split('/')[1])];

    public static string Text(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static IEnumerable<string> In(string folder, params string[] endings) =>
        Files.Where(file => file.StartsWith(folder, StringComparison.Ordinal) && endings.Any(ending => file.EndsWith(ending, StringComparison.Ordinal)));

    /// <summary>What a project names in elements such as ProjectReference: the last part of the path, without its ending.</summary>
    public static IReadOnlyList<string> References(string project, string element) =>
    [
        .. XDocument.Parse(Text(project)).Descendants(element).Select(reference => reference.Attribute("Include")!.Value)
            .Select(reference => element == "ProjectReference" ? Path.GetFileNameWithoutExtension(reference.Replace('\\', '/')) : reference),
    ];

    public static Assembly Contracts => typeof(Fidelity.Contracts.Command).Assembly;

    public static Assembly AssemblyOf(string service) => Assembly.Load($"Fidelity.{service}");

    static IEnumerable<string> Under(string folder) =>
        Directory.EnumerateFiles(folder).Where(file => !NotSource.Contains(Path.GetFileName(file))).Concat(Directory.EnumerateDirectories(folder).Where(inner => !NotSource.Contains(Path.GetFileName(inner))).SelectMany(Under))
            .Order(StringComparer.Ordinal);
}
