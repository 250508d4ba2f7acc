using Marten;
using Npgsql;
using Shouldly;

namespace Fidelity.EventStore;

/// <summary>Whoever makes the tables, they are the same to whoever reads them.</summary>
public sealed class TablesTests : IAsyncLifetime
{
    readonly Installation installation = new();
    IDocumentStore store = null!;

    public async ValueTask InitializeAsync()
    {
        await installation.InitializeAsync();
        store = await Installation.WithTablesAsync(installation.Store());
    }

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    [Theory]
    [InlineData("mt_streams", """
        id character varying not null
        type character varying
        version bigint
        timestamp timestamp with time zone not null
        created timestamp with time zone not null
        tenant_id character varying
        is_archived boolean
        """)]
    [InlineData("mt_events", """
        seq_id bigint not null
        id uuid not null
        stream_id character varying
        version bigint not null
        data jsonb not null
        bdata bytea
        type character varying(500) not null
        timestamp timestamp with time zone not null
        tenant_id character varying
        mt_dotnet_type character varying
        correlation_id character varying
        causation_id character varying
        headers jsonb
        user_name character varying
        is_archived boolean
        """)]
    [InlineData("mt_event_progression", """
        name character varying not null
        last_seq_id bigint
        last_updated timestamp with time zone
        """)]
    public async Task A_table_has_these_columns(string table, string columns)
    {
        (await installation.ScalarAsync<string[]>($"""
            select array_agg(attname || ' ' || format_type(atttypid, atttypmod) || case when attnotnull then ' not null' else '' end)
            from pg_attribute where attrelid = '{installation.Schema}.{table}'::regclass and attnum > 0 and not attisdropped
            """)).ShouldBe(columns.Split('\n'), ignoreOrder: true);
    }

    [Fact]
    public async Task Keys_and_indexes_have_the_names_by_which_failures_are_known()
    {
        (await installation.ScalarAsync<string[]>($"""
            select array_agg(replace(indexdef, '{installation.Schema}.', '')) from pg_indexes
            where schemaname = '{installation.Schema}' and tablename in ('mt_streams', 'mt_events', 'mt_event_progression')
            """)).ShouldBe(
            [
                "CREATE UNIQUE INDEX pkey_mt_streams_id ON mt_streams USING btree (id)",
                "CREATE UNIQUE INDEX pkey_mt_events_seq_id ON mt_events USING btree (seq_id)",
                "CREATE UNIQUE INDEX pk_mt_events_stream_and_version ON mt_events USING btree (stream_id, version)",
                "CREATE UNIQUE INDEX pk_mt_event_progression ON mt_event_progression USING btree (name)",
            ],
            ignoreOrder: true);
        (await installation.ScalarAsync<string>($"select pg_get_serial_sequence('{installation.Schema}.mt_events', 'seq_id')"))
            .ShouldBe($"{installation.Schema}.mt_events_sequence");
        (await installation.ScalarAsync<string>($"""
            select pg_get_constraintdef(oid) from pg_constraint where conrelid = '{installation.Schema}.mt_events'::regclass and contype = 'f'
            """)).ShouldBe($"FOREIGN KEY (stream_id) REFERENCES {installation.Schema}.mt_streams(id) ON DELETE CASCADE");
    }

    [Fact]
    public async Task The_time_of_an_event_is_given_with_it_and_not_by_the_column()
    {
        await installation.ExecuteAsync($"alter table {installation.Schema}.mt_events alter column timestamp set default '2000-01-01T00:00:00Z'");
        await using var session = store.LightweightSession();
        session.Events.Append("timed", new Deposited(1));
        await session.SaveChangesAsync();

        (await session.Events.FetchStreamAsync("timed")).Single().Timestamp.Year.ShouldBeGreaterThan(2000);
    }

    [Fact]
    public void It_runs_with_Npgsql_10() => typeof(NpgsqlConnection).Assembly.GetName().Version!.ToString(3).ShouldBe("10.0.0");
}
