using System.Text.Json;
using Dapper;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Exporting;

/// <summary>
/// The exports that were asked for, with their manifests, and the files of those that were made as jobs. A file that nobody keeps is made
/// again when it is fetched: the same request at the same position gives the same bytes.
/// </summary>
sealed class Exports(NpgsqlDataSource database, ServiceSchema schema, InstallationKeys keys, BusinessCalendar calendar, TimeProvider clock)
{
    const int ChunkBytes = 1 << 20;
    const int Page = 50;

    /// <summary>How long a file is kept that was made as a job.</summary>
    static readonly TimeSpan FilesKept = TimeSpan.FromDays(7);

    /// <summary>How long a manifest is: as long as somebody might have to say where figures came from.</summary>
    static readonly TimeSpan ManifestsKept = TimeSpan.FromDays(3 * 366);

    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.exports (
            id uuid primary key,
            owner text not null,
            asked_by text not null,
            request jsonb not null,
            scopes jsonb not null,
            position bigint not null,
            data_to timestamptz not null,
            state text not null,
            asked_at timestamptz not null,
            finished_at timestamptz,
            expected bigint not null,
            rows bigint not null default 0,
            bytes bigint,
            sha256 text,
            erased bigint not null default 0,
            definitions text not null,
            suppression text not null,
            repeats text,
            kept_until timestamptz);
        create index if not exists exports_of_owner on {schema}.exports (owner, asked_at);
        create table if not exists {schema}.export_chunks (
            export_id uuid not null references {schema}.exports (id) on delete cascade,
            number integer not null,
            data bytea not null,
            primary key (export_id, number));
        """);

    static readonly JsonSerializerOptions Json = new(ApiJson.Options);

    /// <summary>Jobs that wait here hold no connection.</summary>
    static readonly SemaphoreSlim Making = new(1);

    /// <summary>What an export would hold: how many rows, of how many teams, up to which position. Null when the position is not there yet.</summary>
    public async Task<ExportPreview?> Preview(ExportRequest request, Reach reach, long? position, CancellationToken stopping)
    {
        await using var facts = await Open(request, reach, position, stopping);
        return facts is null ? null : new(await request.Definition.Count(facts, stopping), facts.Teams.Count, facts.Position, facts.At);
    }

    /// <summary>Notes that an export was asked for; null when the position is not there yet.</summary>
    public async Task<Export?> Begin(string owner, string by, ExportRequest request, Reach reach, long? position, CancellationToken stopping)
    {
        if (await Preview(request, reach, position, stopping) is not { } counted)
            return null;
        var export = new Export(
            Guid.CreateVersion7(), owner, by, request, reach.Scopes, counted.Position, counted.DataTo, ExportState.Waiting, clock.GetUtcNow().UtcDateTime, null, counted.Rows, 0,
            null, null, 0, ExportTables.Definitions, Suppression.Policy, null, null);
        await using var connection = await database.OpenConnectionAsync(stopping);
        await connection.ExecuteAsync(
            $"""
            insert into {schema.Name}.exports (id, owner, asked_by, request, scopes, position, data_to, state, asked_at, expected, definitions, suppression)
            values (@Id, @Owner, @By, @request::jsonb, @scopes::jsonb, @Position, @DataTo, @state, @AskedAt, @Expected, @Definitions, @Suppression)
            """,
            new
            {
                export.Id, export.Owner, export.By, request = JsonSerializer.Serialize(request, Json), scopes = Written(reach.Scopes), export.Position, export.DataTo,
                state = Codes.Of(export.State), export.AskedAt, export.Expected, export.Definitions, export.Suppression,
            });
        return export;
    }

    /// <summary>One that was asked for; null when there is none.</summary>
    public async Task<Export?> Find(Guid id, CancellationToken stopping) => (await Read("id = @id", new { id }, stopping)).SingleOrDefault();

    /// <summary>The newest of somebody's.</summary>
    public Task<IReadOnlyList<Export>> Of(string owner, CancellationToken stopping) => Read("owner = @owner", new { owner }, stopping);

    /// <summary>Those that nobody has made, asked for before a moment.</summary>
    public Task<IReadOnlyList<Export>> Unmade(DateTime before, CancellationToken stopping) =>
        Read("state = any (@states) and kept_until is not null and asked_at < @before", new { before, states = new[] { Codes.Of(ExportState.Waiting), Codes.Of(ExportState.Running) } }, stopping);

    /// <summary>Makes the file only to know its manifest: it is small, and made again when it is fetched.</summary>
    public Task<Export> Measure(Export export, CancellationToken stopping) => Measure(export, Stream.Null, stopping);

    /// <summary>Makes the file where it is to be, and its manifest.</summary>
    public async Task<Export> Measure(Export export, Stream file, CancellationToken stopping)
    {
        await using var facts = (await Open(export.Request, Reopened(export), export.Position, stopping))!;
        var written = await ExportFile.Write(file, facts, progress: null, stopping);
        return await Finish(export, written, await facts.CountErased(stopping), stopping);
    }

    /// <summary>Writes the file of an export that is not kept.</summary>
    public async Task Write(Export export, Stream to, CancellationToken stopping)
    {
        await using var facts = (await Open(export.Request, Reopened(export), export.Position, stopping))!;
        await ExportFile.Write(to, facts, progress: null, stopping);
    }

    /// <summary>Notes that it is to be made as a job, whose file is kept.</summary>
    public Task Queue(Export export, CancellationToken stopping) => Execute(
        $"update {schema.Name}.exports set kept_until = @until where id = @Id", new { export.Id, until = clock.GetUtcNow().UtcDateTime + FilesKept }, stopping);

    /// <summary>Makes the file and keeps it, unless it is made. It may be cut short and begun again.</summary>
    public async Task Make(Guid id, CancellationToken stopping)
    {
        await Making.WaitAsync(stopping);
        try
        {
            await MakeAlone(id, stopping);
        }
        finally
        {
            Making.Release();
        }
    }

    async Task MakeAlone(Guid id, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        // Another portal may be making it; the lock goes with the connection.
        await connection.ExecuteAsync("select pg_advisory_lock(hashtext(@name))", new { name = $"{schema.Name} exporting" });
        try
        {
            if (await Find(id, stopping) is not { State: ExportState.Waiting or ExportState.Running } export)
                return;
            await connection.ExecuteAsync(
                $"delete from {schema.Name}.export_chunks where export_id = @id; update {schema.Name}.exports set state = @running, rows = 0 where id = @id",
                new { id, running = Codes.Of(ExportState.Running) });
            await using var facts = (await Open(export.Request, Reopened(export), export.Position, stopping))!;
            await using var chunks = new Chunks(connection, schema, id);
            var written = await ExportFile.Write(
                chunks, facts, rows => connection.ExecuteAsync($"update {schema.Name}.exports set rows = @rows where id = @id", new { id, rows }), stopping);
            await chunks.Finish(stopping);
            await Finish(export, written, await facts.CountErased(stopping), stopping);
        }
        finally
        {
            if (connection.State == System.Data.ConnectionState.Open)
                await connection.ExecuteAsync("select pg_advisory_unlock(hashtext(@name))", new { name = $"{schema.Name} exporting" });
        }
    }

    /// <summary>Sends the kept file on, piece by piece; while whoever fetches it takes their time, no connection waits.</summary>
    public async Task SendKept(Export export, Stream to, CancellationToken stopping)
    {
        for (var number = 0; await Piece(number) is { } data; number++)
            await to.WriteAsync(data, stopping);

        async Task<byte[]?> Piece(int number)
        {
            await using var connection = await database.OpenConnectionAsync(stopping);
            return await connection.ExecuteScalarAsync<byte[]?>(
                $"select data from {schema.Name}.export_chunks where export_id = @Id and number = @number", new { export.Id, number });
        }
    }

    /// <summary>It could not be made, however often it was tried.</summary>
    public Task Fail(Guid id, CancellationToken stopping) => Execute(
        $"update {schema.Name}.exports set state = @failed where id = @id and state in ('waiting', 'running')", new { id, failed = Codes.Of(ExportState.Failed) }, stopping);

    /// <summary>
    /// Deletes the kept files of single records of a programme, which may name a family that is erased; answers how many there were.
    /// One that is being made has no state to be finished from then on.
    /// </summary>
    public async Task<int> Forget(string programme, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteScalarAsync<int>(
            $"""
            with kept as (
                update {schema.Name}.exports set state = @erased, kept_until = null
                where kept_until is not null and request ->> 'table' = any (@tables) and coalesce(request ->> 'programme', @programme) = @programme returning id),
            gone as (delete from {schema.Name}.export_chunks where export_id in (select id from kept))
            select count(*)::int from kept
            """, new { programme, erased = Codes.Of(ExportState.Erased), tables = OfRecords });
    }

    /// <summary>The exports of single records that a family of a team may be in: when, of what and for whom.</summary>
    public async Task<IReadOnlyList<Export>> MayName(string programme, string? team, CancellationToken stopping) => await Read(
        """
        request ->> 'table' = any (@tables) and coalesce(request ->> 'programme', @programme) = @programme and (@team::text is null or coalesce(request ->> 'team', @team) = @team)
        and exists (select from jsonb_array_elements(scopes) scope
            where coalesce(scope ->> 'programme', @programme) = @programme and (@team::text is null or coalesce(scope ->> 'team_id', @team) = @team))
        """, new { programme, team, tables = OfRecords }, stopping, all: true);

    /// <summary>Throws away files that nobody fetched in time, and manifests that are old.</summary>
    public async Task DiscardOld(CancellationToken stopping)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        await Execute(
            $"""
            delete from {schema.Name}.export_chunks where export_id in (select id from {schema.Name}.exports where kept_until < @now);
            update {schema.Name}.exports set kept_until = null where kept_until < @now and state not in ('waiting', 'running');
            delete from {schema.Name}.exports where asked_at < @old
            """, new { now, old = now - ManifestsKept }, stopping);
    }

    /// <summary>The tables whose rows are of families.</summary>
    static string[] OfRecords => [.. ExportTables.All.Where(table => !table.IsPublished).Select(table => table.Key)];

    async Task<Export> Finish(Export export, Written written, long erased, CancellationToken stopping)
    {
        var before = await Read(
            "request = @request::jsonb and scopes = @scopes::jsonb and position = @Position and sha256 is not null and id <> @Id",
            new { request = JsonSerializer.Serialize(export.Request, Json), scopes = Written(export.Scopes), export.Position, export.Id }, stopping);
        var first = before is [.., var oldest] ? oldest : null;
        Repetition? repeats = first is null ? null
            : first.Sha256 == written.Sha256 ? Repetition.Identical
            : first.Definitions != export.Definitions || first.Suppression != export.Suppression ? Repetition.OtherVersion
            : first.Erased != erased ? Repetition.Erased : Repetition.Different;
        var finished = export with
        {
            State = ExportState.Ready, FinishedAt = clock.GetUtcNow().UtcDateTime, Rows = written.Rows, Bytes = written.Bytes, Sha256 = written.Sha256, Erased = erased, Repeats = repeats,
        };
        await using var connection = await database.OpenConnectionAsync(stopping);
        var known = await connection.ExecuteAsync(
            $"""
            update {schema.Name}.exports set state = @state, finished_at = @FinishedAt, rows = @Rows, bytes = @Bytes, sha256 = @Sha256, erased = @Erased, repeats = @repeated
            where id = @Id and state in ('waiting', 'running')
            """,
            new { finished.Id, state = Codes.Of(finished.State), finished.FinishedAt, finished.Rows, finished.Bytes, finished.Sha256, finished.Erased, repeated = repeats is { } how ? Codes.Of(how) : null });
        if (known == 0)
            // A case was erased in the meantime, and what was written may name it.
            await connection.ExecuteAsync($"delete from {schema.Name}.export_chunks where export_id = @Id", new { export.Id });
        return finished;
    }

    Task<ExportedFacts?> Open(ExportRequest request, Reach reach, long? position, CancellationToken stopping) =>
        ExportedFacts.Open(database, schema, keys, request, reach, position, calendar.Today, stopping);

    /// <summary>What was open to whoever asked. Whoever fetches is held against it first.</summary>
    static Reach Reopened(Export export) => Policy.Recorded(export.Request.Purpose, export.Scopes);

    static string Written(IReadOnlyList<Scope> scopes) =>
        JsonSerializer.Serialize(scopes.OrderBy(scope => scope.Programme, StringComparer.Ordinal).ThenBy(scope => scope.TeamId, StringComparer.Ordinal).ThenBy(scope => scope.OnlyOf, StringComparer.Ordinal), Json);

    async Task<IReadOnlyList<Export>> Read(string where, object values, CancellationToken stopping, bool all = false)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return
        [
            .. (await connection.QueryAsync<Row>(new CommandDefinition(
                $"""
                select id as "Id", owner as "Owner", asked_by as "By", request as "Request", scopes as "Scopes", position as "Position", data_to as "DataTo", state as "State", asked_at as "AskedAt",
                    finished_at as "FinishedAt", expected as "Expected", rows as "Rows", bytes as "Bytes", sha256 as "Sha256", erased as "Erased", definitions as "Definitions",
                    suppression as "Suppression", repeats as "Repeats", kept_until as "KeptUntil"
                from {schema.Name}.exports where {where} order by asked_at desc, id desc {(all ? "" : $"limit {Page}")}
                """, values, cancellationToken: stopping))).Select(row => row.Read()),
        ];
    }

    async Task Execute(string sql, object values, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        await connection.ExecuteAsync(new CommandDefinition(sql, values, cancellationToken: stopping));
    }

    sealed record Row(
        Guid Id, string Owner, string By, string Request, string Scopes, long Position, DateTime DataTo, string State, DateTime AskedAt, DateTime? FinishedAt, long Expected, long Rows,
        long? Bytes, string? Sha256, long Erased, string Definitions, string Suppression, string? Repeats, DateTime? KeptUntil)
    {
        public Export Read() => new(
            Id, Owner, By, JsonSerializer.Deserialize<ExportRequest>(Request, Json)!, JsonSerializer.Deserialize<IReadOnlyList<Scope>>(Scopes, Json)!, Position, DataTo,
            Codes.TryParse<ExportState>(State, out var state) ? state : ExportState.Failed, AskedAt, FinishedAt, Expected, Rows, Bytes, Sha256, Erased, Definitions, Suppression,
            Codes.TryParse<Repetition>(Repeats, out var repeats) ? repeats : null, KeptUntil);
    }

    /// <summary>Keeps what is written to it in pieces, so that no more than one is in memory.</summary>
    sealed class Chunks(NpgsqlConnection connection, ServiceSchema schema, Guid id) : WrittenStream
    {
        readonly byte[] held = new byte[ChunkBytes];
        int length;
        int number;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (buffer.Length > 0)
            {
                var part = buffer[..Math.Min(buffer.Length, ChunkBytes - length)];
                part.CopyTo(held.AsMemory(length));
                length += part.Length;
                buffer = buffer[part.Length..];
                if (length == ChunkBytes)
                    await Finish(cancellationToken);
            }
        }

        public async Task Finish(CancellationToken stopping)
        {
            if (length == 0)
                return;
            await using var command = new NpgsqlCommand($"insert into {schema.Name}.export_chunks (export_id, number, data) values ($1, $2, $3)", connection)
            {
                Parameters = { new() { Value = id }, new() { Value = number++ }, new() { Value = held.AsMemory(0, length) } },
            };
            await command.ExecuteNonQueryAsync(stopping);
            length = 0;
        }
    }
}

/// <summary>What an export would hold.</summary>
sealed record ExportPreview(long Rows, int Teams, long Position, DateTime DataTo);
