using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;

namespace Fidelity.Benchmarks;

/// <summary>
/// Rows imported in a second, from acceptance until every review has settled, against inserting the very events that this made
/// in all stores, one in a transaction, over four sessions.
/// </summary>
static class BulkImport
{
    const int Teams = 10;
    const int Interviews = 4000;
    const int Runs = 3;
    const int Sessions = 4;

    public static async Task Run(Installation installation)
    {
        var (own, inserted) = (new List<double>(), new List<double>());
        // The first import meets cold processes and is not counted.
        for (var run = 0; run <= Runs; run++)
        {
            using var folder = new TemporaryFolder();
            var rows = new SyntheticNetwork(Teams, Interviews, $"b{run}x").Write(folder.Path);
            var import = await installation.Upload(folder.Path, $"bulk-{run}");
            var before = await installation.Positions();
            var took = await installation.Accept(import);
            if (run == 0)
                continue;
            own.Add(rows / took.TotalSeconds);
            var events = await Events(installation, before);
            inserted.Add(rows / (await Insert(installation, events)).TotalSeconds);
        }

        Measured.Ratio(
            "bulk import, accept until settled", "rows/s", own,
            $"Npgsql inserting the same events, batch size 1, {Sessions} sessions, synchronous_commit={await installation.Setting("synchronous_commit")}",
            inserted, aim: 0.5);
    }

    sealed record Row(Guid Id, string Stream, long Version, string Data, string Type, string DotNetType, DateTime Timestamp);

    static async Task<List<Row>> Events(Installation installation, IReadOnlyDictionary<string, long> after)
    {
        var events = new List<Row>();
        await using var connection = new NpgsqlConnection(installation.Database);
        await connection.OpenAsync();
        foreach (var (service, position) in after)
        {
            await using var command = new NpgsqlCommand(
                $"select id, stream_id, version, data::text, type, mt_dotnet_type, timestamp from {service}.mt_events where seq_id > $1 order by seq_id", connection)
            {
                Parameters = { new() { Value = position } },
            };
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync())
                events.Add(new(rows.GetGuid(0), rows.GetString(1), rows.GetInt64(2), rows.GetString(3), rows.GetString(4), rows.GetString(5), rows.GetDateTime(6)));
        }

        return events;
    }

    static async Task<TimeSpan> Insert(Installation installation, IReadOnlyList<Row> events)
    {
        await using (var connection = new NpgsqlConnection(installation.Database))
        {
            await connection.OpenAsync();
            await using var create = new NpgsqlCommand(
                "drop schema if exists bench cascade; create schema bench; create table bench.events (like tam.mt_events including all); create sequence bench.numbers",
                connection);
            await create.ExecuteNonQueryAsync();
        }

        var next = -1;
        var started = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => Task.Run(async () =>
        {
            await using var connection = new NpgsqlConnection(installation.Database);
            await connection.OpenAsync();
            await using var insert = new NpgsqlCommand(
                """
                insert into bench.events (seq_id, id, stream_id, version, data, type, mt_dotnet_type, timestamp)
                values (nextval('bench.numbers'), $1, $2, $3, $4, $5, $6, $7)
                """, connection);
            var id = new NpgsqlParameter<Guid>();
            var stream = new NpgsqlParameter<string> { NpgsqlDbType = NpgsqlDbType.Varchar };
            var version = new NpgsqlParameter<long>();
            var data = new NpgsqlParameter<string> { NpgsqlDbType = NpgsqlDbType.Jsonb };
            var type = new NpgsqlParameter<string> { NpgsqlDbType = NpgsqlDbType.Varchar };
            var dotNetType = new NpgsqlParameter<string> { NpgsqlDbType = NpgsqlDbType.Varchar };
            var timestamp = new NpgsqlParameter<DateTime> { NpgsqlDbType = NpgsqlDbType.TimestampTz };
            insert.Parameters.AddRange(new NpgsqlParameter[] { id, stream, version, data, type, dotNetType, timestamp });
            await insert.PrepareAsync();
            for (var place = Interlocked.Increment(ref next); place < events.Count; place = Interlocked.Increment(ref next))
            {
                var row = events[place];
                // Streams of different services may have one key.
                (id.TypedValue, stream.TypedValue, version.TypedValue, data.TypedValue) = (row.Id, row.Stream, place, row.Data);
                (type.TypedValue, dotNetType.TypedValue, timestamp.TypedValue) = (row.Type, row.DotNetType, row.Timestamp);
                await insert.ExecuteNonQueryAsync();
            }
        })));
        return started.Elapsed;
    }
}
