using JasperFx.Events.Projections;
using Npgsql;
using NpgsqlTypes;

namespace Marten.Daemon;

/// <summary>Rows of mt_event_progression.</summary>
static class Progress
{
    public const string HighWaterMark = ShardState.HighWaterMark;

    public static async Task<long> ReadAsync(DocumentStore store, NpgsqlConnection connection, string name, CancellationToken token)
    {
        await using var command = new NpgsqlCommand($"select last_seq_id from {store.Tables.Progression} where name = $1", connection)
        {
            Parameters = { Name(name) },
        };
        return await command.ExecuteScalarAsync(token) as long? ?? 0;
    }

    public static Task<IReadOnlyList<ShardState>> AllAsync(DocumentStore store, CancellationToken token) =>
        store.Database.RunAsync<IReadOnlyList<ShardState>>(
            async connection =>
            {
                await using var command = new NpgsqlCommand($"select name, coalesce(last_seq_id, 0) from {store.Tables.Progression}", connection);
                await using var rows = await command.ExecuteReaderAsync(token);
                var all = new List<ShardState>();
                while (await rows.ReadAsync(token)) all.Add(new ShardState(rows.GetString(0), rows.GetInt64(1)));
                return all;
            },
            token);

    /// <summary>
    /// Moves a shard on, and fails unless it still stands at the page's floor: of two daemons that both believe they lead, one
    /// loses its whole page.
    /// </summary>
    public static NpgsqlBatchCommand Move(DocumentStore store, ShardName shard, long floor, long ceiling) =>
        new($"""
            insert into {store.Tables.Progression} as p (name, last_seq_id) values ($1, $2)
            on conflict (name) do update set last_updated = transaction_timestamp(), last_seq_id = case
                when p.last_seq_id = $3 then $2
                else ('another daemon moved this shard to ' || p.last_seq_id)::bigint end
            """)
        {
            Parameters =
            {
                Name(shard.Identity), new NpgsqlParameter<long> { TypedValue = ceiling }, new NpgsqlParameter<long> { TypedValue = floor },
            },
        };

    /// <summary>Puts a shard anywhere, whatever was there.</summary>
    public static NpgsqlBatchCommand Set(DocumentStore store, ShardName shard, long position) =>
        new($"""
            insert into {store.Tables.Progression} (name, last_seq_id) values ($1, $2)
            on conflict (name) do update set last_updated = transaction_timestamp(), last_seq_id = $2
            """)
        {
            Parameters = { Name(shard.Identity), new NpgsqlParameter<long> { TypedValue = position } },
        };

    static NpgsqlParameter<string> Name(string name) => new() { TypedValue = name, NpgsqlDbType = NpgsqlDbType.Varchar };
}
