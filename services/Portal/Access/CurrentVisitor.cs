using Fidelity.Portal.SigningIn;
using Fidelity.ServiceDefaults;

namespace Fidelity.Portal.Access;

/// <summary>Whoever asks now. Posts and grants are read for each request, so that access ends when they do.</summary>
sealed class CurrentVisitor(IHttpContextAccessor contexts, Visitors visitors, BusinessCalendar calendar)
{
    /// <summary>Null when nobody has signed in.</summary>
    public async Task<Visitor?> Get()
    {
        var context = contexts.HttpContext!;
        if (context.Features.Get<Visitor>() is null && context.Features.Get<Account>() is { } account)
            context.Features.Set(await visitors.Of(account, context.RequestAborted));
        return context.Features.Get<Visitor>();
    }

    public async Task<bool> May(Purpose purpose) => await Get() is { } asking && Policy.Allows(asking, purpose, calendar.Today);

    /// <summary>All that is open to them for a purpose; nothing to who has not signed in.</summary>
    public async Task<Reach> Reach(Purpose purpose) => Policy.Reach(await Get() ?? Nobody, purpose, calendar.Today);

    static Visitor Nobody { get; } = new("", null, [], []);
}
