using System.Text.Json;
using System.Text.Json.Serialization;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Fidelity.ServiceDefaults;

/// <summary>What every service has: clock, calendar, keys, logging, telemetry and health.</summary>
public static class Defaults
{
    /// <summary>The name of our own metrics and traces.</summary>
    public const string Meter = "Fidelity";

    static readonly JsonSerializerOptions HealthJson = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DictionaryKeyPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true,
    };

    static readonly TimeSpan TopologyPatience = TimeSpan.FromSeconds(30);

    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string service)
    {
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new BusinessCalendar(TimeProvider.System, builder.Configuration));
        builder.Services.AddSingleton(new InstallationKeys(builder.Configuration));
        builder.Services.AddSingleton<Facts>();
        builder.Services.AddSingleton<InFlight>();
        builder.Services.AddSingleton<Lags>();
        builder.Services.AddSingleton<Progress>();
        builder.Services.AddSingleton<LagWatch>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LagWatch>());
        builder.Services.AddHealthChecks()
            .AddCheck<EventStoreHealth>("event store", tags: ["ready"])
            .AddCheck<LagHealth>("subscriptions", tags: ["ready"]);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });
        builder.AddTelemetry(service);
        return builder;
    }

    /// <summary>
    /// Serves until stopped; or only declares the topology or makes it anew, rebuilds read tables or publishes again, as the arguments
    /// say. Answers how the process ends.
    /// </summary>
    public static async Task<int> RunServiceAsync(this WebApplication app, string[] args)
    {
        if (args.Contains(Bus.DeclareTopology))
        {
            if (args.Contains(RenewingTopology.Argument))
                await ActivatorUtilities.CreateInstance<RenewingTopology>(app.Services).Renew(Console.Out, CancellationToken.None);
            else
                await DeclareTopology(app.Services.GetRequiredService<IBusControl>());
            return 0;
        }

        if (args is [Rebuilding.Argument, .. var names])
            return await ActivatorUtilities.CreateInstance<Rebuilding>(app.Services).Rebuild(names.FirstOrDefault(), Console.Out, CancellationToken.None);
        if (args.Contains(PublishingAgain.Argument))
            return await ActivatorUtilities.CreateInstance<PublishingAgain>(app.Services).Rewind(Console.Out, CancellationToken.None);

        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = Write }).AllowAnonymous();
        await app.RunAsync();
        return 0;
    }

    /// <summary>
    /// Every check with its status, a sentence and its numbers. Exceptions are for the log, and what MassTransit adds is the
    /// broker's address.
    /// </summary>
    static Task Write(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new
        {
            Status = report.Status.ToString(),
            Checks = report.Entries.ToDictionary(
                check => check.Key,
                check => new
                {
                    Status = check.Value.Status.ToString(), check.Value.Description,
                    Data = check.Value.Tags.Contains("masstransit", StringComparer.Ordinal) || check.Value.Data.Count == 0 ? null : check.Value.Data,
                }, StringComparer.Ordinal),
        }, HealthJson);

    /// <summary>
    /// Declares, or fails: a bus that did not start in time says that it has when it is asked again, so that who wants to try again
    /// starts anew. Declaring twice declares once.
    /// </summary>
    internal static async Task DeclareTopology(IBusControl bus)
    {
        try
        {
            await bus.StartAsync(TopologyPatience).WaitAsync(TopologyPatience + TopologyPatience);
        }
        catch (Exception failure) when (failure.GetBaseException() is OperationInterruptedException { ShutdownReason: { ReplyCode: Constants.PreconditionFailed } reason })
        {
            throw new InvalidOperationException(
                $"The broker has a queue that another version of Fidelity declared otherwise: {reason.ReplyText}. deploy/upgrade.sh makes the queues "
                + "anew, with what is in them.", failure.GetBaseException());
        }
        finally
        {
            // What is declared stays declared; a connection that will not close must not hold up the start.
            await bus.StopAsync(TopologyPatience).WaitAsync(TopologyPatience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    sealed class EventStoreHealth(NpgsqlDataSource database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var command = database.CreateCommand("select 1");
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (NpgsqlException failure)
            {
                return HealthCheckResult.Unhealthy("PostgreSQL does not answer.", failure);
            }
        }
    }
}
