using System.Text.Json.Serialization;
using Fidelity.Measurement;

namespace Fidelity.Portal.Notifying;

/// <summary>What programs are told of.</summary>
[JsonConverter(typeof(CodeJsonConverter<WebhookEvent>))]
enum WebhookEvent
{
    /// <summary>A review was presented: its figures and text stand from now on.</summary>
    ReviewPresented,

    /// <summary>A TAM interview was not held in its time.</summary>
    OpportunityExpired,
}

/// <summary>Whether a webhook is told anything.</summary>
[JsonConverter(typeof(CodeJsonConverter<WebhookState>))]
enum WebhookState
{
    /// <summary>It is told.</summary>
    Active,

    /// <summary>It was told in vain for a day, or said that it is gone. What happens is kept for it until it is resumed.</summary>
    Paused,

    /// <summary>It was ended, and is told nothing more.</summary>
    Ended,
}

/// <summary>Where a delivery stands.</summary>
[JsonConverter(typeof(CodeJsonConverter<DeliveryState>))]
enum DeliveryState
{
    /// <summary>It is tried, or tried again.</summary>
    Waiting,

    /// <summary>It was taken.</summary>
    Delivered,

    /// <summary>It was not taken for a day, or the webhook has ended: it is not tried any more.</summary>
    GivenUp,
}

/// <summary>An address that is told of what happens in a programme.</summary>
/// <param name="Id">Its name here.</param>
/// <param name="Programme">The programme.</param>
/// <param name="Url">Where it is told.</param>
/// <param name="Events">What it is told of.</param>
/// <param name="MadeBy">Who registered it.</param>
/// <param name="MadeAt">When. It is told of what happens from this day on.</param>
/// <param name="State">Whether it is told anything.</param>
sealed record Webhook(Guid Id, string Programme, string Url, IReadOnlyList<WebhookEvent> Events, string MadeBy, DateTimeOffset MadeAt, WebhookState State)
{
    public static Webhook Example { get; } = new(
        new("0198f3c2-6f00-7a51-9a5e-3c1d7f2b8e10"), "main", "https://follow.example.org/fidelity", [WebhookEvent.ReviewPresented, WebhookEvent.OpportunityExpired],
        "a program", new(2026, 7, 1, 8, 30, 0, TimeSpan.Zero), WebhookState.Active);
}

/// <summary>An address that is to be told.</summary>
/// <param name="Url">Where: an https address that can be reached from the installation, without a user name and without a fragment.</param>
/// <param name="Events">What of: at least one kind of event.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record WebhookWanted(string? Url, IReadOnlyList<string>? Events);

/// <summary>A webhook that was registered.</summary>
/// <param name="Webhook">What was registered.</param>
/// <param name="Secret">What signs all that is sent to it. It is shown this once.</param>
sealed record WebhookMade(Webhook Webhook, string Secret);

/// <summary>Something that a webhook is told, or was.</summary>
/// <param name="Id">Its name: the same whenever it is sent again.</param>
/// <param name="Event">What it tells of.</param>
/// <param name="MadeAt">When it was noticed.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Tries">How often it was sent, or was tried to be, since it began or was begun again.</param>
/// <param name="TriedAt">When it was sent last; null before the first time.</param>
/// <param name="NextAt">When it is sent next; null when it is not.</param>
/// <param name="Answer">What came of the last try: the HTTP status, or `unreachable`, `timeout` or `not_allowed`; null before the first.</param>
sealed record Delivery(
    Guid Id, WebhookEvent Event, DateTimeOffset MadeAt, DeliveryState State, int Tries, DateTimeOffset? TriedAt, DateTimeOffset? NextAt, string? Answer)
{
    public static IReadOnlyList<Delivery> Examples =>
    [
        new(new("0198f3c5-0a00-7c44-8d11-5b6a7c8d9e0f"), WebhookEvent.ReviewPresented, new(2026, 7, 20, 9, 0, 5, TimeSpan.Zero), DeliveryState.Waiting, 2,
            new(2026, 7, 20, 9, 1, 10, TimeSpan.Zero), new(2026, 7, 20, 9, 6, 10, TimeSpan.Zero), "503"),
    ];
}
