using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.ServiceDefaults;

namespace Fidelity.Portal.Explaining;

/// <summary>What the portal knows of a team in a period and just outside it.</summary>
/// <param name="Families">The cases that were closed then, and those that the others belong to.</param>
/// <param name="Interviews">Those of then, whatever they count as.</param>
/// <param name="Due">The interviews that fell due then.</param>
/// <param name="Surveys">The surveys that fell due then.</param>
/// <param name="Submissions">What stands for each interview in addresses, by its id.</param>
public sealed record NearbyRecords(
    IReadOnlyList<CaseChanged> Families, IReadOnlyList<TamInterviewFact> Interviews, IReadOnlyList<TamOpportunityFact> Due,
    IReadOnlyList<SurveyOpportunityFact> Surveys, IReadOnlyDictionary<string, Guid> Submissions);

/// <summary>
/// What a number of a review rests on (measurement.md §4), from the portal's own facts: the same basis that the number is computed from.
/// </summary>
/// <param name="Kind">What its records are.</param>
/// <param name="Now">The number that they give today.</param>
/// <param name="Groups">Its records by what the measure makes of them: those in it first, and those left out by why.</param>
/// <param name="Before">How many such records are of the days before the period.</param>
/// <param name="After">How many are of the days after it.</param>
public sealed record Explanation(BasisKind Kind, MeasureResult Now, IReadOnlyList<RuledRecords> Groups, int Before, int After)
{
    /// <summary>So many days before and after a period are just outside it.</summary>
    public const int Nearby = 31;

    public IReadOnlyList<ExplainedRecord> InIt => [.. Groups.Where(group => group.Ruling == Ruling.Counts).SelectMany(group => group.Records)];

    public IReadOnlyList<RuledRecords> LeftOut => [.. Groups.Where(group => group.Ruling != Ruling.Counts)];

    /// <summary>Whether the records of a case are one value first.</summary>
    public bool IsByCase => Now.Measure is "adherence" or "adherence_above" or "any_tam";

    /// <summary>How many records are in it and what comes of them, under the names of the texts <c>basis.sum.NAME</c>.</summary>
    public IReadOnlyList<(string Name, int Count)> Sums => Now.Measure switch
    {
        "adherence" => [("interviews", InIt.Count), ("cases", Now.Denominator)],
        "adherence_above" => [("interviews", InIt.Count), ("cases", Now.Denominator), ("above", Now.Numerator!.Value)],
        "any_tam" => [("due", InIt.Count), ("cases", Now.Denominator), ("given", Now.Numerator!.Value)],
        "tam_completed" => [("due", InIt.Count), ("completed", Now.Numerator!.Value)],
        "sam_completed" or "cam_completed" => [("surveys", InIt.Count), ("completed", Now.Numerator!.Value)],
        "length_of_stay" => [("cases", InIt.Count)],
        _ => [("cases", InIt.Count), ("yes", Now.Numerator!.Value)],
    };

    /// <summary>Whether it is the number that a review shows. Until both know the same records, it need not be.</summary>
    public bool Agrees(MeasureResult shown) =>
        (Now.Value, Now.Numerator, Now.Denominator) == (shown.Value, shown.Numerator, shown.Denominator);

