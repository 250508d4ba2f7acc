using System.Text.Json.Nodes;
using Fidelity.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fidelity.Portal.Tests.Describing;

/// <summary>The portal as its program makes it, running without the database and the broker: it has its routes, and nothing behind them.</summary>
public sealed class LonePortal : IAsyncLifetime
{
    readonly Action<WebApplication>? more;
    readonly Dictionary<string, string?> settings = new(StringComparer.Ordinal);

    readonly string secret = Path.GetTempFileName();
    WebApplication? app;

    public LonePortal()
    {
    }

    /// <summary>With more routes than the portal has.</summary>
    internal LonePortal(Action<WebApplication> more) => this.more = more;

    /// <summary>With settings of its own.</summary>
    internal LonePortal(params (string Name, string Value)[] settings) => this.settings = settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value, StringComparer.Ordinal);

    public HttpClient Client { get; } = new();

    public JsonNode Document { get; private set; } = new JsonObject();

    public IEnumerable<RouteEndpoint> Routes => app!.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(secret, Convert.ToBase64String(new byte[32]));
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "Fidelity.Portal", ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["FIDELITY_POSTGRES"] = "Host=127.0.0.1", ["FIDELITY_RABBITMQ"] = "amqp://127.0.0.1/", ["FIDELITY_SECRET_FILE"] = secret,
            // The secret will do for the installation's token as well.
            ["FIDELITY_TOKEN_FILE"] = secret,
            ["urls"] = "http://127.0.0.1:0",
        });
        builder.Configuration.AddInMemoryCollection(settings);
        var server = builder.Services.Where(service => service.ServiceType == typeof(IHostedService)).ToList();
        builder.AddServiceDefaults("portal");
        builder.AddPortal(declareOnly: false);
        builder.Logging.ClearProviders();
        foreach (var working in builder.Services.Where(service => service.ServiceType == typeof(IHostedService)).Except(server).ToList())
            builder.Services.Remove(working);
        app = builder.Build();
        app.MapPortal();
        more?.Invoke(app);
        await app.StartAsync();
        Client.BaseAddress = new Uri(app.Urls.Single());
        Client.DefaultRequestHeaders.Authorization = new("Bearer", Convert.ToBase64String(new byte[32]));
        Document = JsonNode.Parse(await Client.GetStringAsync("/openapi/v1.json"))!;
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
            await app.DisposeAsync();
        Client.Dispose();
        File.Delete(secret);
    }
}
