using System.Globalization;

namespace Fidelity.Portal.LoggingAccess;

/// <summary>Walks the log from its beginning and finds the first entry that is not as it was written.</summary>
sealed class AccessChain(long before, byte[] beginning)
{
    byte[] last = beginning;
    long number = before;

    /// <summary>How many entries are as they were written.</summary>
    public long Count { get; private set; }

    /// <summary>The hash of the last of them. Kept elsewhere, it also shows when the end was cut off.</summary>
    public string LastHash => Convert.ToHexStringLower(last);

    /// <summary>Null when the entry follows on the one before; otherwise what is wrong with it.</summary>
    public string? Fault(AccessEntry entry, byte[] previous, byte[] hash)
    {
        if (entry.Number != number + 1)
        {
            return entry.Number <= number
                ? string.Create(CultureInfo.InvariantCulture, $"entry {entry.Number} stands after entry {number}: it was put in")
                : string.Create(CultureInfo.InvariantCulture, $"entry {number + 1} is missing: {entry.Number} follows on {number}");
        }

        if (!previous.AsSpan().SequenceEqual(last))
            return string.Create(CultureInfo.InvariantCulture, $"entry {entry.Number} does not follow on what stands before it: the one before was altered or exchanged");
        if (!hash.AsSpan().SequenceEqual(entry.Hash(previous)))
            return string.Create(CultureInfo.InvariantCulture, $"entry {entry.Number} of {entry.At:O} was altered");
        (last, number) = (hash, entry.Number);
        Count++;
        return null;
    }
}
