using System.Globalization;
using System.Text.Json.Nodes;

namespace Fidelity.EndToEnd.Tests;

/// <summary>What a team's page should say of the season, worked out from its files and the independent figures alone.</summary>
static class SeasonByHand
{
    const double Z95 = 1.959964;

    static readonly JsonNode Season = JsonNode.Parse(File.ReadAllText(Path.Combine(Installation.Season, "expected.json")))!;

    public static DateOnly AsOf { get; } = Day((string)Season["as_of"]!);

    public static IReadOnlyList<HeldByHand> Interviews { get; } = [.. ReadInterviews()];

    /// <summary>The rows of a file by column; a quoted cell is the last of its row.</summary>
    public static IReadOnlyList<Dictionary<string, string>> Rows(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(Installation.Season, file));
        var columns = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => columns.Zip(line.Split(',', columns.Length)).ToDictionary(cell => cell.First, cell => cell.Second, StringComparer.Ordinal))];
    }

    public static DateOnly Day(string date) => DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Every interview of a team that fell due, with its case.</summary>
    public static IReadOnlyList<(string Case, DateOnly Due, DateOnly First, DateOnly Last, string Outcome, string? By)> Due(string team)
    {
        var cases = Rows("cases.csv").Where(row => row["team_id"] == team).Select(row => row["case_id"]).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Season["opportunities"]!["tam"]!.AsObject().Where(of => cases.Contains(of.Key)).SelectMany(of => of.Value!.AsArray().Select(due =>
                (of.Key, Day((string)due!["due"]!), Day((string)due["first"]!), Day((string)due["last"]!), (string)due["outcome"]!, (string?)due["by"]))),
        ];
    }

    /// <summary>Every survey of a team that fell due.</summary>
    public static IReadOnlyList<(DateOnly Due, DateOnly Last, string Outcome)> Surveys(string instrument, string team) =>
    [
        .. Season["opportunities"]![instrument]!.AsArray().Where(pair => (string)pair!["team"]! == team)
            .SelectMany(pair => pair!["opportunities"]!.AsArray())
            .Select(due => (Day((string)due!["due"]!), Day((string)due["last"]!), (string)due["outcome"]!)),
    ];

    /// <summary>When the next interview of a team falls due: two weeks after a start, and every month from then on.</summary>
    public static DateOnly NextDue(string team) =>
        Rows("cases.csv").Where(row => row["team_id"] == team && row["discharged"].Length == 0)
            .Select(row => Day(row["started"]).AddDays(14))
            .Select(first => Enumerable.Range(0, 100).Select(first.AddMonths).First(due => due > AsOf)).Min();

    /// <summary>The half-year that runs, and the one before.</summary>
    public static ((string Name, DateOnly From, DateOnly To) Current, (string Name, DateOnly From, DateOnly To) Previous) Periods(string team)
    {
        var startMonth = (int)Season["teams"]!.AsArray().Single(one => (string)one!["team"]! == team)!["pir_start_month"]!;
        var from = new DateOnly(2024, startMonth, 1);
        while (from.AddMonths(6) <= AsOf)
            from = from.AddMonths(6);
        return (Named(from), Named(from.AddMonths(-6)));

        (string, DateOnly, DateOnly) Named(DateOnly first) => (
            first.Month == startMonth ? $"{first.Year}-H1" : $"{first.AddMonths(-6).Year}-H2", first, first.AddMonths(6).AddDays(-1));
    }

    public static (double Low, double High) Wilson(int x, int n)
    {
        var (p, z2) = ((double)x / n, Z95 * Z95);
        var middle = (p + z2 / (2 * n)) / (1 + z2 / n);
        var half = Z95 / (1 + z2 / n) * Math.Sqrt(p * (1 - p) / n + z2 / (4.0 * n * n));
        return (middle - half, middle + half);
    }

    static IEnumerable<HeldByHand> ReadInterviews()
    {
        var teams = Rows("cases.csv").ToDictionary(row => row["case_id"], row => row["team_id"], StringComparer.Ordinal);
        var corrections = Rows("corrections.csv").ToLookup(row => row["id"], StringComparer.Ordinal);
        foreach (var row in Rows("tam.csv"))
        {
            // A later correction of an item holds against an earlier one, and dates in this form sort as text.
            foreach (var correction in corrections[row["interview_id"]].OrderBy(correction => correction["date"], StringComparer.Ordinal))
                row["i" + correction["item"]] = correction["value"];
            string[] answers = [.. Enumerable.Range(1, 28).Select(item => row["i" + item.ToString(CultureInfo.InvariantCulture)])];
            var record = Season["records"]!["tam"]![row["interview_id"]]!;
            yield return new(
                row["interview_id"], row["case_id"], teams[row["case_id"]], Day(row["date"]), answers.Count(answer => answer == "5"),
                answers.Count(answer => answer is not "" and not "NA"), answers.Count(answer => answer == "NA"), row["instrument"],
                corrections[row["interview_id"]].Max(correction => correction["date"]),
                (string?)record["role"], (bool)record["independent"]!, (bool)record["withdrawn"]!);
        }
    }
}

/// <summary>An interview counted by hand: corrections in force, <c>5</c> the adherent end.</summary>
/// <param name="Role"><c>completes</c>, <c>extra</c>, or nothing when it counts nowhere.</param>
sealed record HeldByHand(
    string Id, string Case, string Team, DateOnly Date, int Adherent, int Answered, int NotApplicable, string Instrument, string? Corrected,
    string? Role, bool Independent, bool Withdrawn)
{
    public int Blank => 28 - Answered - NotApplicable;

    public bool IsSufficient => Answered >= 19;

    /// <summary>At least .61, in whole numbers.</summary>
    public bool Reaches => Adherent * 100 >= Answered * 61;
}
