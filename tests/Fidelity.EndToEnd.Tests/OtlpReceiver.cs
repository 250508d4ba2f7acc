using System.Collections.Concurrent;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fidelity.EndToEnd.Tests;

public sealed record ReceivedSpan(
    string Service, string Trace, string Span, string Parent, string Source, string Name, IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<IReadOnlyDictionary<string, string>> Events);

public sealed record ReceivedMetric(string Service, string Name, string Unit, IReadOnlyDictionary<string, string> Attributes, double Value);

public sealed record ReceivedLog(string Service, string Trace, string Severity, string Body, IReadOnlyDictionary<string, string> Attributes);

/// <summary>Takes in what is exported over OTLP (http/protobuf), keeps all of it, and reads from it what tests ask for.</summary>
public sealed class OtlpReceiver : IAsyncLifetime
{
    public const string Address = "http://127.0.0.1:19130";

    readonly ConcurrentQueue<(string Signal, byte[] Body)> received = [];
    readonly WebApplication server;

    public OtlpReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Address).ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        server = builder.Build();
        server.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            received.Enqueue((signal, body.ToArray()));
            // An empty message says that everything was taken.
            return Results.Bytes([], "application/x-protobuf");
        });
    }

    public async ValueTask InitializeAsync() => await server.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    /// <summary>How much was received.</summary>
    public int Count => received.Count;

    /// <summary>Which signals carry the text anywhere at all. Protobuf keeps text as it is, so nothing hides from this.</summary>
    public IReadOnlyList<string> Carrying(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [.. received.Where(one => one.Body.AsSpan().IndexOf(bytes) >= 0).Select(one => one.Signal).Distinct()];
    }

    public IEnumerable<ReceivedSpan> Spans() =>
        from resource in Of("traces")
        from scope in resource.Messages(2)
        from span in scope.Messages(2)
        select new ReceivedSpan(
            Service(resource), span.Hex(1), span.Hex(2), span.Hex(4), scope.Messages(1).Single().Text(1), span.Text(5), Attributes(span.Messages(9)),
            [.. span.Messages(11).Select(happened => Attributes(happened.Messages(3)))]);

    public IEnumerable<ReceivedMetric> Metrics() =>
        from resource in Of("metrics")
        from scope in resource.Messages(2)
        from metric in scope.Messages(2)
        // Gauge, sum and histogram, with their points.
        from kind in new[] { 5, 7, 9 }
        from points in metric.Messages(kind)
        from point in points.Messages(1)
        select new ReceivedMetric(
            Service(resource), metric.Text(1), metric.Text(3), kind == 9 ? Attributes(point.Messages(9)) : Attributes(point.Messages(7)),
            kind == 9 ? point.Number(4) : point.Has(4) ? point.Double(4) : point.Number(6));

    public IEnumerable<ReceivedLog> Logs() =>
        from resource in Of("logs")
        from scope in resource.Messages(2)
        from record in scope.Messages(2)
        select new ReceivedLog(
            Service(resource), record.Hex(9), record.Text(3), string.Concat(record.Messages(5).Select(body => body.Text(1))), Attributes(record.Messages(6)));

    IEnumerable<ProtobufMessage> Of(string signal) =>
        received.Where(one => one.Signal == signal).SelectMany(one => new ProtobufMessage(one.Body).Messages(1));

    static string Service(ProtobufMessage resource) => Attributes(resource.Messages(1).Single().Messages(1))["service.name"];

    /// <summary>By name, of which some log more than one.</summary>
    static Dictionary<string, string> Attributes(IEnumerable<ProtobufMessage> pairs) => pairs.DistinctBy(pair => pair.Text(1))
        .ToDictionary(pair => pair.Text(1), pair => string.Concat(pair.Messages(2).Select(value => value.Text(1))));

    /// <summary>A message read without its schema, by field numbers, which OTLP promises to leave as they are.</summary>
    sealed class ProtobufMessage
    {
        readonly List<(int Field, object Value)> fields = [];

        public ProtobufMessage(byte[] bytes)
        {
            var input = new CodedInputStream(bytes);
            while (input.ReadTag() is var tag and not 0)
            {
                fields.Add((WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag) switch
                {
                    WireFormat.WireType.LengthDelimited => input.ReadBytes().ToByteArray(),
                    WireFormat.WireType.Varint => input.ReadUInt64(),
                    WireFormat.WireType.Fixed64 => input.ReadFixed64(),
                    WireFormat.WireType.Fixed32 => (ulong)input.ReadFixed32(),
                    var other => throw new InvalidDataException($"OTLP has no fields of the kind {other}."),
                }));
            }
        }

        public bool Has(int field) => fields.Exists(one => one.Field == field);

        public IEnumerable<ProtobufMessage> Messages(int field) => Bytes(field).Select(bytes => new ProtobufMessage(bytes));

        public string Text(int field) => string.Concat(Bytes(field).Select(Encoding.UTF8.GetString));

        public string Hex(int field) => string.Concat(Bytes(field).Select(Convert.ToHexStringLower));

        public double Double(int field) => BitConverter.UInt64BitsToDouble(Numbers(field).Single());

        public long Number(int field) => unchecked((long)Numbers(field).FirstOrDefault());

        IEnumerable<byte[]> Bytes(int field) => fields.Where(one => one.Field == field).Select(one => one.Value).OfType<byte[]>();

        IEnumerable<ulong> Numbers(int field) => fields.Where(one => one.Field == field).Select(one => one.Value).OfType<ulong>();
    }
}
