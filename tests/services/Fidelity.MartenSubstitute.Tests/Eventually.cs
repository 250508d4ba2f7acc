using Shouldly;

namespace Fidelity.EventStore;

static class Eventually
{
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    public static Task Becomes<T>(Func<T> actual, T expected) =>
        Becomes(() => Task.FromResult(actual()), expected);

    public static async Task Becomes<T>(Func<Task<T>> actual, T expected)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var current = await actual();
            if (Equals(current, expected)) return;
            if (TimeProvider.System.GetElapsedTime(start) > Soon) current.ShouldBe(expected);
            await Task.Delay(10);
        }
    }
}
