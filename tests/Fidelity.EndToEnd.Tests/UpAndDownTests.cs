using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.Versioning;

namespace Fidelity.EndToEnd.Tests;

/// <summary>
/// The scripts on a machine that has nothing running: they bring PostgreSQL and RabbitMQ of their own, in a folder whose
/// name has a space in it.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class UpAndDownTests : IDisposable
{
    const int Port = 18400;

    static readonly int[] Ports = [Port, Port + 1, Port + 2, Port + 3, Port + 4, Port + 10, Port + 20, Port + 21, Port + 22];

    static readonly string Scripts = Path.Combine(
        typeof(UpAndDownTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(it => it.Key == "Repository").Value!,
        "deploy");

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    readonly string folder = Path.Combine(Path.GetTempPath(), $"fidelity up {Environment.ProcessId}");

    [Fact]
    public async Task Everything_starts_is_found_running_survives_a_kill_and_stops()
    {
        (await Run("up.sh")).ShouldContain($"Fidelity is at http://127.0.0.1:{Port}/");
        (await Run("up.sh")).ShouldBe($"Fidelity is already running at http://127.0.0.1:{Port}/\n");

        var secret = await File.ReadAllTextAsync(Path.Combine(folder, "secret"), Cancelled);
        Convert.FromBase64String(secret.Trim()).Length.ShouldBe(32);
        File.GetUnixFileMode(Path.Combine(folder, "secret")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        // The portal goes on without its broker, and says what that means.
        await Kill("rabbitmq");
        while (!(await Health(Port)).Contains("RabbitMQ does not answer", StringComparison.Ordinal))
            await Task.Delay(100, Cancelled);
        (await Ready(Port)).ShouldBe(HttpStatusCode.OK);
        foreach (var victim in new[] { "postgres", "roster" })
            await Kill(victim);
        await Run("up.sh");
        foreach (var service in Enumerable.Range(Port, 5))
            (await Ready(service)).ShouldBe(HttpStatusCode.OK);
        (await File.ReadAllTextAsync(Path.Combine(folder, "secret"), Cancelled)).ShouldBe(secret);

        foreach (var service in new[] { "portal", "tam" })
            await Kill(service);
        (await Run("deadletters.sh", "list")).ShouldContain("every message was handled");

        await Run("down.sh");
        Ports.Where(Answers).ShouldBeEmpty();
        await Run("down.sh");
    }

    public void Dispose()
    {
        Run("down.sh").GetAwaiter().GetResult();
        Directory.Delete(folder, recursive: true);
    }

    async Task Kill(string name)
    {
        var pid = int.Parse((await File.ReadAllTextAsync(Path.Combine(folder, "pid", name))).Split(' ')[0], CultureInfo.InvariantCulture);
        using var process = Process.GetProcessById(pid);
        process.Kill();
        await process.WaitForExitAsync();
    }

    static async Task<HttpStatusCode> Ready(int port)
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"));
        return answer.StatusCode;
    }

    static async Task<string> Health(int port)
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"));
        return await answer.Content.ReadAsStringAsync();
    }

    static bool Answers(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    async Task<string> Run(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Scripts, script), arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["FIDELITY_DATA"] = folder;
        start.Environment["FIDELITY_PORT"] = Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["FIDELITY_DEMO"] = "0";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{script} failed:\n{await output}{await errors}");
        return await output;
    }
}
