using System.Text.Json;
using Fidelity.Measurement;

namespace Fidelity.Surveys.Tests;

/// <summary>States as text, so that two can be compared.</summary>
static class Snapshot
{
    public static string Whole(PairSurveys pair) => JsonSerializer.Serialize(pair);

    /// <summary>What follows from the facts. How they came leaves two traces only: what was void, and which version told it.</summary>
    public static string Derived(PairSurveys pair) => JsonSerializer.Serialize(new
    {
        pair.Posts?.Posts, pair.Assessed, Opportunities = pair.Opportunities.Values.Where(due => due.Outcome != OpportunityOutcome.Void), pair.NextDate,
    });
}
