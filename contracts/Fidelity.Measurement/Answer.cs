using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fidelity.Measurement;

/// <summary>
/// The answer to one item: an integer on the instrument's scale, <see cref="NotApplicable"/> (asked, does not apply) or
/// <see cref="Blank"/> (not answered). The last two are both <em>not answered</em> for scoring and stay distinct in storage
/// and export (measurement.md §1). <c>default(Answer)</c> is blank. In JSON: a number, <c>"NA"</c> or <c>null</c>.
/// </summary>
/// <remarks>Whether a number lies on the scale is the instrument's to say: <see cref="InstrumentDefinition.Accepts"/>.</remarks>
[JsonConverter(typeof(AnswerJsonConverter))]
public readonly record struct Answer
{
    enum Kind : byte { Blank, NotApplicable, Number }

    const string NotApplicableText = "NA";

    // Two bytes: a network's interviews have millions of answers, and no scale comes near the limits.
    readonly Kind _kind;
    readonly sbyte _number;

    Answer(Kind kind, sbyte number = 0) => (_kind, _number) = (kind, number);

    /// <summary>Not answered.</summary>
    public static Answer Blank => default;

    /// <summary>Asked, and does not apply to this family or rater.</summary>
    public static Answer NotApplicable => new(Kind.NotApplicable);

    /// <summary>An answer on the scale. A number beyond ±127, which lies on no scale, is kept as the nearest of these.</summary>
    public static Answer Of(int number) => new(Kind.Number, (sbyte)Math.Clamp(number, -sbyte.MaxValue, sbyte.MaxValue));

    /// <summary>The number answered; null when not applicable or blank.</summary>
    public int? Value => IsAnswered ? _number : null;

    /// <summary>True when a number was answered.</summary>
    public bool IsAnswered => _kind == Kind.Number;

    /// <summary>Reads the CSV form: digits, <c>NA</c>, or nothing for blank. Anything else is no answer at all.</summary>
    public static bool TryParse(string? text, out Answer answer)
    {
        answer = Blank;
        if (string.IsNullOrEmpty(text))
            return true;
        if (text == NotApplicableText)
        {
            answer = NotApplicable;
            return true;
        }
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        answer = Of(number);
        return true;
    }

    /// <summary>The CSV form: the number, <c>NA</c>, or the empty string.</summary>
    public override string ToString() => _kind switch
    {
        Kind.Number => _number.ToString(CultureInfo.InvariantCulture),
        Kind.NotApplicable => NotApplicableText,
        _ => "",
    };

    sealed class AnswerJsonConverter : JsonConverter<Answer>
    {
        public override bool HandleNull => true;

        public override Answer Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType switch
            {
                JsonTokenType.Null => Blank,
                JsonTokenType.Number when reader.TryGetInt32(out var number) => Of(number),
                JsonTokenType.String when reader.ValueTextEquals(NotApplicableText) => NotApplicable,
                _ => throw new JsonException($"An answer is an integer, \"{NotApplicableText}\" or null."),
            };

        public override void Write(Utf8JsonWriter writer, Answer value, JsonSerializerOptions options)
        {
            if (value._kind == Kind.Number)
                writer.WriteNumberValue(value._number);
            else if (value._kind == Kind.NotApplicable)
                writer.WriteStringValue(NotApplicableText);
            else
                writer.WriteNullValue();
        }
    }
}