    /// <summary>Null of what raters said: of that the portal knows no record, and nothing of one may be told (measurement.md §6).</summary>
    /// <param name="cases">To the families, so that the cases and due dates of those may be named.</param>
    /// <param name="scores">To single interviews likewise.</param>
    public static Explanation? Of(
        MeasureDefinition measure, ProgrammeProfile profile, Period period, NearbyRecords known, DateOnly today, Reach cases, Reach scores)
    {
        if (measure.RatersToShow is not null)
            return null;
        var facts = MeasuredFacts.Of([.. known.Families, .. known.Interviews, .. known.Due, .. known.Surveys]);
        var basis = new PeriodBasis(profile, period, facts, today).Of(measure.Key);
        var families = known.Families.ToDictionary(family => family.CaseId, StringComparer.Ordinal);
        var outcomes = known.Due.ToDictionary(due => due.About.Key, due => due.Opportunity.Outcome, StringComparer.Ordinal);
        var dates = Dates(basis.Kind, measure.Key, known).Where(date => date <= today).ToList();
        return new(
            basis.Kind, Measures.Of(measure, basis),
            [
                .. basis.Rows.GroupBy(row => row.Ruling).OrderBy(group => group.Key)
                    .Select(group => new RuledRecords(group.Key, [.. group.OrderBy(row => row.Date).ThenBy(row => row.Unit, StringComparer.Ordinal).Select(Explained)])),
            ],
            dates.Count(date => period.From.AddDays(-Nearby) <= date && date < period.From),
            dates.Count(date => period.To < date && date <= period.To.AddDays(Nearby)));

        ExplainedRecord Explained(BasisRow row)
        {
            var family = families.GetValueOrDefault(row.Unit);
            var (reach, day) = basis.Kind == BasisKind.Interview ? (scores, row.Date) : (cases, today);
            return new(
                row, IsOpen(family, reach, day), basis.Kind == BasisKind.Case ? family?.Reason : null,
                outcomes.TryGetValue(row.Record, out var outcome) && basis.Kind == BasisKind.Opportunity ? outcome : null);
        }

        // Whose a survey is, is told to nobody; nor whose a record is whose family is not known here yet.
        static bool IsOpen(CaseChanged? family, Reach reach, DateOnly day) =>
            family is not null && reach.Covers(family.Programme, family.TeamId, Independence.TherapistAt(day, family.TherapistId, family.Reassignments));
    }

    /// <summary>The days of all records of a kind, whatever a measure makes of them.</summary>
    static IEnumerable<DateOnly> Dates(BasisKind kind, string measure, NearbyRecords known) => kind switch
    {
        BasisKind.Case => known.Families.Select(family => family.Discharged).OfType<DateOnly>(),
        BasisKind.Interview => known.Interviews.Select(held => held.Interview.Date),
        _ => (measure switch
        {
            "sam_completed" => known.Surveys.Where(due => due.Pair.Instrument == Instrument.Sam).Select(due => due.Opportunity),
            "cam_completed" => known.Surveys.Where(due => due.Pair.Instrument == Instrument.Cam).Select(due => due.Opportunity),
            _ => known.Due.Select(due => due.Opportunity),
        }).Where(due => due.Outcome != OpportunityOutcome.Void).Select(due => due.Due),
    };
}

/// <summary>Records that a measure makes the same of.</summary>
public sealed record RuledRecords(Ruling Ruling, IReadOnlyList<ExplainedRecord> Records)
{
    public IReadOnlyList<ExplainedRecord> Open => [.. Records.Where(record => record.IsOpen)];
}

/// <summary>One record, and what the measure makes of it.</summary>
/// <param name="IsOpen">Whether whoever reads may be told whose it is.</param>
/// <param name="Reason">Of a case, why it was closed.</param>
/// <param name="Outcome">Of what fell due, what became of it.</param>
public sealed record ExplainedRecord(BasisRow Row, bool IsOpen, DischargeReason? Reason, OpportunityOutcome? Outcome);

/// <summary>The records of a case that are one value first.</summary>
/// <param name="Value">The mean of its scores, or 1 when any interview that fell due was given and 0 when none was.</param>
public sealed record ExplainedCase(string Case, IReadOnlyList<ExplainedRecord> Records, Fraction? Value)
{
    /// <summary>Those of which anything may be told, by case. A value that rests on an interview that may not be told is not told either.</summary>
    public static IReadOnlyList<ExplainedCase> Of(BasisKind kind, IReadOnlyList<ExplainedRecord> inIt) =>
    [
        .. inIt.GroupBy(record => record.Row.Unit, StringComparer.Ordinal).Where(family => family.Any(record => record.IsOpen))
            .OrderBy(family => family.Key, StringComparer.Ordinal)
            .Select(family => new ExplainedCase(
                family.Key, [.. family.Where(record => record.IsOpen)], family.All(record => record.IsOpen) ? ValueOf(kind, family) : null)),
    ];

    static Fraction ValueOf(BasisKind kind, IEnumerable<ExplainedRecord> records)
    {
        var values = records.Select(record => record.Row.Value!.Value);
        return kind == BasisKind.Interview ? Fraction.Mean(values) : values.Max();
    }
}
