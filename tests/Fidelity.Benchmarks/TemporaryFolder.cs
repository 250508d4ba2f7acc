namespace Fidelity.Benchmarks;

sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("fidelity-bench-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
