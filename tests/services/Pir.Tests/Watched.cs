using Fidelity.Contracts.Pir;
using Fidelity.Measurement;

namespace Fidelity.Pir.Tests;

/// <summary>One review of the first half of 2026, recomputed as surveys arrive, with everything that ever left of it.</summary>
sealed class Watched
{
    public static readonly Period Period = Period.Parse("2026-H1", 1);

    readonly List<SurveyScore> _surveys = [];
    long _position;

    public DateOnly Today { get; set; } = Period.From;

    public Review? Review { get; private set; }

    /// <summary>What left, each time, and what was computed inside at that moment.</summary>
    public List<(DateOnly AsOf, IReadOnlyDictionary<string, MeasureResult> Left, IReadOnlyDictionary<string, MeasureResult> Computed)> History { get; } = [];

    public IReadOnlyDictionary<string, MeasureResult> Left => History[^1].Left;

    public IReadOnlyDictionary<string, MeasureResult> Computed => History[^1].Computed;

    public SurveyScore? Find(string rater) => _surveys.Find(survey => survey.Rater == rater);

    /// <summary>A rater gives every item of a CAM the same answer.</summary>
    public static SurveyScore Survey(string rater, DateOnly date, Fraction value) => new(
        rater, date, "cam@1", Instruments.Cam.Subscales.ToDictionary(subscale => subscale.Key, _ => (Fraction?)value), Counts: true);

    public void Arrive(SurveyScore survey, bool atRest = true) => Change(() => _surveys.Add(survey), atRest);

    public void Replace(SurveyScore survey, SurveyScore corrected, bool atRest = true) =>
        Change(() => _surveys[_surveys.IndexOf(survey)] = corrected, atRest);

    public void Come(DateOnly day, bool atRest = true)
    {
        Today = day;
        Change(() => { }, atRest);
    }

    void Change(Action change, bool atRest)
    {
        change();
        _position++;
        var due = new Opportunity(new(2026, 2, 1), new(2026, 1, 18), new(2026, 3, 17), OpportunityOutcome.Open, null);
        var facts = new TeamFacts
        {
            Surveys = _surveys,
            CamOpportunities =
            [
                .. _surveys.Select(survey => due with { Outcome = OpportunityOutcome.Completed, CompletedBy = survey.Rater }), due,
            ],
        };
        var calculated = new ReviewCalculated(
            "demo", "norr", Period.Name, Period.From, Period.To, Today > Period.To ? ReviewState.Refreshed : ReviewState.Provisional, "mst@1",
            _position, Today, null, 0, 0, Measures.Compute(Profiles.Mst, Period, facts, Today));
        (Review, var events) = Review.Calculate(Review, calculated, atRest);
        foreach (var happened in events.OfType<ReviewCalculated>())
            History.Add((happened.AsOf, ByKey(RaterProtection.MayLeave(happened)), ByKey(happened.Measures)));
    }

    static Dictionary<string, MeasureResult> ByKey(IEnumerable<MeasureResult> measures) => measures.ToDictionary(measure => measure.Measure);
}
