using System.Diagnostics;

namespace Fidelity.EventStore;

/// <summary>Another process of this program, or of the program as it was built with the other event store.</summary>
public sealed class Peer : IAsyncDisposable
{
    /// <summary>Where the executable is that was built with the other event store, if it was.</summary>
    public const string OtherVariable = "FIDELITY_TEST_OTHER_STORE";

    readonly Process process;

    Peer(string executable, string[] arguments)
    {
        var start = new ProcessStartInfo(executable, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        process = Process.Start(start)!;
        // What it writes to the other stream is asked for only when it fails, and must not block it meanwhile.
        Errors = process.StandardError.ReadToEndAsync();
    }

    Task<string> Errors { get; }

    static string Here { get; } = Path.Combine(AppContext.BaseDirectory, typeof(Peer).Assembly.GetName().Name!);

    public static string? Other => Environment.GetEnvironmentVariable(OtherVariable) is { Length: > 0 } given ? given : null;

    public static Peer Daemon(string schema, string name, bool holding = false, string? executable = null) =>
        new(executable ?? Here, holding ? [Program.DaemonCommand, schema, name, "holding"] : [Program.DaemonCommand, schema, name]);

    /// <summary>Deposits, and returns what the writer found afterwards.</summary>
    public static async Task<string> DepositAsync(string schema, string key, int amount, string? executable = null)
    {
        await using var writer = new Peer(executable ?? Here, [Program.WriterCommand, schema, key, $"{amount}"]);
        var said = await writer.process.StandardOutput.ReadToEndAsync();
        await writer.process.WaitForExitAsync();
        return writer.process.ExitCode == 0 ? said.Trim() : throw new InvalidOperationException(await writer.Errors);
    }

    /// <summary>Waits for its next line.</summary>
    public async Task<string> SaysAsync() =>
        await process.StandardOutput.ReadLineAsync().WaitAsync(Eventually.Soon)
            ?? throw new InvalidOperationException($"It ended: {await Errors}");

    /// <summary>Ends it as a power cut would: nothing of it runs any more, and nothing was told.</summary>
    public async Task KillAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
    }
}
