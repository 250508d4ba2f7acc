using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;

namespace Fidelity.Benchmarks;

/// <summary>The running Fidelity that bench.sh started, seen from outside.</summary>
sealed class Installation : IDisposable
{
    public static readonly string[] Services = ["roster", "tam", "surveys", "pir", "portal"];

    /// <summary>The services in the order of their ports.</summary>
    static readonly string[] Ports = ["portal", "roster", "tam", "pir", "surveys"];

    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan Patience = TimeSpan.FromHours(2);

    public HttpClient Portal { get; } = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = new(Variable("FIDELITY_URL")), Timeout = TimeSpan.FromMinutes(10),
    };

    public Installation() => Portal.DefaultRequestHeaders.Authorization =
        new("Bearer", File.ReadAllText(Path.Combine(Folder, "passwords", "portal-token")).Trim());

    public string Database { get; } = Variable("FIDELITY_POSTGRES");

    public Uri Broker { get; } = new(Variable("FIDELITY_RABBITMQ"));

    public string Folder { get; } = Variable("FIDELITY_DATA");

    /// <summary>Uploads the files of a network and waits for the dry run; returns the import's address.</summary>
    public async Task<string> Upload(string folder, string programme)
    {
        using var form = new MultipartFormDataContent();
        foreach (var file in Directory.EnumerateFiles(folder, "*.csv"))
            form.Add(new StreamContent(File.OpenRead(file)), "files", Path.GetFileName(file));
        using var answer = await Portal.PostAsync(new Uri($"/api/v1/imports?programme={programme}", UriKind.Relative), form);
        answer.EnsureSuccessStatusCode();
        var import = answer.Headers.Location!.ToString();
        await Until(import, "checked");
        return import;
    }

    /// <summary>Accepts an import and waits until its reviews have settled; returns how long that took.</summary>
    public async Task<TimeSpan> Accept(string import)
    {
        var started = Stopwatch.StartNew();
        using var accepted = await Portal.PostAsync(new Uri($"{import}/accept", UriKind.Relative), null);
        accepted.EnsureSuccessStatusCode();
        var settled = await Until(import, "settled");
        return (int)settled["refused"]! == 0
            ? started.Elapsed
            : throw new InvalidOperationException($"{settled["refused"]} rows were refused, so the import says nothing about speed.");
    }

    public async Task<JsonNode> Get(string address) => (await Portal.GetFromJsonAsync<JsonNode>(new Uri(address, UriKind.Relative)))!;

    async Task<JsonNode> Until(string import, string state)
    {
        var waiting = Stopwatch.StartNew();
        while (waiting.Elapsed < Patience)
        {
            var shown = await Get(import);
            if ((string)shown["state"]! == state)
                return shown;
            await Task.Delay(BetweenLooks);
        }

        throw new TimeoutException($"The import did not become {state}.");
    }

    /// <summary>The newest sequence in each store.</summary>
    public async Task<IReadOnlyDictionary<string, long>> Positions()
    {
        await using var connection = new NpgsqlConnection(Database);
        var positions = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var service in Services)
            positions[service] = await connection.ExecuteScalarAsync<long>($"select coalesce(max(seq_id), 0) from {service}.mt_events");
        return positions;
    }

    public async Task<string> Setting(string name)
    {
        await using var connection = new NpgsqlConnection(Database);
        return (await connection.ExecuteScalarAsync<string>($"show {name}"))!;
    }

    /// <summary>The most memory that a service has had in its hands since it was started, or since that was forgotten, in MB.</summary>
    public double PeakMemory(string service) => Status(service, "VmHWM");

    /// <summary>The memory that a service has in its hands now, in MB.</summary>
    public double Memory(string service) => Status(service, "VmRSS");

    public void ForgetPeak(string service) => File.WriteAllText($"/proc/{Pid(service)}/clear_refs", "5");

    /// <summary>Where a service says how it is.</summary>
    public Uri Health(string service) => new($"http://127.0.0.1:{Portal.BaseAddress!.Port + Array.IndexOf(Ports, service)}/health/ready");

    /// <summary>Ends one of the installation's processes as a power cut would.</summary>
    public void Kill(string name)
    {
        using var process = Process.GetProcessById(Pid(name));
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Starts what is not running.</summary>
    public static async Task Up()
    {
        var start = new ProcessStartInfo(Variable("FIDELITY_UP")) { UseShellExecute = false, RedirectStandardOutput = true };
        // These name the installation's own servers; given to it, they would be somebody else's, and not started.
        start.Environment.Remove("FIDELITY_POSTGRES");
        start.Environment.Remove("FIDELITY_RABBITMQ");
        using var process = Process.Start(start)!;
        await Console.Error.WriteAsync(await process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException("up.sh failed.");
    }

    int Pid(string name) => int.Parse(File.ReadAllText(Path.Combine(Folder, "pid", name)).Split(' ')[0], CultureInfo.InvariantCulture);

    double Status(string service, string field)
    {
        var line = File.ReadLines($"/proc/{Pid(service)}/status").First(line => line.StartsWith($"{field}:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    public void Dispose() => Portal.Dispose();

    static string Variable(string name) => Environment.GetEnvironmentVariable(name)
        ?? throw new InvalidOperationException($"{name} is not set. tests/bench.sh starts what is measured and sets it.");
}
