using Fidelity.Portal.Access;
using Fidelity.Portal.LoggingAccess;
using Fidelity.Portal.Reviews;

namespace Fidelity.Portal.Reviewing;

/// <summary>Keeps what is written as it is written, for the page's script. The page saves the same without it.</summary>
static class SavingParts
{
    public static void AddReviewing(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ReviewParts>();
        builder.Services.AddSingleton<ReviewDesk>();
    }

    public static void MapReviewing(this IEndpointRouteBuilder pages) =>
        // Who opened the page is in the log; each pause in the writing need not be.
        pages.MapPost("/teams/{Programme}/{TeamId}/pir/{Period}/write/saved", Save).For(Purpose.WriteReview).WithMetadata(new Unlogged());

    static async Task<IResult> Save(
        string programme, string teamId, string period, IFormCollection sent, ReviewDesk desk, ReviewParts parts, CurrentVisitor visitor, CancellationToken stopping)
    {
        if (await desk.Open(new(programme, teamId, period), await visitor.Reach(Purpose.WriteReview), stopping) is not { IsPresented: false } open)
            return Results.NotFound();
        var saving = SavedPart.Of(sent);
        if (saving is null || !open.Text.Has(saving.Part) || saving.Faults.Count > 0)
            return Results.UnprocessableEntity();
        return await parts.Save(open.Name, saving.Part, saving.Seen, saving.Content, (await visitor.Get())!.Holder, stopping)
            ? Results.Json(new { version = saving.Seen + 1 })
            : Results.Conflict();
    }
}

/// <summary>A part of a text as it was sent.</summary>
/// <param name="Seen">The version that the writer saw.</param>
/// <param name="Content">By field.</param>
/// <param name="Faults">Error codes of what cannot be kept, by field.</param>
public sealed record SavedPart(string Part, int Seen, IReadOnlyDictionary<string, string> Content, IReadOnlyDictionary<string, string> Faults)
{
    public static SavedPart? Of(IFormCollection sent)
    {
        var part = sent["part"].ToString();
        if (!int.TryParse(sent["seen"].ToString(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var seen))
            return null;
        var content = WrittenReview.Fields(part).ToDictionary(field => field, field => sent[field].ToString().ReplaceLineEndings("\n"), StringComparer.Ordinal);
        return new(
            part, seen, content,
            content.Select(field => (field.Key, Fault: WrittenReview.Fault(part, field.Key, field.Value))).Where(field => field.Fault is not null)
                .ToDictionary(field => field.Key, field => field.Fault!.Value.Code, StringComparer.Ordinal));
    }
}
