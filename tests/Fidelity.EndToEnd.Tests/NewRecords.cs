using System.Net;
using System.Text.Json.Nodes;

namespace Fidelity.EndToEnd.Tests;

/// <summary>Something that the season does not have.</summary>
static class NewRecords
{
    /// <summary>A case that nobody knew, with its first interview, is one case more in the mean of its team.</summary>
    public static async Task ArriveInTheReview(Installation installation, string programme, string team)
    {
        const string Started = "2026-07-06";
        const string Interviewed = "2026-07-20";
        var review = $"/api/v1/reviews?programme={programme}&team={team}&period=2026-H2";
        var cases = Cases(await installation.Get(review));
        var therapist = File.ReadLines(Path.Combine(Installation.Season, "staff.csv")).Select(line => line.Split(',')).First(post =>
            post[1] == team && post[2] == "therapist" && (post[4] == "" || string.CompareOrdinal(post[4], Interviewed) > 0))[0];
        using var opened = await installation.Post(programme, "cases", new JsonObject
        {
            ["case_id"] = "c-new", ["team_id"] = team, ["therapist_id"] = therapist, ["started"] = Started,
        });
        using var interview = await installation.Post(programme, "tam-interviews", Interview("i-new", "c-new", Interviewed));
        foreach (var answer in new[] { opened, interview })
            answer.StatusCode.ShouldBeOneOf([HttpStatusCode.OK, HttpStatusCode.Accepted], await answer.Content.ReadAsStringAsync());
        await installation.Until(review, measures => Cases(measures.AsArray()) == cases + 1);

        static int Cases(JsonArray measures) => (int)measures.Single(measure => (string)measure!["measure"]! == "adherence")!["denominator"]!;
    }

    /// <summary>A programme with one team and one case, <c>c1</c>.</summary>
    public static async Task Open(Installation installation, string programme)
    {
        foreach (var (address, record) in new (string, JsonObject)[]
                 {
                     ("teams", new() { ["team_id"] = "t1", ["name"] = "Team Ett", ["profile"] = "mst@1", ["opened"] = "2026-01-01", ["pir_start_month"] = 1 }),
                     ("posts", new() { ["staff_id"] = "th1", ["team_id"] = "t1", ["role"] = "therapist", ["from"] = "2026-01-01" }),
                     ("cases", new() { ["case_id"] = "c1", ["team_id"] = "t1", ["therapist_id"] = "th1", ["started"] = "2026-07-06" }),
                 })
        {
            using var answer = await installation.Post(programme, address, record);
            answer.StatusCode.ShouldBeOneOf([HttpStatusCode.OK, HttpStatusCode.Accepted], await answer.Content.ReadAsStringAsync());
        }
    }

    public static JsonObject Interview(string id, string of, string date) => new()
    {
        ["interview_id"] = id, ["case_id"] = of, ["interviewer_id"] = null, ["date"] = date, ["mode"] = "online", ["language"] = "sv",
        ["interpreter"] = false, ["instrument"] = "tam-r@1", ["items"] = new JsonArray([.. Enumerable.Repeat(5, 28).Select(answer => JsonValue.Create(answer))]),
    };
}
