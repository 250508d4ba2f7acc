using System.Collections.Immutable;
using Marten;

namespace Fidelity.Tam;

public sealed record CaseJoined(string CaseId);

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

    public TeamCases Apply(CaseJoined happened) => this with { Cases = Cases.Add(happened.CaseId) };

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<CaseJoined>("case_joined");
        options.Projections.LiveStreamAggregation<TeamCases>();
    }
}
