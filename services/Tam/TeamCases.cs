using System.Collections.Immutable;
using Fidelity.ServiceDefaults;
using Marten;

namespace Fidelity.Tam;

public sealed record CaseJoined(string CaseId);

/// <summary>The case was erased.</summary>
public sealed record CaseLeft(string CaseId);

/// <summary>
/// What all cases of a team share: who its therapists are. A case joins in the same transaction in which it learns of
/// them, so that a change of posts reaches every case and none is learned from a stale list.
/// </summary>
public sealed record TeamCases
{
    public string Id { get; set; } = "";

    public TherapistPostsLearned Posts { get; init; } = new(0, []);

    public ImmutableHashSet<string> Cases { get; init; } = [];

    public TeamCases Apply(TherapistPostsLearned happened) => this with { Posts = happened };

    public TeamCases Apply(CaseJoined happened) => happened.CaseId == Erased.Id ? this : this with { Cases = Cases.Add(happened.CaseId) };

    public TeamCases Apply(CaseLeft happened) => this with { Cases = Cases.Remove(happened.CaseId) };

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<CaseJoined>("case_joined");
        options.Events.MapEventType<CaseLeft>("case_left");
        options.Events.AddMaskingRuleForProtectedInformation<CaseJoined>(_ => new CaseJoined(Erased.Id));
        options.Events.AddMaskingRuleForProtectedInformation<CaseLeft>(_ => new CaseLeft(Erased.Id));
        options.Projections.LiveStreamAggregation<TeamCases>();
    }
}
