using JasperFx.Events.Projections;
using Marten.Tables;
using Npgsql;

namespace Marten.Daemon;

/// <summary>Rows of mt_event_progression.</summary>
static class Progress
{
    public const string HighWaterMark = ShardState.HighWaterMark;

    public static async Task<long> ReadAsync(DocumentStore store, string name, CancellationToken token) =>
        (await AllAsync(store, token)).FirstOrDefault(state => state.ShardName == name)?.Sequence ?? 0;

    public static async Task<IReadOnlyList<ShardState>> AllAsync(DocumentStore store, CancellationToken token) => await store.Database.ReadAsync(
        Statement.Of($"select name, coalesce(last_seq_id, 0) from {store.Tables.Progression}"), row => new ShardState(row.GetString(0), row.GetInt64(1)), token);

    /// <summary>
    /// Moves a shard on, and fails unless it still stands at the page's floor: of two daemons that both believe they lead, one
    /// loses its whole page.
    /// </summary>
    public static NpgsqlBatchCommand Move(DocumentStore store, ShardName shard, long floor, long ceiling) =>
        Statement.Of(
            $"""
            insert into {store.Tables.Progression} as p (name, last_seq_id) values ($1, $2)
            on conflict (name) do update set last_updated = transaction_timestamp(), last_seq_id = case
                when p.last_seq_id = $3 then $2
                else ('another daemon moved this shard to ' || p.last_seq_id)::bigint end
            """,
            shard.Identity, ceiling, floor);

    /// <summary>Puts a shard anywhere, whatever was there.</summary>
    public static NpgsqlBatchCommand Set(DocumentStore store, ShardName shard, long position) =>
        Statement.Of(
            $"""
            insert into {store.Tables.Progression} (name, last_seq_id) values ($1, $2)
            on conflict (name) do update set last_updated = transaction_timestamp(), last_seq_id = $2
            """,
            shard.Identity, position);
}
