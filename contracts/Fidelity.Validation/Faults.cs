using System.Collections.Frozen;
using Fidelity.Measurement;

namespace Fidelity.Validation;

/// <summary>Faults whose message lists what would be right. A bad file has millions, so they share their messages.</summary>
public static class Faults
{
    static readonly FrozenDictionary<string, Fault> OffScales = Instruments.All.ToFrozenDictionary(
        instrument => instrument.Id,
        instrument => new Fault(ErrorCodes.OutOfScale, FormattableString.Invariant(
            $"Answers of {instrument.Id} are {instrument.Lowest}–{instrument.Highest}, NA or blank. Correct it after the form.")),
        StringComparer.Ordinal);

    /// <summary>The value is none of the enumeration's codes.</summary>
    public static Fault UnknownCode<T>() where T : struct, Enum => Coded<T>.Unknown;

    /// <summary>The value is none of <paramref name="codes"/>.</summary>
    public static Fault UnknownCode(IEnumerable<string> codes) =>
        new(ErrorCodes.UnknownCode, $"Use one of {string.Join(", ", codes)}.");

    /// <summary>The number is not from <paramref name="lowest"/> to <paramref name="highest"/>.</summary>
    public static Fault OutOfScale(int lowest, int highest) =>
        new(ErrorCodes.OutOfScale, FormattableString.Invariant($"Use a whole number from {lowest} to {highest}."));

    /// <summary>The instrument is none that belongs here.</summary>
    public static Fault UnknownInstrument(Instrument instrument) =>
        new(ErrorCodes.UnknownInstrument,
            $"Use one of {string.Join(", ", Instruments.All.Where(definition => definition.Instrument == instrument).Select(definition => definition.Id))}.");

    /// <summary>The answer is not on the instrument's scale.</summary>
    public static Fault OffTheScale(InstrumentDefinition instrument)
    {
        ArgumentNullException.ThrowIfNull(instrument);
        return OffScales[instrument.Id];
    }

    static class Coded<T> where T : struct, Enum
    {
        public static readonly Fault Unknown = UnknownCode(Codes.All<T>());
    }
}
