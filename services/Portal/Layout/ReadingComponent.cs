using Microsoft.AspNetCore.Components;

namespace Fidelity.Portal.Layout;

/// <summary>
/// Shows what it reads, and nothing before all of it is there. A component is rendered when its reading begins to wait; where what it reads
/// first comes without a wait, as happens, that would be with half of it.
/// </summary>
public abstract class ReadingComponent : ComponentBase
{
    protected abstract Task Read();

    protected sealed override async Task OnInitializedAsync()
    {
        // Now it is rendered, with nothing read.
        await Task.Yield();
        await Read();
    }
}
