using JasperFx.Events.Projections;
using Marten.Daemon;
using Marten.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Marten.Daemon
{
    /// <summary>How far the shards are behind the events.</summary>
    static class Staleness
    {
        static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

        public static async Task<long> HighestAsync(DocumentStore store, CancellationToken token) => (await store.Database.ReadAsync(
            Statement.Of($"select coalesce(max(seq_id), 0) from {store.Tables.Events}"), row => row.GetInt64(0), token))[0];

        public static async Task WaitAsync(DocumentStore store, TimeSpan timeout)
        {
            var start = TimeProvider.System.GetTimestamp();
            var highest = await HighestAsync(store, CancellationToken.None);
            while (true)
            {
                var reached = (await Progress.AllAsync(store, CancellationToken.None)).ToDictionary(s => s.ShardName, s => s.Sequence, StringComparer.Ordinal);
                var behind = store.Options.Projections.Async.Where(r => reached.GetValueOrDefault(r.Shard.Identity) < highest).ToList();
                if (behind.Count == 0) return;
                if (TimeProvider.System.GetElapsedTime(start) > timeout)
                {
                    throw new TimeoutException($"Not at event {highest} after {timeout}: " + string.Join(
                        ", ", behind.Select(r => new ShardState(r.Shard.Identity, reached.GetValueOrDefault(r.Shard.Identity)))));
                }

                await Task.Delay(BetweenLooks);
            }
        }
    }
}

namespace Marten.Events
{
    public static class TestingExtensions
    {
        public static Task WaitForNonStaleProjectionDataAsync(this IHost host, TimeSpan timeout) =>
            host.Services.GetRequiredService<IDocumentStore>().WaitForNonStaleProjectionDataAsync(timeout);

        public static Task WaitForNonStaleProjectionDataAsync(this IDocumentStore store, TimeSpan timeout) =>
            Staleness.WaitAsync((DocumentStore)store, timeout);
    }
}
