using System.Text.Json;
using System.Text.Json.Serialization;
using Weasel.Core;

namespace Marten;

/// <summary>System.Text.Json as Marten sets it up: the casing always decides the naming policy, whatever the given options say.</summary>
sealed class EventSerializer
{
    readonly JsonSerializerOptions writing;
    readonly JsonSerializerOptions reading;

    public EventSerializer(JsonSerializerOptions? options, EnumStorage enums, Casing casing, Action<JsonSerializerOptions>? configure)
    {
        writing = Prepare(options, enums, casing);
        reading = Prepare(options, enums, casing);
        reading.Converters.Add(new LooseValueConverter());
        configure?.Invoke(writing);
        configure?.Invoke(reading);
    }

    public byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, writing);
    public T Read<T>(byte[] json) => JsonSerializer.Deserialize<T>(json, reading)!;

    static JsonSerializerOptions Prepare(JsonSerializerOptions? options, EnumStorage enums, Casing casing)
    {
        var prepared = options is null ? new JsonSerializerOptions() : new JsonSerializerOptions(options);
        prepared.PropertyNamingPolicy = casing switch
        {
            Casing.CamelCase => JsonNamingPolicy.CamelCase,
            Casing.SnakeCase => JsonNamingPolicy.SnakeCaseLower,
            _ => null,
        };
        if (enums == EnumStorage.AsString) prepared.Converters.Add(new JsonStringEnumConverter());
        return prepared;
    }

    /// <summary>Reads what is declared as object (header values) the way Marten does: whole numbers as Int64, dates as DateTime.</summary>
    sealed class LooseValueConverter : JsonConverter<object>
    {
        public override object Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.True: return true;
                case JsonTokenType.False: return false;
                case JsonTokenType.Number: return reader.TryGetInt64(out var whole) ? (object)whole : reader.GetDouble();
                case JsonTokenType.String: return reader.TryGetDateTime(out var date) ? date : reader.GetString()!;
                default:
                    using (var document = JsonDocument.ParseValue(ref reader)) return document.RootElement.Clone();
            }
        }

        public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value, value.GetType(), options);
    }
}
