using Fidelity.Measurement;

namespace Fidelity.Validation;

/// <summary>Faults whose message lists what would be right.</summary>
public static class Faults
{
    /// <summary>The value is none of the enumeration's codes.</summary>
    public static Fault UnknownCode<T>() where T : struct, Enum => UnknownCode(Codes.All<T>());

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
        return new(ErrorCodes.OutOfScale,
            FormattableString.Invariant($"Answers of {instrument.Id} are {instrument.Lowest}–{instrument.Highest}, NA or blank. Correct it after the form."));
    }
}
