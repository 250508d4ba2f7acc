using Fidelity.Contracts;
using Fidelity.Contracts.Roster;

namespace Fidelity.Portal.Importing;

/// <summary>
/// Records by key: what was accepted earlier, and what an import adds to it while it is being checked. Interviews and surveys are
/// as first submitted; teams, posts and cases have their blanks filled.
/// </summary>
public sealed class KnownRecords
{
    readonly Dictionary<RecordKey, Command> _records = [];
    readonly Dictionary<string, Dictionary<RecordKey, RegisterPost>> _posts = new(StringComparer.Ordinal);
    readonly KnownRecords? _earlier;

    /// <summary>What was accepted earlier: the latest content of each key.</summary>
    public KnownRecords(IEnumerable<Command> accepted)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        foreach (var command in accepted)
            Add(RecordKey.Of(command), command);
    }

    KnownRecords(KnownRecords earlier) => _earlier = earlier;

    /// <summary>The record with this key, or null.</summary>
    public Command? Find(RecordKey key) => _records.TryGetValue(key, out var command) ? command : _earlier?.Find(key);

    /// <summary>The posts that a person holds or held.</summary>
    public IEnumerable<RegisterPost> PostsOf(string staffId)
    {
        var own = _posts.GetValueOrDefault(staffId);
        var earlier = _earlier?.PostsOf(staffId) ?? [];
        return own is null ? earlier : own.Values.Concat(earlier.Where(post => !own.ContainsKey(RecordKey.Of(post))));
    }

    /// <summary>The same records, to which more can be added without touching these.</summary>
    internal KnownRecords Extend() => new(this);

    internal void Add(RecordKey key, Command command)
    {
        _records[key] = command;
        if (command is not RegisterPost post)
            return;
        if (!_posts.TryGetValue(post.StaffId, out var posts))
            _posts.Add(post.StaffId, posts = []);
        posts[key] = post;
    }
}
