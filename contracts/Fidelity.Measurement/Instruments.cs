using static Fidelity.Measurement.SourceStatus;

namespace Fidelity.Measurement;

/// <summary>The instrument definitions of measurement.md §1. A released version never changes; a new key is a new version.</summary>
public static class Instruments
{
    const string TamSource =
        "Henggeler, Borduin, Schoenwald, Huey & Chapman (2006), Multisystemic Therapy Adherence Scale – Revised (TAM-R), "
        + "Medical University of South Carolina; threshold in the PIR guideline of MST Services";

    const string SamSource =
        "Schoenwald, Henggeler & Edwards (1998), MST Supervisor Adherence Measure, MST Institute";

    const string CamSource =
        "Schoenwald, Sheidow & Letourneau (2004), J Clin Child Adolesc Psychol 33(1):94–104";

    /// <summary>TAM-R by the share of answers in the top category.</summary>
    public static InstrumentDefinition TamR { get; } = new()
    {
        Id = "tam-r@1",
        Instrument = Instrument.Tam,
        Items = 28,
        Lowest = 1,
        Highest = 5,
        Rule = ScoringRule.TopBox,
        MinimumAnswered = 19,
        Threshold = 0.61m,
        Source = TamSource,
        Parts =
        [
            new("items", Verified, "28 items."),
            new("range", Verified, "Scores run from 0 to 1."),
            new("threshold", Verified, "At least .61; a convention, not a validated Nordic cut-off."),
            new("rule", Unverified, "Share of answers in the top category; the key is not public."),
            new("reverse_scored", Unverified, "None assumed."),
            new("sufficiency", Unverified, "At least 19 of 28 answered."),
        ],
    };

    /// <summary>The alternative reading of TAM-R: the mean moved to 0–1.</summary>
    public static InstrumentDefinition TamRLinear { get; } = TamR with
    {
        Id = "tam-r-linear@1",
        Rule = ScoringRule.Linear,
        Parts =
        [
            .. TamR.Parts.Where(part => part.Part != "rule"),
            new("rule", Unverified, "Alternative reading: the mean, moved to 0–1."),
        ],
    };

    /// <summary>TAM for MST-CAN: no public key, and never an assumed threshold.</summary>
    public static InstrumentDefinition TamCan { get; } = TamR with
    {
        Id = "tam-can@1",
        Threshold = null,
        Source = "No public key; scored as tam-r@1 until the licence holder's key is loaded",
        Parts =
        [
            new("items", Unverified, "28 items, as TAM-R."),
            new("range", Unverified, "As TAM-R."),
            new("threshold", Unverified, "None: .61 is not assumed."),
            new("rule", Unverified, "As TAM-R."),
            new("reverse_scored", Unverified, "None assumed."),
            new("sufficiency", Unverified, "At least 19 of 28 answered."),
        ],
    };

    /// <summary>SAM, four dimensions.</summary>
    public static InstrumentDefinition Sam { get; } = new()
    {
        Id = "sam@1",
        Instrument = Instrument.Sam,
        Items = 43,
        Lowest = 1,
        Highest = 5,
        Rule = ScoringRule.SubscaleMeans,
        Subscales =
        [
            Subscale.NeedingHalf("principles", From(1, 12)),
            Subscale.NeedingHalf("analytical_process", From(13, 22)),
            Subscale.NeedingHalf("structure_and_process", From(23, 33)),
            Subscale.NeedingHalf("clinician_development", From(34, 43)),
        ],
        Source = SamSource,
        Parts =
        [
            new("items", Verified, "43 items."),
            new("dimensions", Verified, "Treatment principles, analytical process, structure and process, clinician development."),
            new("item_key", Unverified, "Items are assumed to follow the dimensions in order."),
            new("sufficiency", Unverified, "Half of a dimension's items, rounded up."),
        ],
    };

    /// <summary>CAM, three subscales; items 2 and 3 count in both competence and procedures.</summary>
    public static InstrumentDefinition Cam { get; } = new()
    {
        Id = "cam@1",
        Instrument = Instrument.Cam,
        Items = 23,
        Lowest = 1,
        Highest = 6,
        Rule = ScoringRule.SubscaleMeans,
        Subscales =
        [
            Subscale.NeedingHalf("competence", [2, 3, 6, .. From(20, 23)]),
            Subscale.NeedingHalf("procedures", [.. From(1, 5), .. From(12, 19)]),
            Subscale.NeedingHalf("alliance", From(7, 11)),
        ],
        Source = CamSource,
        Parts =
        [
            new("items", Verified, "23 items, answered 1–6."),
            new("item_key", Verified, "Three subscales, two items shared."),
            new("rule", Verified, "Means per subscale, read as a profile."),
            new("sufficiency", Verified, "Half of a subscale's items, rounded up."),
        ],
    };

    /// <summary>Every definition.</summary>
    public static IReadOnlyList<InstrumentDefinition> All { get; } = [TamR, TamRLinear, TamCan, Sam, Cam];

    /// <summary>The definition with this id, or null.</summary>
    public static InstrumentDefinition? Find(string id) => All.FirstOrDefault(definition => definition.Id == id);

    static IEnumerable<int> From(int first, int last) => Enumerable.Range(first, last - first + 1);
}
