using System.ComponentModel;
using System.Text.Json;
using Fidelity.Contracts.Submitting;
using Fidelity.Portal.Access;
using Fidelity.Portal.Describing;
using Fidelity.Portal.Listing;
using Fidelity.Portal.Submitting;
using Fidelity.Validation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fidelity.Portal.Notifying;

/// <summary>Webhooks over HTTP, for programs that may register them.</summary>
static class WebhookEndpoints
{
    const string Tag = "Webhooks";
    const string IdMeaning = "What the webhook was registered as.";

    public static void AddNotifying(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(Webhooks.Index);
        builder.Services.AddSingleton<WebhookAddress>();
        builder.Services.AddSingleton<Webhooks>();
        builder.Services.AddSingleton<NotingEvents>();
        builder.Services.AddSingleton<WebhookSender>();
        builder.Services.AddHostedService<SendingEvents>();
    }

    public static void MapNotifying(this IEndpointRouteBuilder api)
    {
        api.MapGet("/webhooks", List).For(Purpose.Subscribe)
            .WithName("listWebhooks").WithTags(Tag).WithSummary("List the webhooks")
            .WithDescription("Those of the programmes that are open to the token, those that have ended included.")
            .Answers(StatusCodes.Status200OK, "The webhooks, by programme and oldest first.", (IReadOnlyList<Webhook>)[Webhook.Example])
            .Refuses(Problems.OfParameter(Programme.Fault("Nord")!));
        api.MapPost("/webhooks", Make).For(Purpose.Subscribe)
            .WithName("makeWebhook").WithTags(Tag).WithSummary("Register a webhook")
            .WithDescription(
                "The address is told by POST of what happens in the programme from this day on: `review_presented` with team, period and moment; "
                + "`opportunity_expired` with team and an id that stands for the opportunity and tells nothing of it. Each is JSON with `id`, `event`, `made_at` and `data`, and "
                + "comes at least once: `Fidelity-Delivery` is the same when it comes again. Answer with any 2xx within ten seconds. What is not taken is tried nine times in a day; "
                + "when nothing came through for so long, or the address answers 410, the webhook is paused, and resumed on the page of webhooks.\n\n"
                + "`Fidelity-Signature: t=SECONDS,v1=HMAC` signs it: the HMAC-SHA256 in hexadecimal, with the secret as its key, of SECONDS, a full stop and the body. "
                + "Compute it before you read the body, and refuse what is some minutes old.")
            .Requires("programme")
            .Accepts<WebhookWanted>("application/json")
            .TakesExample("webhook", new WebhookWanted(Webhook.Example.Url, ["review_presented", "opportunity_expired"]))
            .Answers(StatusCodes.Status201Created, "Registered. The secret is shown this once.", new WebhookMade(Webhook.Example, "fidelity_webhook_3q2-7wAAAAB0aGlzIGlzIGp1c3QgYW4gZXhhbXBsZQ"))
            .Says(StatusCodes.Status201Created, "Location", "Where its deliveries are.")
            .Refuses(Problems.OfStatus(StatusCodes.Status400BadRequest))
            .Refuses(Problems.OfStatus(StatusCodes.Status413PayloadTooLarge))
            .Refuses(Problems.OfStatus(StatusCodes.Status415UnsupportedMediaType))
            .Refuses(Problems.OfParameter(Programme.Fault("Nord")!))
            .Refuses(Problems.Of([new(ErrorCodes.UnknownCode, "/url", null, "Give an https address: what is sent is for that receiver alone.")]));
        api.MapPost("/webhooks/{id:guid}/end", End).For(Purpose.Subscribe)
            .WithName("endWebhook").WithTags(Tag).WithSummary("End a webhook")
            .WithDescription("It is told nothing more. Its deliveries can be read for 90 days. Ending it again changes nothing.")
            .Answers(StatusCodes.Status200OK, "It has ended.", Webhook.Example with { State = WebhookState.Ended })
            .Refuses(Unknown(Webhook.Example.Id));
        api.MapGet("/webhooks/{id:guid}/deliveries", Deliveries).For(Purpose.Subscribe)
            .WithName("listDeliveries").WithTags(Tag).WithSummary("List what a webhook was told")
            .WithDescription("Everything that it was told or is to be told, with what came of the last try.")
            .Answers(StatusCodes.Status200OK, "The deliveries, newest first.", Delivery.Examples)
            .InParts()
            .Refuses(Unknown(Webhook.Example.Id));
        api.MapPost("/webhooks/{id:guid}/deliveries/{delivery:guid}/again", Again).For(Purpose.Subscribe)
            .WithName("sendDeliveryAgain").WithTags(Tag).WithSummary("Send a delivery again")
            .WithDescription("With the same id and content and a new signature, whatever came of it before; it is tried for a day again.")
            .Answers(StatusCodes.Status202Accepted, "It is sent in the next seconds.", Webhook.Example)
            .Refuses(Unknown(Webhook.Example.Id));
    }

