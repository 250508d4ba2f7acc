using System.Globalization;
using System.Text.Json;
using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Measurement;
using Fidelity.Measurement.Tests;

namespace Fidelity.Surveys.Tests;

/// <summary>The season of tests/season, handled message by message in a random order, against what was calculated independently.</summary>
public sealed class SeasonTests
{
    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "season");

    readonly JsonElement _expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "expected.json"))).RootElement;

    [Fact]
    public void Every_pair_has_the_opportunities_scores_and_roles()
    {
        var service = new ServiceInMemory(Date(_expected.GetProperty("as_of").GetString()!));
        var messages = Messages().ToArray();
        new Random(20261031).Shuffle(messages);
        foreach (var message in messages)
        {
            if (message is TeamChanged team)
                service.Learn(team);
            else
                service.Handle((Command)message);
        }

        service.Pairs.Values.ShouldAllBe(pair => pair.Waiting.Count == 0);
        foreach (var instrument in new[] { Instrument.Sam, Instrument.Cam })
        {
            OpportunitiesShouldBe(_expected.GetProperty("opportunities").GetProperty(Codes.Of(instrument)), service, instrument);
            SurveysShouldBe(_expected.GetProperty("records").GetProperty(Codes.Of(instrument)), service, instrument);
        }
    }

    static void OpportunitiesShouldBe(JsonElement expected, ServiceInMemory service, Instrument instrument)
    {
        var pairs = service.Pairs.Keys.Where(pair => pair.Instrument == instrument).ToHashSet();
        pairs.Count.ShouldBe(expected.GetArrayLength());
        foreach (var wanted in expected.EnumerateArray())
        {
            var pair = new RatingPair(instrument, Text(wanted, "team"), Text(wanted, "rater"), Text(wanted, "rated"));
            service.Pairs[pair].Opportunities.Values.Where(due => due.Outcome != OpportunityOutcome.Void).ShouldBe(
                wanted.GetProperty("opportunities").EnumerateArray().Select(due => new Opportunity(
                    Date(Text(due, "due")), Date(Text(due, "first")), Date(Text(due, "last")),
                    Codes.TryParse<OpportunityOutcome>(Text(due, "outcome"), out var outcome) ? outcome : throw new FormatException(),
                    due.GetProperty("by").GetString())),
                pair.ToString());
        }
    }

    static void SurveysShouldBe(JsonElement expected, ServiceInMemory service, Instrument instrument)
    {
        var surveys = service.Pairs.Where(pair => pair.Key.Instrument == instrument).SelectMany(pair => pair.Value.Assessed.Values).ToDictionary(survey => survey.SurveyId);
        surveys.Keys.ShouldBe(expected.EnumerateObject().Select(record => record.Name), ignoreOrder: true);
        foreach (var record in expected.EnumerateObject())
        {
            var survey = surveys[record.Name];
            survey.Withdrawn.ShouldBe(record.Value.GetProperty("withdrawn").GetBoolean(), record.Name);
            (survey.Completes is not null ? "completes" : survey.Counts ? "extra" : null).ShouldBe(record.Value.GetProperty("role").GetString(), record.Name);
            var scores = record.Value.GetProperty("scores").EnumerateObject().ToList();
            survey.Scores.Keys.ShouldBe(scores.Select(score => score.Name), ignoreOrder: true);
            foreach (var score in scores)
            {
                double? wanted = score.Value.ValueKind == JsonValueKind.Null ? null : score.Value.GetDouble();
                var actual = survey.Scores[score.Name].Value?.ToDouble();
                (actual is null).ShouldBe(wanted is null, $"{record.Name} {score.Name}");
                if (wanted is not null)
                    actual!.Value.ShouldBe(wanted.Value, 1e-9 * Math.Abs(wanted.Value), $"{record.Name} {score.Name}");
            }
        }
    }

    /// <summary>The commands of the season, and for each team a fact per post.</summary>
    static IEnumerable<object> Messages()
    {
        foreach (var team in Rows("staff.csv").GroupBy(row => row["team_id"]))
        {
            Post[] posts = [.. team.Select(row => new Post(
                row["staff_id"], Codes.TryParse<StaffRole>(row["role"], out var role) ? role : throw new FormatException(),
                Date(row["from"]), row["to"].Length == 0 ? null : Date(row["to"])))];
            for (var count = 0; count <= posts.Length; count++)
                yield return new TeamChanged(count + 1, "demo", team.Key, team.Key, "mst@1", new(2024, 1, 1), null, 1, posts[..count]);
        }

        var pairs = new Dictionary<string, RatingPair>();
        foreach (var (file, instrument, rated) in new[] { ("sam.csv", Instrument.Sam, "supervisor_id"), ("cam.csv", Instrument.Cam, "consultant_id") })
        {
            foreach (var row in Rows(file))
            {
                var pair = pairs[row["survey_id"]] = new(instrument, row["team_id"], row["rater_id"], row[rated]);
                yield return new RecordSurvey(
                    Guid.CreateVersion7(), "demo", row["survey_id"], pair, Date(row["date"]), row["instrument"],
                    [.. Enumerable.Range(1, Instruments.Find(row["instrument"])!.Items).Select(item => ToAnswer(row[$"i{item}"]))]);
            }
        }

        foreach (var row in Rows("corrections.csv").Where(row => pairs.ContainsKey(row["id"])))
        {
            yield return new CorrectSurvey(
                Guid.CreateVersion7(), "demo", row["id"], pairs[row["id"]], Date(row["date"]),
                int.Parse(row["item"], CultureInfo.InvariantCulture), ToAnswer(row["value"]), row["reason"]);
        }

        foreach (var row in Rows("withdrawals.csv").Where(row => pairs.ContainsKey(row["id"])))
            yield return new WithdrawSurvey(Guid.CreateVersion7(), "demo", row["id"], pairs[row["id"]], Date(row["date"]), row["reason"]);
    }

    static IReadOnlyList<IReadOnlyDictionary<string, string>> Rows(string file) => Csv.Read(Path.Combine(Folder, file));

    static Answer ToAnswer(string text) => Answer.TryParse(text, out var answer) ? answer : throw new FormatException(text);

    static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;

    static DateOnly Date(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
