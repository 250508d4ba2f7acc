using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Playwright;
using Npgsql;

namespace Fidelity.EndToEnd.Tests;

/// <summary>
/// A whole Fidelity of its own: a database, a virtual host, a data folder and a block of ports, started by the same
/// script as everybody's. Its services are real processes that may be killed.
/// </summary>
/// <param name="port">The portal's port.</param>
/// <param name="ownServers">Whether it brings a PostgreSQL and a RabbitMQ of its own, as an installation without settings does.</param>
public abstract class Installation(int port, bool ownServers = false) : IAsyncLifetime
{
    protected static readonly string Repository = typeof(Installation).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "Repository").Value!;

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    readonly string name = $"fidelity_e2e_{port}_{Environment.ProcessId}";
    readonly string folder = Directory.CreateTempSubdirectory("fidelity-e2e-").FullName;

    /// <summary>What an installation is told besides where it is.</summary>
    protected virtual IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    readonly ConcurrentDictionary<string, Task<string>> sessions = new(StringComparer.Ordinal);

    public static string Season { get; } = Path.Combine(AppContext.BaseDirectory, "season");

    /// <summary>Asks the portal, and holds every answer of its API against its description.</summary>
    public HttpClient Portal { get; } = new(new DescribedAnswers()) { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Patience };

    public virtual async ValueTask InitializeAsync()
    {
        await Prepare();
        await Up();
    }

    /// <summary>Makes all that the installation needs, and starts nothing of it.</summary>
    protected async Task Prepare()
    {
        if (ownServers)
        {
            // Root's PostgreSQL runs as another user, who has to come through.
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            return;
        }

        await using (var server = new NpgsqlConnection(Variable("FIDELITY_TEST_POSTGRES")))
            await server.ExecuteAsync($"create database {name}");
        await Run(Variable("FIDELITY_TEST_RABBITMQCTL"), "add_vhost", name);
        await Run(Variable("FIDELITY_TEST_RABBITMQCTL"), "set_permissions", "-p", name, BrokerUser, ".*", ".*", ".*");
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Run(Path.Combine(Repository, "deploy/down.sh"));
        NpgsqlConnection.ClearAllPools();
        if (!ownServers)
        {
            await Run(Variable("FIDELITY_TEST_RABBITMQCTL"), "delete_vhost", name);
            await using var server = new NpgsqlConnection(Variable("FIDELITY_TEST_POSTGRES"));
            await server.ExecuteAsync($"drop database if exists {name} with (force)");
        }

        Directory.Delete(folder, recursive: true);
        Portal.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts whatever is not running.</summary>
    public async Task Up()
    {
        await Run(Path.Combine(Repository, "deploy/up.sh"));
        await UseToken();
    }

    /// <summary>The portal knows the caller by the installation's own token.</summary>
    async Task UseToken() => Portal.DefaultRequestHeaders.Authorization =
        new("Bearer", (await File.ReadAllTextAsync(Path.Combine(folder, "run", "passwords", "portal-token"))).Trim());

    /// <summary>Does something about access from the shell.</summary>
    public Task<string> Access(params string[] command) => Run(Path.Combine(Repository, "deploy/access.sh"), command);

    /// <summary>Computes a presented review again from the shell.</summary>
    public Task<string> Reproduce(string programme, string team, string period) => Run(Path.Combine(Repository, "deploy/reproduce.sh"), programme, team, period);

    /// <summary>A session of somebody who was granted a role, in the whole of a programme or of the installation, as a browser keeps it.</summary>
    public Task<string> Session(Chromium chromium, string role, string? programme = null) => sessions.GetOrAdd($"{role} {programme}", async _ =>
    {
        string[] where = programme is null ? [] : ["--programme", programme];
        var link = await Access(["invite", role, "--basis", "these tests", .. where]);
        return await chromium.TakeUp(new Uri(link.Trim()), $"{role}.{sessions.Count}");
    });

    /// <summary>An administrator invites somebody on the page, and gives the link. The browser's session is an administrator's.</summary>
    public async Task<Uri> InviteTo(string programme, Chromium chromium, string holder, string? staff)
    {
        await using var profile = await chromium.NewProfile(Portal.BaseAddress!, "en-GB");
        var page = await profile.NewPageAsync();
        await page.GotoAsync("/access");
        await page.GetByLabel("Who it is for").FillAsync(holder);
        await page.GetByLabel("Programme", new() { Exact = true }).SelectOptionAsync(programme);
        if (staff is not null)
            await page.GetByLabel("Staff id in the roster").FillAsync(staff);
        await page.GetByRole(AriaRole.Button, new() { Name = "Invite" }).ClickAsync();
        return new(await page.GetByRole(AriaRole.Status).Locator("code").InnerTextAsync());
    }

    /// <summary>The process that a service was started as; with servers of its own, also that of <c>postgres</c> or <c>rabbitmq</c>.</summary>
    public int Pid(string service) => int.Parse(
        File.ReadAllText(Path.Combine(folder, "run", "pid", service)).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Where a service says how it is.</summary>
    public string Health(string service) =>
        $"http://127.0.0.1:{port + Array.IndexOf(["portal", "roster", "tam", "pir", "surveys"], service)}/health/ready";

    /// <summary>Ends a service as a power cut would.</summary>
    public void Kill(string service)
    {
        using var process = Process.GetProcessById(Pid(service));
        process.Kill();
        process.WaitForExit();
    }

    public Task<string> LoadFromShell(string files, string programme, params string[] options) =>
        Run(Path.Combine(Repository, "deploy/load.sh"), [files, "--programme", programme, .. options]);

    /// <summary>Takes a backup into a folder, with the secrets beside it.</summary>
    public Task<string> Backup(string backup) => Run(Path.Combine(Repository, "deploy/backup.sh"), backup, "--secrets", Secrets(backup));

    /// <summary>Restores a backup, and starts nothing but the servers.</summary>
    public Task<string> Restore(string backup) => Run(Path.Combine(Repository, "deploy/restore.sh"), backup, "--secrets", Secrets(backup));

    public async Task<string> Upgrade()
    {
        var said = await Run(Path.Combine(Repository, "deploy/upgrade.sh"));
        await UseToken();
        return said;
    }

    static string Secrets(string backup) => $"{backup}-secrets.tar";

    public Task<string> DeadLetters(params string[] command) => Run(Path.Combine(Repository, "deploy/deadletters.sh"), command);

    /// <summary>A file of deploy/.</summary>
    public static string Deployed(string file) => Path.Combine(Repository, "deploy", file);

    /// <summary>What a service has logged since it was started last.</summary>
    public Task<string> Log(string service) => File.ReadAllTextAsync(Path.Combine(folder, "run", "log", $"{service}.log"));

    /// <summary>Does something to the database behind the services' backs.</summary>
    public async Task Execute(string sql)
    {
        await using var connection = new NpgsqlConnection(Database);
        await connection.ExecuteAsync(sql);
    }

    /// <summary>Uploads a folder's files and waits for the dry run.</summary>
    public async Task<string> Upload(string files, string programme)
    {
        using var form = new MultipartFormDataContent();
        foreach (var file in Directory.EnumerateFiles(files, "*.csv"))
            form.Add(new ByteArrayContent(await File.ReadAllBytesAsync(file)), "files", Path.GetFileName(file));
        using var answer = await Portal.PostAsync($"/api/v1/imports?programme={programme}", form);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        var import = answer.Headers.Location!.ToString();
        await Until(import, shown => (string)shown["state"]! == "checked");
        return import;
    }

    public async Task Accept(string import)
    {
        using var accepted = await Portal.PostAsync($"{import}/accept", null);
        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted, await accepted.Content.ReadAsStringAsync());
    }

    public async Task<JsonNode> Import(string files, string programme)
    {
        var import = await Upload(files, programme);
        await Accept(import);
        return await Until(import, shown => (string)shown["state"]! == "settled");
    }

    /// <summary>Submits one record.</summary>
    public Task<HttpResponseMessage> Post(string programme, string address, JsonNode? document) =>
        Portal.PostAsJsonAsync($"/api/v1/{address}?programme={programme}", document);

    /// <summary>Submits a record that is in order, waits where it is still being recorded, and says what became of it.</summary>
    public async Task<JsonNode> Record(string programme, string address, JsonNode document)
    {
        using var answer = await Post(programme, address, document);
        var said = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Accepted);
        if (answer.StatusCode == HttpStatusCode.Accepted)
            said = await Until(answer.Headers.Location!.ToString(), shown => (string)shown["state"]! == "recorded");
        ((string)said["state"]!).ShouldBe("recorded", said.ToJsonString());
        return said;
    }

    /// <summary>Waits until nothing is under way anywhere, as an import does, and this one has no rows.</summary>
    public async Task Settle()
    {
        var files = Directory.CreateTempSubdirectory("fidelity-nothing-").FullName;
        await File.WriteAllTextAsync(Path.Combine(files, "reassignments.csv"), "case_id,therapist_id,from\n");
        await Import(files, "nothing");
    }

    /// <summary>Asks until the answer is as wished; a portal that is just being started again does not answer at all.</summary>
    public async Task<JsonNode> Until(string address, Predicate<JsonNode> wished)
    {
        var deadline = Stopwatch.StartNew();
        JsonNode? last = null;
        while (deadline.Elapsed < Patience)
        {
            try
            {
                last = (await Portal.GetFromJsonAsync<JsonNode>(address))!;
                if (wished(last))
                    return last;
            }
            catch (HttpRequestException)
            {
                // It is away; the next question may find it back.
            }

            await Task.Delay(100);
        }

        throw new TimeoutException($"{address} did not become what was waited for. Last: {last?.ToJsonString()}");
    }

    public async Task<JsonArray> Get(string address) => (await Portal.GetFromJsonAsync<JsonArray>(address))!;

    /// <summary>How many events each service has stored.</summary>
    public async Task<IReadOnlyDictionary<string, long>> Events()
    {
        await using var connection = new NpgsqlConnection(Database);
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var schema in new[] { "roster", "tam", "surveys", "pir", "portal" })
            counts[schema] = await connection.ExecuteScalarAsync<long>($"select count(*) from {schema}.mt_events");
        return counts;
    }

    /// <summary>How many submissions and imports the portal has let in; whatever else is stored follows from them.</summary>
    public async Task<long> LetIn()
    {
        await using var connection = new NpgsqlConnection(Database);
        return await connection.ExecuteScalarAsync<long>(
            "select count(*) from portal.mt_events where type in ('submission_accepted', 'import_received', 'import_accepted')");
    }

    /// <summary>How often interviews whose id begins like this are recorded in Tam's streams.</summary>
    public async Task<long> Recorded(string prefix)
    {
        await using var connection = new NpgsqlConnection(Database);
        return await connection.ExecuteScalarAsync<long>(
            "select count(*) from tam.mt_events where type = 'interview_recorded' and data::text like @like", new { like = $"%\"{prefix}%" });
    }

    /// <summary>What is in the broker, by queue.</summary>
    public async Task<IReadOnlyDictionary<string, int>> Queued()
    {
        string[] list = ["list_queues", "--quiet", "--no-table-headers", "name", "messages"];
        var said = ownServers
            ? await Rabbitmqctl(list)
            : await Run(Variable("FIDELITY_TEST_RABBITMQCTL"), [.. list, "-p", name]);
        return said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))
            .ToDictionary(cells => cells[0], cells => int.Parse(cells[1], System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal);
    }

    /// <summary>Its virtual host, when the broker is everybody's.</summary>
    public Uri SharedBroker => new UriBuilder(Variable("FIDELITY_TEST_RABBITMQ")) { Path = name }.Uri;

    /// <summary>Its broker, when that is its own.</summary>
    public Uri Broker => BrokerAs("fidelity", "rabbitmq");

    public Uri BrokerAs(string user, string passwordOf) =>
        new($"amqp://{user}:{File.ReadAllText(PasswordFile(passwordOf))}@127.0.0.1:{port + 20}/");

    public string Database => ownServers ? DatabaseAs("fidelity")
        : new NpgsqlConnectionStringBuilder(Variable("FIDELITY_TEST_POSTGRES")) { Database = name }.ConnectionString;

    /// <summary>Its database, when that is its own, as somebody whom deploy has made.</summary>
    public string DatabaseAs(string role, string database = "fidelity") =>
        $"Host=127.0.0.1;Port={port + 10};Database={database};Username={role};Password={File.ReadAllText(PasswordFile(role))}";

    public string PasswordFile(string of) => Path.Combine(folder, "run", "passwords", of);

    /// <summary>The id that its services make of some words, by its secret.</summary>
    public Guid KeyedId(params string[] words)
    {
        var secret = Convert.FromBase64String(File.ReadAllText(Path.Combine(folder, "run", "secret")));
        byte[] said = [.. words.Select(Encoding.UTF8.GetBytes).SelectMany(word => BitConverter.GetBytes(word.Length).Concat(word))];
        return new(HMACSHA256.HashData(secret, said).AsSpan(0, 16), bigEndian: true);
    }

    /// <summary>Asks its broker or changes something there, when that is its own.</summary>
    public Task<string> Rabbitmqctl(params string[] command) => Run(Path.Combine(folder, "run/rabbitmq/rabbitmqctl"), command);

    static string BrokerUser => new Uri(Variable("FIDELITY_TEST_RABBITMQ")).UserInfo.Split(':')[0];

    static string Variable(string variable) => Environment.GetEnvironmentVariable(variable)
        ?? throw new InvalidOperationException($"{variable} is not set. tests/run.sh starts what these tests need and sets it.");

    protected async Task<string> Run(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["FIDELITY_DATA"] = Path.Combine(folder, "run");
        start.Environment["FIDELITY_PORT"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (!ownServers)
        {
            start.Environment["FIDELITY_POSTGRES"] = Database;
            start.Environment["FIDELITY_RABBITMQ"] = SharedBroker.ToString();
        }

        start.Environment["FIDELITY_DEMO"] = "0";
        start.Environment["FIDELITY_TODAY"] = "2026-10-31";
        // All the people of a test come from one address.
        start.Environment["FIDELITY_REQUESTS_A_MINUTE"] = start.Environment["FIDELITY_SIGN_INS_A_MINUTE"] = "1000000";
        foreach (var (setting, value) in Settings)
            start.Environment[setting] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var said = await output + await errors;
        process.ExitCode.ShouldBe(0, $"{Path.GetFileName(command)} {string.Join(' ', arguments)} failed:\n{said}");
        return said;
    }
}
