using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Submitting;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.IssuingTokens;
using Fidelity.ServiceDefaults;
using Fidelity.ServiceDefaults.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Fidelity.Portal.Tests.Describing;

/// <summary>The portal as its program makes it, with a database of its own and without the broker: it shows what it is told to know.</summary>
public sealed class StoredPortal : IAsyncLifetime
{
    readonly string name = $"portal_{Guid.CreateVersion7():n}";
    readonly string secret = Path.GetTempFileName();
    readonly Dictionary<string, string?> settings;
    WebApplication? app;

    public StoredPortal() => settings = new(StringComparer.Ordinal);

    /// <summary>With settings of its own.</summary>
    internal StoredPortal(params (string Name, string Value)[] settings) =>
        this.settings = settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value, StringComparer.Ordinal);

    /// <summary>Asks with the installation's token.</summary>
    public HttpClient Client { get; private set; } = new();

    public IServiceProvider Services => app!.Services;

    string Database => new NpgsqlConnectionStringBuilder(VirtualHost.Variable("FIDELITY_TEST_POSTGRES")) { Database = name }.ToString();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using (var server = new NpgsqlConnection(VirtualHost.Variable("FIDELITY_TEST_POSTGRES")))
            await server.ExecuteAsync($"create database {name}");
        await File.WriteAllTextAsync(secret, Convert.ToBase64String(new byte[32]));
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "Fidelity.Portal", ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(settings, StringComparer.Ordinal)
        {
            ["FIDELITY_POSTGRES"] = Database, ["FIDELITY_RABBITMQ"] = "amqp://127.0.0.1/", ["FIDELITY_SECRET_FILE"] = secret, ["FIDELITY_TOKEN_FILE"] = secret,
            ["urls"] = "http://127.0.0.1:0",
        });
        builder.AddServiceDefaults("portal");
        builder.AddPortal(declareOnly: false);
        builder.Logging.ClearProviders();
        foreach (var bus in builder.Services.Where(service =>
                     service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Namespace?.StartsWith("MassTransit", StringComparison.Ordinal) is true).ToList())
            builder.Services.Remove(bus);
        app = builder.Build();
        app.MapPortal();
        await app.StartAsync();
        Client = Asking(Convert.ToBase64String(new byte[32]));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (app is not null)
        {
            await app.StopAsync(CancellationToken.None);
            await app.DisposeAsync();
        }

        File.Delete(secret);
        await using var server = new NpgsqlConnection(VirtualHost.Variable("FIDELITY_TEST_POSTGRES"));
        await server.ExecuteAsync($"drop database if exists {name} with (force)");
    }

    /// <summary>A program that asks with a token; without one, somebody whom nobody knows.</summary>
    public HttpClient Asking(string? token)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(app!.Urls.Single()) };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    /// <summary>A token of a program for some purposes, in one programme.</summary>
    public async Task<string> Token(string programme, params Purpose[] purposes)
    {
        var (token, fault) = await Services.GetRequiredService<Tokens>().Make(
            new("a program", [.. purposes.Select(Codes.Of)], programme, 1), Policy.Installation, "these tests", Cancelled);
        fault.ShouldBeNull();
        return token!;
    }

    /// <summary>Puts facts where the owners' messages would have put them.</summary>
    public async Task Know(params IEnumerable<Fact> facts)
    {
        var known = facts.ToList();
        await Execute(
            """
            insert into portal.facts (programme, kind, key, team_id, version, data)
            select programme, kind, key, team_id, version, data::jsonb from unnest(@programmes, @kinds, @keys, @teams, @versions, @data) as new (programme, kind, key, team_id, version, data)
            on conflict (programme, kind, key) do update set team_id = excluded.team_id, version = excluded.version, data = excluded.data
            """,
            new
            {
                programmes = known.Select(fact => fact.Programme).ToArray(), kinds = known.Select(fact => fact.About.Kind).ToArray(), keys = known.Select(fact => fact.About.Key).ToArray(),
                teams = known.Select(fact => fact.TeamId).ToArray(), versions = known.Select(fact => fact.Version).ToArray(),
                data = known.Select(fact => JsonSerializer.Serialize(fact, fact.GetType(), FactsTable.Json)).ToArray(),
            });
    }

    public async Task Forget(Fact fact) => await Execute(
        "delete from portal.facts where programme = @Programme and kind = @Kind and key = @Key", new { fact.Programme, fact.About.Kind, fact.About.Key });

    public async Task<int> Execute(string sql, object? values = null)
    {
        await using var connection = new NpgsqlConnection(Database);
        return await connection.ExecuteAsync(sql, values);
    }

    public async Task<IReadOnlyList<T>> Query<T>(string sql, object? values = null)
    {
        await using var connection = new NpgsqlConnection(Database);
        return [.. await connection.QueryAsync<T>(sql, values)];
    }

    public async Task<JsonNode> Get(string address) => JsonNode.Parse(await Client.GetStringAsync(address, Cancelled))!;
}
