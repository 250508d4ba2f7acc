using System.Diagnostics;
using Fidelity.Contracts;

namespace Fidelity.Portal.FillingIn;

/// <summary>A record that was filled in and is kept.</summary>
/// <param name="IsInEffect">False while its owner has not taken it in: it is sent again until then.</param>
public sealed record Recorded(Command Command, bool IsInEffect)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether the record is there to be seen, now or within the time that anybody should have to wait for it.</summary>
    public async Task<bool> IsShown(Func<Task<bool>> look, CancellationToken stopping)
    {
        if (!IsInEffect)
            return false;
        var waited = Stopwatch.StartNew();
        while (!await look())
        {
            if (waited.Elapsed > Patience)
                return false;
            await Task.Delay(BetweenLooks, stopping);
        }

        return true;
    }
}
