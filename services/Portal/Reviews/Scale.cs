using Fidelity.Measurement;
using Fidelity.Portal.Figures;

namespace Fidelity.Portal.Reviews;

/// <summary>The ends of the axis that an interval is drawn on.</summary>
public sealed record Scale(double From, double To)
{
    const double DaysStep = 50;
    const double UsualDays = 250;

    public static Scale Of(MeasureResult measure, ProgrammeProfile? profile) => Figure.UnitOf(measure.Measure, measure.Kind) switch
    {
        Unit.Days => new(0, Math.Max(UsualDays, Math.Ceiling((measure.High ?? 0) / DaysStep) * DaysStep)),
        Unit.Score when profile is not null && Unverified.InstrumentOf(profile, measure.Measure) is { Rule: ScoringRule.SubscaleMeans } instrument =>
            new(instrument.Lowest, instrument.Highest),
        _ => new(0, 1),
    };

    /// <summary>Where a value lies, 0–1 from end to end.</summary>
    public double Place(double value) => Math.Clamp((value - From) / (To - From), 0, 1);
}
