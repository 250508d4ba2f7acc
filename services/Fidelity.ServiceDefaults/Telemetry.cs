using System.Diagnostics;
using JasperFx.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Fidelity.ServiceDefaults;

/// <summary>
/// Metrics, traces and logs over OTLP, when OTEL_EXPORTER_OTLP_ENDPOINT says where to. Nothing in them is about a family: keys are
/// hashes, statements carry no values, and the words of exceptions stay here.
/// </summary>
static class Telemetry
{
    const string Database = "Npgsql";

    static readonly ActivitySource Source = new(Defaults.Meter);

    public static void AddTelemetry(this WebApplicationBuilder builder, string service)
    {
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return;
        // The address of a request may name a team; its span has the route.
        builder.Logging.AddFilter<OpenTelemetryLoggerProvider>("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService($"fidelity-{service}"))
            .WithTracing(traces => traces
                .AddSource(Source.Name, "MassTransit", Database).AddAspNetCoreInstrumentation().AddProcessor(new WordlessSpans()).AddOtlpExporter())
            .WithMetrics(metrics => metrics
                .AddMeter(Defaults.Meter, "MassTransit", Database, "Microsoft.AspNetCore.Hosting", "System.Runtime", "Marten").AddOtlpExporter())
            .WithLogging(logs => logs.AddProcessor(new WordlessRecords()).AddOtlpExporter());
    }

    /// <summary>What an event that is appended now is to say of its cause: the span, when somebody records it.</summary>
    public static string? Cause => Activity.Current is { Recorded: true } current ? current.Id : null;

    /// <summary>Goes on with the trace in which an event was appended; others may be under way since.</summary>
    public static Activity? Continue(IEvent recorded) => ActivityContext.TryParse(recorded.CausationId, traceState: null, isRemote: true, out var cause)
        ? Source.StartActivity($"publish {recorded.EventTypeName}", ActivityKind.Internal, cause)
        : null;

    /// <summary>Keeps of each span what cannot quote anybody.</summary>
    sealed class WordlessSpans : BaseProcessor<Activity>
    {
        static readonly string[] Addresses = ["url.path", "url.query", "url.full"];

        public override void OnEnd(Activity data)
        {
            // Daemons and watches look at the database all the time: not part of what anybody asked for.
            if (data.Source.Name == Database && data.ParentSpanId == default)
            {
                data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
                return;
            }

            foreach (var address in Addresses)
                data.SetTag(address, null);
            if (data.StatusDescription is not null)
                data.SetStatus(data.Status);
            foreach (ref readonly var happened in data.EnumerateEvents())
            {
                foreach (ref var tag in happened.EnumerateTagObjects())
                {
                    if (tag is { Key: not "exception.type", Value: string })
                        tag = new(tag.Key, "");
                }
            }
        }
    }

    /// <summary>Says of exceptions in the log which kind they were and where they came from.</summary>
    sealed class WordlessRecords : BaseProcessor<LogRecord>
    {
        public override void OnEnd(LogRecord data)
        {
            if (data.Exception is not { } failure)
                return;
            var wordless = WordlessException.Of(failure);
            data.Exception = null;
            data.Attributes = [.. data.Attributes ?? [], new("exception.type", wordless.Kind), new("exception.stacktrace", wordless.ToString())];
        }
    }
}
