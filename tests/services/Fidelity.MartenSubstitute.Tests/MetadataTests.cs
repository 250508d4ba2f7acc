using System.Diagnostics;
using JasperFx.Events;
using Marten;
using Marten.Exceptions;
using Shouldly;

namespace Fidelity.EventStore;

public sealed class MetadataTests(Installation installation) : IClassFixture<Installation>
{
    readonly string key = $"account:{Guid.CreateVersion7():n}";

    [Fact]
    public async Task Correlation_causation_user_and_headers_of_a_session_go_with_its_events()
    {
        var store = installation.Store();
        await using var session = store.LightweightSession();
        session.CorrelationId = "corr";
        session.CausationId = "cause";
        session.LastModifiedBy = "ann";
        session.SetHeader("source", "import");
        session.SetHeader("row", 17);
        session.Events.Append(key, new AccountOpened("Ann", 1));
        await session.SaveChangesAsync();

        var read = (await session.Events.FetchStreamAsync(key)).Single();
        read.CorrelationId.ShouldBe("corr");
        read.CausationId.ShouldBe("cause");
        read.UserName.ShouldBe("ann");
        read.GetHeader("source").ShouldBe("import");
        read.GetHeader("row").ShouldBeOfType<long>().ShouldBe(17);
        read.GetHeader("absent").ShouldBeNull();
        read.TenantId.ShouldBe("*DEFAULT*");
        read.IsArchived.ShouldBeFalse();
    }

    [Fact]
    public async Task A_session_takes_correlation_and_causation_from_the_activity_it_is_opened_in()
    {
        var store = installation.Store();
        using var outer = new Activity("outer").Start();
        using var inner = new Activity("inner").Start();
        await using var session = store.LightweightSession();
        session.Events.Append(key, new AccountOpened("Ann", 1));
        await session.SaveChangesAsync();

        var read = (await session.Events.FetchStreamAsync(key)).Single();
        read.CorrelationId.ShouldBe(inner.RootId);
        read.CausationId.ShouldBe(outer.Id);
    }

    [Fact]
    public async Task Headers_belong_to_the_session_that_set_them()
    {
        var store = installation.Store();
        await using (var session = store.LightweightSession())
        {
            session.SetHeader("source", "import");
            session.Events.Append(key, new AccountOpened("Ann", 1));
            await session.SaveChangesAsync();
            session.Events.Append(key, new Deposited(1));
            await session.SaveChangesAsync();
        }

        await using var other = store.LightweightSession();
        other.Events.Append(key, new Deposited(2));
        await other.SaveChangesAsync();

        (await other.Events.FetchStreamAsync(key)).Select(e => e.GetHeader("source")).ShouldBe(["import", "import", null]);
    }

    [Fact]
    public async Task An_event_may_bring_its_own_time_and_headers()
    {
        var store = installation.Store(options => options.Events.AppendMode = EventAppendMode.QuickWithServerTimestamps);
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        await using var session = store.LightweightSession();
        var built = session.Events.BuildEvent(new AccountOpened("Ann", 1));
        built.Timestamp = at;
        built.SetHeader("page", 3);
        session.Events.Append(key, built);
        await session.SaveChangesAsync();

        var read = (await session.Events.FetchStreamAsync(key)).Single();
        read.Id.ShouldBe(built.Id);
        read.Timestamp.ShouldBe(at);
        read.GetHeader("page").ShouldBe(3L);
    }

    [Fact]
    public async Task Event_type_names_are_snake_case_unless_named()
    {
        var store = installation.Store(options => options.Events.MapEventType<Sam2Scored>("score"));
        await using var session = store.LightweightSession();
        session.Events.Append(key, new Sam2Scored(1), new Cam2Scored(2));
        await session.SaveChangesAsync();

        (await session.Events.FetchStreamAsync(key)).Select(e => e.EventTypeName).ShouldBe(["score", "cam_2_scored"]);
    }

    [Fact]
    public async Task A_renamed_class_is_found_by_the_name_in_the_row()
    {
        await using (var session = installation.Store(options => options.Events.MapEventType<Sam2Scored>("measured")).LightweightSession())
        {
            session.Events.Append(key, new Sam2Scored(1));
            await session.SaveChangesAsync();
        }

        await using var query = installation.Store(options => options.Events.MapEventType<Cam2Scored>("measured")).QuerySession();
        (await query.Events.FetchStreamAsync(key)).Single().Data.ShouldBe(new Cam2Scored(1));
    }

    [Fact]
    public async Task An_older_shape_is_read_as_the_newer()
    {
        await using (var session = installation.Store(options => options.Events.MapEventType<Sam2Scored>("scored")).LightweightSession())
        {
            session.Events.Append(key, new Sam2Scored(4));
            await session.SaveChangesAsync();
        }

        await using var query = installation.Store(options =>
        {
            options.Events.MapEventType<Cam2Scored>("scored_v2");
            options.Events.Upcast<Sam2Scored, Cam2Scored>("scored", old => new Cam2Scored(old.Points * 10));
        }).QuerySession();
        (await query.Events.FetchStreamAsync(key)).Single().Data.ShouldBe(new Cam2Scored(40));
    }

    [Fact]
    public async Task An_unknown_type_is_not_passed_over()
    {
        var store = await Installation.WithTablesAsync(installation.Store());
        await installation.ExecuteAsync($"""
            insert into {installation.Schema}.mt_streams (id, version) values ('{key}', 1);
            insert into {installation.Schema}.mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type)
            values (nextval('{installation.Schema}.mt_events_sequence'), gen_random_uuid(), '{key}', 1, '{"{}"}', 'never_heard_of', now(), 'Gone.NeverHeardOf, Gone')
            """);
        await using var query = store.QuerySession();

        await Should.ThrowAsync<UnknownEventTypeException>(() => query.Events.FetchStreamAsync(key));
    }

    public sealed record Sam2Scored(int Points);

    public sealed record Cam2Scored(int Points);
}
