using Fidelity.Portal.FillingIn;

namespace Fidelity.Portal.Trends;

/// <summary>What was sent by one of the forms of a trend's page and not taken: it stands there again, with what is wrong with it.</summary>
/// <param name="Name">Of the form.</param>
/// <param name="Values">By field.</param>
/// <param name="Faults">Error codes by field.</param>
/// <param name="Others">Error codes of what no field says.</param>
public sealed record UnsentForm(
    string Name, IReadOnlyDictionary<string, string> Values, IReadOnlyDictionary<string, string> Faults, IReadOnlyList<string> Others)
{
    internal static UnsentForm Of(string name, Func<string, string?> sent, IReadOnlyList<Problem.Fault> faults)
    {
        var values = WrittenOnTrend.Fields.Where(field => sent(field) is not null).ToDictionary(field => field, field => sent(field)!, StringComparer.Ordinal);
        var judged = new FilledForm(values, new Dictionary<string, string>(StringComparer.Ordinal), []).Judged(faults);
        return new(name, judged.Values, judged.Faults, judged.Others);
    }

    /// <summary>What somebody wrote, so that they have it still where their form is not shown any more.</summary>
    public string? Text => Values.GetValueOrDefault("text") ?? Values.GetValueOrDefault("reason");
}
