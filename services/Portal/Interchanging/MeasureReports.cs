using Fidelity.Contracts.Pir;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Hl7.Fhir.Model;

namespace Fidelity.Portal.Interchanging;

/// <summary>Measures of reviews as MeasureReports: what leaves Pir, as the API has it, and withheld where that is.</summary>
static class MeasureReports
{
    const string Populations = "http://terminology.hl7.org/CodeSystem/measure-population";
    const string Units = "http://unitsofmeasure.org";

    public static MeasureReport Of(ReviewComputed review, MeasureResult measure, InstallationKeys keys) => Of(
        review, measure, keys.Id("fhir", review.Programme, review.TeamId, review.Period, measure.Measure));

    public static MeasureReport Of(ReviewComputed review, MeasureResult measure, Guid id) => new()
    {
        Id = id.ToString(),
        Status = review.State == ReviewState.Provisional ? MeasureReport.MeasureReportStatus.Pending : MeasureReport.MeasureReportStatus.Complete,
        Type = MeasureReport.MeasureReportType.Summary,
        Measure = $"urn:fidelity:measure:{measure.Measure}|{review.Profile}",
        Date = R4.Day(review.AsOf),
        Reporter = R4.To("Organization", review.Programme, "team", review.TeamId),
        Period = new() { Start = R4.Day(review.From), End = R4.Day(review.To) },
        Extension =
        [
            R4.Also("period", new FhirString(review.Period)),
            R4.Also("state", new Code(Codes.Of(review.State))),
            R4.Also("status", new Code(Codes.Of(measure.Status))),
            .. measure.Target is null ? [] : new[] { R4.Also("target", new FhirString(measure.Target)) },
        ],
        Group = [Group(measure)],
    };

    static MeasureReport.GroupComponent Group(MeasureResult measure)
    {
        if (measure.Withheld is { } withheld)
            return new()
            {
                // What is not told has a reason and no number: neither a value nor how many answered.
                MeasureScore = new() { Extension = [new("http://hl7.org/fhir/StructureDefinition/data-absent-reason", new Code(R4.Masked)), R4.Also("withheld", new Code(Codes.Of(withheld)))] },
            };
        var group = new MeasureReport.GroupComponent { Population = [Population("denominator", measure.Denominator)] };
        if (measure.Numerator is { } numerator)
            group.Population.Insert(0, Population("numerator", numerator));
        if (measure.Value is { } value)
            group.MeasureScore = Number(value);
        if (measure is { Low: { } low, High: { } high })
            group.Extension.Add(R4.Also("interval", new Hl7.Fhir.Model.Range { Low = Number(low), High = Number(high) }));
        return group;
    }

    static MeasureReport.PopulationComponent Population(string code, int count) => new() { Code = new(Populations, code), Count = count };

    /// <summary>A share, a score or days: a number in the measure's own unit.</summary>
    static Quantity Number(double value) => new() { Value = (decimal)value, System = Units, Code = "1" };
}
