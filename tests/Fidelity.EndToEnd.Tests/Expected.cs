using System.Text.Json.Nodes;

namespace Fidelity.EndToEnd.Tests;

/// <summary>The season's figures as an independent calculator gave them, and the comparison with what the API says.</summary>
static class Expected
{
    static readonly JsonNode Season = JsonNode.Parse(File.ReadAllText(Path.Combine(Installation.Season, "expected.json")))!;

    /// <summary>
    /// Every difference between the season's figures, or those of one team, and the installation's. SAM and CAM values are compared where
    /// they have come to rest; until then they do not leave Pir.
    /// </summary>
    public static async Task<IReadOnlyList<string>> Differences(Installation installation, string programme, string? only = null, bool atRest = false)
    {
        var teams = Season["teams"]!.AsArray().Where(team => only is null || (string)team!["team"]! == only).ToList();
        var cases = File.ReadLines(Path.Combine(Installation.Season, "cases.csv")).Skip(1).Select(line => line.Split(','))
            .Where(columns => only is null || columns[1] == only).Select(columns => columns[0]).ToHashSet(StringComparer.Ordinal);
        var differences = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var reviews = (await installation.Get($"/api/v1/reviews?programme={programme}"))
            .ToDictionary(review => $"{review!["team"]} {review["period"]} {review["measure"]}", StringComparer.Ordinal);
        foreach (var measure in Season["measures"]!.AsArray().Where(measure =>
                     (only is null || (string)measure!["team"]! == only) && (atRest || !IsWithheld((string)measure!["measure"]!))))
        {
            var name = $"{measure!["team"]} {measure["period"]} {measure["measure"]}";
            foreach (var field in new[] { "value", "numerator", "denominator", "low", "high", "target", "status" })
                Compare($"{name} {field}", measure[field], reviews.GetValueOrDefault(name)?[field]);
        }

        foreach (var team in teams)
            await CompareTrend(team!);
        foreach (var known in (await Task.WhenAll(teams.Select(team => installation.Get($"/api/v1/opportunities?programme={programme}&team={team!["team"]}"))))
                     .SelectMany(opportunities => opportunities).Where(opportunity => (string)opportunity!["instrument"]! == "tam")
                     .GroupBy(opportunity => (string)opportunity!["case"]!, StringComparer.Ordinal))
        {
            CompareOpportunities(known.Key, Season["opportunities"]!["tam"]![known.Key]?.AsArray(), [.. known.Select(opportunity => opportunity!.DeepClone())]);
            seen.Add(known.Key);
        }

        foreach (var (missing, of) in Season["opportunities"]!["tam"]!.AsObject().Where(expected => cases.Contains(expected.Key) && !seen.Contains(expected.Key) && expected.Value!.AsArray().Count > 0))
            differences.Add($"{missing}: no opportunities, expected {of!.AsArray().Count}");
        return differences;

        async Task CompareTrend(JsonNode team)
        {
            var name = (string)team["team"]!;
            var trend = (await installation.Portal.GetFromJson($"/api/v1/trends?programme={programme}&team={name}"))!;
            foreach (var month in team["trend"]!.AsArray())
            {
                var given = trend["months"]!.AsArray().SingleOrDefault(other => (string)other!["name"]! == (string)month!["month"]!);
                Compare($"{name} {month!["month"]} value", month["value"], given?["value"]);
                Compare($"{name} {month["month"]} n", month["n"], given?["n"]);
            }

            foreach (var field in new[] { "points", "mean", "mean_moving_range", "lower", "upper", "trial" })
                Compare($"{name} xmr {field}", team["xmr"]![field], trend["xmr"]![field]);
            Compare($"{name} assurance", ((string?)team["xmr"]!["assurance"])?.Replace(' ', '_'), (string?)trend["xmr"]!["assurance"]);
            foreach (var (rule, months) in team["xmr"]!["signals"]!.AsObject())
                Compare($"{name} {rule}", months!.ToJsonString(), trend["xmr"]!["signals"]![rule]?.ToJsonString());
            foreach (var chart in new[] { "p_chart_adherence_above", "p_chart_tam_completed" })
            {
                Compare($"{name} {chart}", team[chart]?["p_bar"], trend[chart]?["p_bar"]);
                var months = team[chart]?["months"]!.AsArray() ?? [];
                Compare($"{name} {chart} months", months.Count, trend[chart]?["months"]!.AsArray().Count ?? 0);
                foreach (var (month, given) in months.Zip(trend[chart]?["months"]!.AsArray() ?? []))
                {
                    foreach (var (field, value) in month!.AsObject())
                        Compare($"{name} {chart} {month["month"]} {field}", value, given![field]);
                }
            }
        }

        void CompareOpportunities(string caseId, JsonArray? expected, IReadOnlyList<JsonNode> given)
        {
            Compare($"{caseId} opportunities", expected?.Count ?? 0, given.Count);
            foreach (var (opportunity, other) in (expected ?? []).Zip(given))
            {
                foreach (var field in new[] { "due", "first", "last", "outcome", "by" })
                    Compare($"{caseId} {opportunity!["due"]} {field}", opportunity[field], other[field]);
            }
        }

        void Compare(string what, JsonNode? expected, JsonNode? given)
        {
            if (!Same(expected, given))
                differences.Add($"{what}: {given?.ToJsonString() ?? "null"}, expected {expected?.ToJsonString() ?? "null"}");
        }
    }

    static bool IsWithheld(string measure) => (measure.StartsWith("sam_", StringComparison.Ordinal) || measure.StartsWith("cam_", StringComparison.Ordinal))
        && !measure.EndsWith("_completed", StringComparison.Ordinal);

    static bool Same(JsonNode? expected, JsonNode? given)
    {
        if (expected is null || given is null)
            return expected is null && given is null;
        if (expected is not JsonValue { } value || !value.TryGetValue<double>(out var a) || !given.AsValue().TryGetValue<double>(out var b))
            return expected.ToJsonString() == given.ToJsonString();
        return Math.Abs(a - b) <= 1e-9 * Math.Max(Math.Abs(a), Math.Abs(b));
    }

    static Task<JsonNode?> GetFromJson(this HttpClient client, string address) =>
        System.Net.Http.Json.HttpClientJsonExtensions.GetFromJsonAsync<JsonNode>(client, address);
}
