using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MassTransit;
using RabbitMQ.Client;

namespace Fidelity.Portal.DeadLetters;

/// <summary>A message that could not be handled, with what its headers say of the cause.</summary>
sealed class DeadLetter(BasicGetResult got)
{
    /// <summary>What failing and being looked at added; a message that goes back to its inbox leaves it behind.</summary>
    static readonly HashSet<string> Added = new(StringComparer.OrdinalIgnoreCase)
    {
        MessageHeaders.Reason, MessageHeaders.FaultExceptionType, MessageHeaders.FaultInputAddress, MessageHeaders.FaultMessage,
        MessageHeaders.FaultMessageType, MessageHeaders.FaultConsumerType, MessageHeaders.FaultTimestamp, MessageHeaders.FaultStackTrace,
        MessageHeaders.FaultRetryCount, MessageHeaders.FaultRedeliveryCount,
        MessageHeaders.Host.MachineName, MessageHeaders.Host.ProcessName, MessageHeaders.Host.ProcessId, MessageHeaders.Host.Assembly,
        MessageHeaders.Host.AssemblyVersion, MessageHeaders.Host.MassTransitVersion, MessageHeaders.Host.FrameworkVersion,
        MessageHeaders.Host.OperatingSystemVersion,
        "x-death", "x-first-death-exchange", "x-first-death-queue", "x-first-death-reason",
        "x-last-death-exchange", "x-last-death-queue", "x-last-death-reason", "x-delivery-count", "x-dotnet-pub-seq-no",
        DiscardedFrom, DiscardedReason, DiscardedBy, DiscardedAt,
    };

    public const string DiscardedFrom = "Fidelity-Discarded-From";
    public const string DiscardedReason = "Fidelity-Discarded-Reason";
    public const string DiscardedBy = "Fidelity-Discarded-By";
    public const string DiscardedAt = "Fidelity-Discarded-At";

    /// <summary>The message's id; for one that came without, a name made of its content.</summary>
    public string Id { get; } = string.IsNullOrEmpty(got.BasicProperties.MessageId)
        ? $"sha256-{Convert.ToHexStringLower(SHA256.HashData(got.Body.Span))[..16]}"
        : got.BasicProperties.MessageId;

    /// <summary>What its envelope says it is, such as RecordTamInterview; null when that cannot be read.</summary>
    public string? Message { get; } = TypeOf(got.Body);

    /// <summary>The type of the exception that ended its handling, or the broker's reason.</summary>
    public string Cause => Header(MessageHeaders.FaultExceptionType) ?? Header("x-first-death-reason") ?? "unknown";

    /// <summary>What the exception said. It may quote the body.</summary>
    public string? Words => Header(MessageHeaders.FaultMessage)
        ?? (Header("x-first-death-reason") == "delivery_limit"
            ? "Given out again and again without an answer: the service died of it, or lost the broker each time."
            : null);

    public DateTimeOffset? FailedAt =>
        DateTimeOffset.TryParse(Header(MessageHeaders.FaultTimestamp), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at
        : Value("x-death") is IEnumerable and not byte[] and var deaths
            && deaths.OfType<IDictionary<string, object?>>().FirstOrDefault()?.TryGetValue("time", out var time) == true && time is AmqpTimestamp died
            ? DateTimeOffset.FromUnixTimeSeconds(died.UnixTime)
        : null;

    public ReadOnlyMemory<byte> Body => got.Body;

    public ulong DeliveryTag => got.DeliveryTag;

    public IReadOnlyBasicProperties Properties => got.BasicProperties;

    public string? Header(string name) => Value(name) is { } value ? Text(value) : null;

    public IEnumerable<(string Name, string Value)> Headers =>
        (got.BasicProperties.Headers ?? new Dictionary<string, object?>(StringComparer.Ordinal))
        .OrderBy(header => header.Key, StringComparer.Ordinal).Select(header => (header.Key, Text(header.Value)));

    /// <summary>As it was before it failed: what it is sent again with.</summary>
    public BasicProperties Original() => new(got.BasicProperties)
    {
        DeliveryMode = DeliveryModes.Persistent,
        Headers = got.BasicProperties.Headers?.Where(header => !Added.Contains(header.Key)).ToDictionary(StringComparer.Ordinal),
    };

    object? Value(string name) => got.BasicProperties.Headers is { } headers && headers.TryGetValue(name, out var value) ? value : null;

    static string Text(object? value) => value switch
    {
        null => "",
        byte[] text => Encoding.UTF8.GetString(text),
        AmqpTimestamp time => DateTimeOffset.FromUnixTimeSeconds(time.UnixTime).ToString("u", CultureInfo.InvariantCulture),
        IDictionary<string, object?> table => $"{{{string.Join(", ", table.Select(pair => $"{pair.Key}: {Text(pair.Value)}"))}}}",
        IEnumerable list and not string => $"[{string.Join(", ", list.Cast<object?>().Select(Text))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>The name in the first of the envelope's message types, which are written urn:message:Namespace:Name.</summary>
    static string? TypeOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var envelope = JsonDocument.Parse(body);
            return envelope.RootElement.GetProperty("messageType")[0].GetString()?.Split("[[")[0].Split(':')[^1];
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException)
        {
            return null;
        }
    }
}
