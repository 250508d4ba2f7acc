using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Validation;

namespace Fidelity.Portal.Importing;

/// <summary>
/// Records by key, as they were accepted. Interviews and surveys are as first submitted; teams, posts and cases have their blanks
/// filled.
/// </summary>
public sealed class KnownRecords
{
    readonly Dictionary<RecordKey, Command> _records = [];
    readonly ILookup<string, RegisterPost> _posts;

    /// <summary>What was accepted earlier, in that order: of several with one key, the first with its blanks filled by the others.</summary>
    public KnownRecords(IEnumerable<Command> accepted)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        foreach (var command in accepted)
        {
            var key = RecordKey.Of(command);
            _records[key] = Find(key) is { } earlier ? Filling.Merge(earlier, command) : command;
        }

        _posts = _records.Values.OfType<RegisterPost>().ToLookup(post => post.StaffId, StringComparer.Ordinal);
    }

    /// <summary>The record with this key, or null.</summary>
    public Command? Find(RecordKey key) => _records.GetValueOrDefault(key);

    /// <summary>The posts that a person holds or held.</summary>
    public IEnumerable<RegisterPost> PostsOf(string staffId) => _posts[staffId];
}
