using System.Runtime.CompilerServices;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Reviews;
using Fidelity.ServiceDefaults;

namespace Fidelity.Portal.Exporting;

/// <summary>One measure of one review. What is not told stands nowhere in it.</summary>
sealed record ReviewRow(TeamChanged Team, ReviewComputed Review, MeasureResult Measure, bool MayTell)
{
    public MeasureDefinition? Definition => Profiles.Find(Review.Profile)?.Measures.FirstOrDefault(known => known.Key == Measure.Measure);

    public bool IsTold => MayTell && Measure.Withheld is null;

    public Blank? ValueBlank => !IsTold ? Blank.Suppressed : Measure.Value is not null ? null : BlankOf(Measure.Measure);

    public Blank? NumeratorBlank => Measure.Kind == MeasureKind.Mean ? Blank.NotApplicable : IsTold ? null : Blank.Suppressed;

    public Blank? IntervalBlank => ValueBlank ?? (Measure.Low is null ? Blank.Insufficient : null);

    /// <summary>Why a measure that counted nothing has no value: of what falls due, nothing had; of all else nothing was recorded.</summary>
    static Blank BlankOf(string measure) => measure is "any_tam" or "tam_completed" or "sam_completed" or "cam_completed" ? Blank.NotDue : Blank.Missing;
}

/// <summary>The measures of reviews, by team and period (measurement.md §4, §7).</summary>
sealed class ReviewsTable() : ExportTable<ReviewRow>("reviews", Purpose.FollowTeam, [.. Profiles.All.SelectMany(profile => profile.Measures).Select(measure => measure.Key).Distinct(StringComparer.Ordinal)],
["programme", "team", "period", "measure"],
[
    new("programme", ColumnType.Text, null, row => row.Review.Programme) { Required = true },
    new("team", ColumnType.Text, null, row => row.Review.TeamId) { Required = true },
    new("team_name", ColumnType.Text, null, row => row.Team.Name) { Required = true },
    new("profile", ColumnType.Text, "measurement.md §4", row => row.Review.Profile) { Required = true, Codes = [.. Profiles.All.Select(profile => profile.Id)] },
    new("period", ColumnType.Text, "measurement.md §3", row => row.Review.Period) { Required = true },
    new("period_from", ColumnType.Date, "measurement.md §3", row => (DateOnly?)row.Review.From) { Required = true },
    new("period_to", ColumnType.Date, "measurement.md §3", row => (DateOnly?)row.Review.To) { Required = true },
    new("state", ColumnType.Text, "measurement.md §7", row => row.Review.State.ToString().ToLowerInvariant()) { Required = true, Codes = ["provisional", "refreshed", "presented"], CodeWords = "export.state" },
    new("measure", ColumnType.Text, "measurement.md §4", row => row.Measure.Measure)
    {
        Required = true, Codes = [.. Profiles.All.SelectMany(profile => profile.Measures).Select(measure => measure.Key).Distinct(StringComparer.Ordinal)], CodeWords = "measure",
    },
    new("kind", ColumnType.Text, "measurement.md §4", row => Cell.Code<MeasureKind>(row.Measure.Kind)) { Required = true, Codes = Measurement.Codes.All<MeasureKind>(), CodeWords = "export.kind" },
    new("value", ColumnType.Number, "measurement.md §4", row => row.IsTold ? row.Measure.Value : null) { Unit = "measure" },
    new("value_blank", ColumnType.Text, "measurement.md §6", row => Cell.Code(row.ValueBlank)) { Codes = Measurement.Codes.All<Blank>(), CodeWords = "blank" },
    new("numerator", ColumnType.Integer, "measurement.md §4", row => row.IsTold ? row.Measure.Numerator : null) { Unit = "count", Lowest = 0 },
    new("numerator_blank", ColumnType.Text, "measurement.md §6", row => Cell.Code(row.NumeratorBlank)) { Codes = Measurement.Codes.All<Blank>(), CodeWords = "blank" },
    new("denominator", ColumnType.Integer, "measurement.md §4", row => row.IsTold ? (int?)row.Measure.Denominator : null) { Unit = "count", Lowest = 0 },
    new("low", ColumnType.Number, "measurement.md §5", row => row.IsTold ? row.Measure.Low : null) { Unit = "measure", Status = SourceStatus.Verified },
    new("high", ColumnType.Number, "measurement.md §5", row => row.IsTold ? row.Measure.High : null) { Unit = "measure", Status = SourceStatus.Verified },
    new("interval_blank", ColumnType.Text, "measurement.md §6", row => Cell.Code(row.IntervalBlank)) { Codes = Measurement.Codes.All<Blank>(), CodeWords = "blank" },
    new("target", ColumnType.Text, "measurement.md §4", row => row.Measure.Target),
    new("verdict", ColumnType.Text, "measurement.md §4", row => row.IsTold ? Cell.Code<MeasureStatus>(row.Measure.Status) : Cell.Empty)
    {
        Codes = [.. Measurement.Codes.All<MeasureStatus>().Where(code => code != "withheld")], CodeWords = "verdict",
    },
    new("withheld", ColumnType.Text, "measurement.md §6", row => row.MayTell ? Cell.Code(row.Measure.Withheld) : Cell.Empty) { Codes = Measurement.Codes.All<WithheldReason>(), CodeWords = "export.withheld" },
    new("definition", ColumnType.Text, "measurement.md §1", row => Cell.Code(row.Definition?.Status)) { Codes = Measurement.Codes.All<SourceStatus>(), CodeWords = "source" },
    new("as_of", ColumnType.Date, "measurement.md §7", row => (DateOnly?)row.Review.AsOf) { Required = true },
    new("data_to", ColumnType.Date, "measurement.md §7", row => row.MayTell ? row.Review.DataTo : null),
    new("review_position", ColumnType.Integer, "measurement.md §7", row => row.Review.Position) { Required = true },
])
{
    protected override async IAsyncEnumerable<ReviewRow> Read(ExportedFacts facts, [EnumeratorCancellation] CancellationToken stopping)
    {
        await foreach (var (team, held) in facts.ByTeam(["review", "sign_off"], stopping))
        {
            var reviews = TeamReviews.Standing(held["review"].Select(FactsTable.Read<ReviewComputed>), held["sign_off"].Select(FactsTable.Read<ReviewSigned>))
                .Where(review => facts.Asks(team, review.From)).OrderBy(review => review.From);
            foreach (var review in reviews)
            {
                var disclosure = facts.Request.Profile == ExportProfile.Published ? Published.Of(review) : null;
                foreach (var measure in review.Measures.Where(measure => facts.Request.Measure is null || measure.Measure == facts.Request.Measure))
                    yield return new(team, review, measure, disclosure?.Measures.Contains(measure.Measure) is not false);
            }
        }
    }
}