    static async Task<IResult> List(
        CurrentVisitor visitor, Webhooks webhooks, [Description(Programme.Meaning + " All programmes when left out.")] string? programme, CancellationToken stopping) =>
        programme is not null && Programme.Fault(programme) is { } fault
            ? Problems.OfParameter(fault)
            : Results.Json(await webhooks.Of(await visitor.Reach(Purpose.Subscribe), programme, stopping), ApiJson.Options);

    static async Task<IResult> Make(
        HttpContext context, CurrentVisitor visitor, Webhooks webhooks, [Description(Programme.Meaning)] string? programme, CancellationToken stopping)
    {
        if (Programme.Fault(programme) is { } fault)
            return Problems.OfParameter(fault);
        if (!(await visitor.Reach(Purpose.Subscribe)).CoversAllOf(programme))
            return Problems.OfStatus(StatusCodes.Status403Forbidden);
        if (!context.Request.HasJsonContentType())
            return Problems.OfStatus(StatusCodes.Status415UnsupportedMediaType);
        WebhookWanted? wanted;
        try
        {
            // UTF-8, whatever the request calls it, as all documents here are.
            wanted = await JsonSerializer.DeserializeAsync<WebhookWanted>(context.Request.Body, ApiJson.Options, stopping);
        }
        catch (JsonException)
        {
            wanted = null;
        }

        if (wanted is null)
            return Problems.OfStatus(StatusCodes.Status400BadRequest);
        var (made, faults) = await webhooks.Make(programme!, wanted, (await visitor.Get())!.Name, stopping);
        if (made is null)
            return Problems.Of([.. faults.Select(one => new Problem.Fault(one.Code, RecordDocument.Pointer(one.Field), null, one.Message))]);
        context.Response.Headers.Location = $"/api/v1/webhooks/{made.Webhook.Id}/deliveries";
        return Results.Json(made, ApiJson.Options, statusCode: StatusCodes.Status201Created);
    }

    static async Task<IResult> End([Description(IdMeaning)] Guid id, CurrentVisitor visitor, Webhooks webhooks, CancellationToken stopping)
    {
        if (await webhooks.Find(id, await visitor.Reach(Purpose.Subscribe), stopping) is not { } webhook)
            return Unknown(id);
        await webhooks.End(id, stopping);
        return Results.Json(webhook with { State = WebhookState.Ended }, ApiJson.Options);
    }

    static async Task<IResult> Deliveries(
        [Description(IdMeaning)] Guid id, HttpContext context, CurrentVisitor visitor, Webhooks webhooks, ListParts parts,
        [Description(ListParts.LimitMeaning)] int? limit, [Description(ListParts.CursorMeaning)] string? cursor, CancellationToken stopping)
    {
        if (await webhooks.Find(id, await visitor.Reach(Purpose.Subscribe), stopping) is null)
            return Unknown(id);
        var (part, fault) = parts.Read(context, limit, cursor);
        if (fault is not null)
            return fault;
        var deliveries = await webhooks.Deliveries(id, part.Limit + 1, part.After is [var before] ? Guid.Parse(before) : null, stopping);
        if (deliveries.Count > part.Limit)
            parts.SayNext(context, deliveries[part.Limit.Value - 1].Id.ToString());
        return Results.Json(deliveries.Take(part.Limit ?? deliveries.Count), ApiJson.Options);
    }

    static async Task<IResult> Again(
        [Description(IdMeaning)] Guid id, [Description("The id of the delivery.")] Guid delivery, CurrentVisitor visitor, Webhooks webhooks, CancellationToken stopping) =>
        await webhooks.Find(id, await visitor.Reach(Purpose.Subscribe), stopping) is { } webhook && await webhooks.SendAgain(id, delivery, stopping)
            ? Results.Json(webhook, ApiJson.Options, statusCode: StatusCodes.Status202Accepted)
            : Unknown(id);

    static ProblemHttpResult Unknown(Guid id) => Problems.Of(StatusCodes.Status404NotFound, ErrorCodes.UnknownReference,
        $"There is no webhook {id}, or no such delivery of it that could be sent. Check the address, and whether the webhook is active.");
}
