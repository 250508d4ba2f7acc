using Fidelity.ServiceDefaults;
using JasperFx.Events;
using Marten;
using Marten.Events.Projections;

namespace Fidelity.Surveys.FallingDue;

/// <summary>When the calendar next bears on each pair.</summary>
sealed class NextDates(ServiceSchema schema) : IProjection
{
    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.next_dates (stream_key text primary key, next_date date not null);
        create index if not exists next_dates_by_date on {schema}.next_dates (next_date);
        """);

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var recorded in events)
        {
            switch (recorded.Data)
            {
                case NextDateSet { Date: { } date }:
                    operations.QueueSqlCommand(
                        $"insert into {schema.Name}.next_dates (stream_key, next_date) values (?, ?) on conflict (stream_key) do update set next_date = excluded.next_date",
                        recorded.StreamKey!, date);
                    break;
                case NextDateSet:
                    operations.QueueSqlCommand($"delete from {schema.Name}.next_dates where stream_key = ?", recorded.StreamKey!);
                    break;
            }
        }

        return Task.CompletedTask;
    }
}
