using System.Collections.Immutable;
using Fidelity.Portal.Access;
using Fidelity.Validation;
using Marten;

namespace Fidelity.Portal;

public sealed record GrantGiven(
    Guid GrantId, Role Role, string? Programme, string? TeamId, string Basis, DateOnly From, DateOnly Until, string By);

public sealed record GrantEnded(Guid GrantId, DateOnly On, string Reason, string By);

/// <summary>A role that an account was given, from a day until a day, both inclusive.</summary>
/// <param name="Programme">Null: in every programme.</param>
/// <param name="TeamId">Null: on every team there.</param>
/// <param name="Basis">What it rests on, such as a contract or a decision.</param>
/// <param name="By">Who gave it.</param>
/// <param name="Ended">Its end before its time: from then on it gives nothing, that day included.</param>
public sealed record Grant(
    Guid Id, Role Role, string? Programme, string? TeamId, string Basis, DateOnly From, DateOnly Until, string By, GrantEnded? Ended)
{
    public bool Holds(DateOnly day) => Ended is null && From <= day && day <= Until;
}

/// <summary>Why a grant is not given: the field of the form, and a code for which the pages have words.</summary>
public sealed record GrantFault(string Field, string Code);

/// <summary>All that an account was granted. Its name may not be the read model's, <c>Grants</c>: a store knows both by name.</summary>
public sealed record AccountGrants
{
    /// <summary>For how long access may be given at a time: two years, one of them a leap year.</summary>
    public const int MostDays = 731;

    public const int LongestText = 200;

    /// <summary>What may be granted. The other roles come from posts.</summary>
    public static readonly IReadOnlyList<Role> Roles = [Role.Consultant, Role.ProgrammeDirector, Role.Administrator, Role.Auditor];

    public string Id { get; set; } = "";

    public ImmutableList<Grant> All { get; init; } = [];

    public AccountGrants Apply(GrantGiven happened) => this with
    {
        All = All.Add(new(
            happened.GrantId, happened.Role, happened.Programme, happened.TeamId, happened.Basis, happened.From, happened.Until, happened.By, null)),
    };

    public AccountGrants Apply(GrantEnded happened) => this with
    {
        All = [.. All.Select(grant => grant.Id == happened.GrantId ? grant with { Ended = happened } : grant)],
    };

    /// <summary>Gives a grant, unless it was given before.</summary>
    /// <param name="within">The programme that the account belongs to; null: to all.</param>
    /// <param name="giver">What the giver may give access to.</param>
    public static (AccountGrants State, IReadOnlyList<object> Events, IReadOnlyList<GrantFault> Faults) Give(
        AccountGrants? known, GrantGiven asked, string? within, Reach giver)
    {
        var state = known ?? new AccountGrants();
        if (state.All.Any(grant => grant.Id == asked.GrantId))
            return (state, [], []);
        var faults = Faults(asked, within, giver).ToList();
        return faults.Count > 0 ? (state, [], faults) : (state.Apply(asked), [asked], []);
    }

    /// <summary>Ends a grant at once. One that is not there, or was ended before, or is not the ender's to end, stays as it is.</summary>
    public static (AccountGrants State, IReadOnlyList<object> Events, IReadOnlyList<GrantFault> Faults) End(AccountGrants? known, GrantEnded asked, Reach giver)
    {
        var state = known ?? new AccountGrants();
        if (state.All.Find(grant => grant.Id == asked.GrantId) is not { Ended: null } grant || !MayGive(giver, grant.Programme))
            return (state, [], []);
        return TextFault(asked.Reason) is { } fault ? (state, [], [new("reason", fault)]) : (state.Apply(asked), [asked], []);
    }

    static IEnumerable<GrantFault> Faults(GrantGiven asked, string? within, Reach giver)
    {
        var ofTeams = asked.Role is Role.Consultant or Role.ProgrammeDirector;
        if (!Roles.Contains(asked.Role))
            yield return new("role", "from_post");
        if (ofTeams && asked.Programme is null)
            yield return new("programme", "needs_programme");
        if (asked.Programme is not null && Programme.Fault(asked.Programme) is { } bad)
            yield return new("programme", bad.Code);
        else if (!MayGive(giver, asked.Programme))
            yield return new("programme", "not_yours");
        if (within is not null && within != asked.Programme)
            yield return new("programme", "other_programme");
        if (asked.TeamId is not null && !ofTeams)
            yield return new("team", "no_team");
        if (TextFault(asked.Basis) is { } fault)
            yield return new("basis", fault);
        if (asked.Until < asked.From)
            yield return new("until", "before_from");
        else if (asked.Until.DayNumber - asked.From.DayNumber > MostDays)
            yield return new("until", "too_long");
    }

    static bool MayGive(Reach giver, string? programme) => giver.Purpose == Purpose.GiveAccess && giver.CoversAllOf(programme);

    static string? TextFault(string text) =>
        string.IsNullOrWhiteSpace(text) ? "missing" : text.Length > LongestText ? "too_large" : PersonalIdentityNumber.IsIn(text) ? "personal_identity_number" : null;

    public static string StreamKey(Guid account) => $"grants:{account:n}";

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<GrantGiven>("grant_given");
        options.Events.MapEventType<GrantEnded>("grant_ended");
        options.Projections.LiveStreamAggregation<AccountGrants>();
    }
}
