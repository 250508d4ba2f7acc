using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Fidelity.Benchmarks;

/// <summary>What became of the events that were appended while the broker was away.</summary>
/// <param name="Lost">Those that were not published, in the time they were waited for.</param>
/// <param name="Repeated">Messages beyond the first of an event, which at least once allows.</param>
/// <param name="OutOfOrder">Events that were published after a later one of their stream.</param>
/// <param name="Strangers">Messages whose id is no event's.</param>
public sealed record Published(int Events, int Lost, int Repeated, int OutOfOrder, int Strangers);

/// <summary>
/// Events of kinds that Tam publishes, appended to its store at any number, and a queue of one's own that hears what Tam publishes.
/// Each event is about a thing of its own, so that each is a message: of several about one thing only the last need be.
/// </summary>
public sealed class EventsWhileAway(string database)
{
    public const int OfAStream = 20;

    const int StreamsAtOnce = 500;
    const string Queue = "heard";
    static readonly string[] Kinds = ["TamInterviewScored", "TamOpportunityFellDue"];
    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(3);

    /// <summary>
    /// Makes the queue; what is published from now on is in it. Some seconds before the broker is killed: RabbitMQ 3.10 remembers a quorum
    /// queue for good a moment after it has said so, and one that it has half forgotten never gets a leader.
    /// </summary>
    public static async Task Bind(Uri broker)
    {
        await using var connection = await Connect(broker);
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(
            Queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" });
        foreach (var kind in Kinds)
            await channel.QueueBindAsync(Queue, $"Fidelity.Contracts.Tam:{kind}", "");
    }

    /// <summary>
    /// Appends streams made after the first interview and the first opportunity that Tam has stored, some hundred in a transaction, the
    /// streams' events in turn, so that one stream's are on many pages. The teams are none that anybody knows.
    /// </summary>
    public async Task Append(int streams)
    {
        await using var connection = new NpgsqlConnection(database);
        for (var first = 1; first <= streams; first += StreamsAtOnce)
        {
            await connection.ExecuteAsync(
                """
                with template as (
                    select distinct on (type) type, mt_dotnet_type, data from tam.mt_events
                    where type in ('interview_scored', 'opportunity_fell_due') order by type, seq_id),
                stream as (select number, 'tam:' || md5('away ' || number) as id from generate_series(@first, @last) number),
                made as (insert into tam.mt_streams (id, version) select id, @ofAStream from stream)
                insert into tam.mt_events (seq_id, id, stream_id, version, data, type, mt_dotnet_type, timestamp)
                select nextval('tam.mt_events_sequence'), gen_random_uuid(), stream_id, version,
                       jsonb_set(
                           jsonb_set(data, '{case}', jsonb_build_object('programme', 'away', 'teamId', 'away-' || number % 200, 'caseId', 'away-' || number)),
                           case type when 'interview_scored' then '{interview,interviewId}' else '{opportunity,due}' end::text[],
                           to_jsonb(case type when 'interview_scored' then 'away-' || number || '-' || version
                                    else to_char(date '2020-01-01' + 30 * version, 'YYYY-MM-DD') end)),
                       type, mt_dotnet_type, now()
                from (select stream.id as stream_id, number, version, template.*
                      from stream cross join generate_series(1, @ofAStream) version
                      join template on template.type = case when version % 2 = 0 then 'interview_scored' else 'opportunity_fell_due' end
                      order by version, number) events
                """, new { first, last = Math.Min(streams, first + StreamsAtOnce - 1), ofAStream = OfAStream }, commandTimeout: 300);
        }
    }

    /// <summary>How many events Tam says that it has still to publish, whatever its state.</summary>
    public static async Task<long> Behind(HttpClient client, Uri health)
    {
        using var answer = await client.GetAsync(health);
        var checks = (await answer.Content.ReadFromJsonAsync<JsonNode>())!["checks"]!;
        return checks["subscriptions"]!["data"]!["subscriptions"]!.AsArray()
            .Where(subscription => (string)subscription!["subscription"]! == "Publishing").Sum(subscription => (long)subscription!["events"]!);
    }

    /// <summary>Takes what is in the queue, until every event was published or nothing more comes.</summary>
    public async Task<Published> Hear(Uri broker)
    {
        var events = await Stored();
        var heard = new List<Guid>(events.Count);
        var missing = events.Where(stored => stored.Value.WhileAway).Select(stored => stored.Key).ToHashSet();
        await using var connection = await Connect(broker);
        await using var channel = await connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, 1000, global: false);
        var consumer = new AsyncEventingBasicConsumer(channel);
        var silence = Stopwatch.StartNew();
        consumer.ReceivedAsync += async (_, message) =>
        {
            var id = Guid.Parse(message.BasicProperties.MessageId!);
            lock (heard)
            {
                heard.Add(id);
                missing.Remove(id);
                silence.Restart();
            }

            await channel.BasicAckAsync(message.DeliveryTag, multiple: false);
        };
        await channel.BasicConsumeAsync(Queue, autoAck: false, consumer);
        while (true)
        {
            lock (heard)
            {
                if (missing.Count == 0 || silence.Elapsed > LongestSilence)
                    return Judge(events, heard, missing.Count);
            }

            await Task.Delay(BetweenLooks);
        }
    }

    /// <summary>A broker that has only just started, and is told much at once, answers late.</summary>
    static Task<IConnection> Connect(Uri broker) =>
        new ConnectionFactory { Uri = broker, ContinuationTimeout = LongestSilence, HandshakeContinuationTimeout = LongestSilence }.CreateConnectionAsync();

    /// <summary>Every event that Tam has, with its stream and version.</summary>
    async Task<Dictionary<Guid, (string Stream, long Version, bool WhileAway)>> Stored()
    {
        await using var connection = new NpgsqlConnection(database);
        return (await connection.QueryAsync<(Guid Id, string Stream, long Version, bool WhileAway)>(
            "select id, stream_id, version, coalesce(data -> 'case' ->> 'programme' = 'away', false) from tam.mt_events"))
            .ToDictionary(stored => stored.Id, stored => (stored.Stream, stored.Version, stored.WhileAway));
    }

    static Published Judge(Dictionary<Guid, (string Stream, long Version, bool WhileAway)> events, List<Guid> heard, int lost)
    {
        var (outOfOrder, strangers) = (0, 0);
        var last = new Dictionary<string, long>(StringComparer.Ordinal);
        var known = new HashSet<Guid>();
        foreach (var id in heard.Where(known.Add))
        {
            if (!events.TryGetValue(id, out var stored))
            {
                strangers++;
                continue;
            }

            if (stored.Version < last.GetValueOrDefault(stored.Stream))
                outOfOrder++;
            last[stored.Stream] = stored.Version;
        }

        return new(events.Values.Count(stored => stored.WhileAway), lost, heard.Count - known.Count, outOfOrder, strangers);
    }
}
