using Fidelity.ServiceDefaults;

namespace Fidelity.Portal.Exporting;

/// <summary>
/// What stands for ids in files: keyed hashes with the recipient in them. One recipient's files can be put together; those of two
/// cannot, nor with what the service itself shows.
/// </summary>
sealed class Pseudonyms(InstallationKeys keys, string recipient)
{
    const int Digits = 20;

    /// <summary>Staff are few and in every row.</summary>
    readonly Dictionary<(string Programme, string Id), string> staff = [];

    (string Programme, string Id, string Pseudonym) last = ("", "", "");

    public string? Case(string programme, string? id)
    {
        if (id is null)
            return null;
        // Rows come case by case.
        if (last.Programme != programme || last.Id != id)
            last = (programme, id, Of("case", programme, id));
        return last.Pseudonym;
    }

    public string? Staff(string programme, string? id)
    {
        if (id is null)
            return null;
        if (!staff.TryGetValue((programme, id), out var pseudonym))
            staff[(programme, id)] = pseudonym = Of("staff", programme, id);
        return pseudonym;
    }

    public string? Interview(string programme, string? id) => id is null ? null : Of("interview", programme, id);

    string Of(string kind, string programme, string id) => $"{kind[0]}{keys.Id("export", recipient, kind, programme, id).ToString("n")[..Digits]}";
}
