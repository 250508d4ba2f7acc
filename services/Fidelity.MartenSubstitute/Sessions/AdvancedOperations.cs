using JasperFx.Events;
using JasperFx.Events.Projections;
using JasperFx.Events.Protected;
using Marten.Daemon;
using Npgsql;
using NpgsqlTypes;

namespace Marten;

public class AdvancedOperations
{
    readonly DocumentStore store;

    internal AdvancedOperations(DocumentStore store) => this.store = store;

    public Task<IReadOnlyList<ShardState>> AllProjectionProgress(string? tenantId = null, CancellationToken token = default) =>
        Progress.AllAsync(store, token);

    /// <summary>Rewrites the chosen events by the masking rules. An archived stream has no events to choose from.</summary>
    public async Task ApplyEventDataMasking(Action<IEventDataMasking> configure, CancellationToken token = default)
    {
        var masking = new Masking();
        configure(masking);
        await using var session = store.LightweightSession();
        foreach (var (key, filter) in masking.Streams)
        {
            foreach (var e in await session.Events.FetchStreamAsync(key, token: token))
            {
                if (!filter(e) || !store.Graph.TryMask(e)) continue;
                foreach (var (name, value) in masking.Headers) e.SetHeader(name, value);
                Overwrite(session, e);
            }
        }

        await session.SaveChangesAsync(token);
    }

    void Overwrite(IDocumentSession session, IEvent e)
    {
        object data = Json(store.Graph.MappingFor(e.EventType).Write(e, store.Options.Serializer));
        if (!store.Graph.MetadataConfig.HeadersEnabled || e.Headers is null)
            session.QueueSqlCommand($"update {store.Tables.Events} set data = ? where seq_id = ?", data, e.Sequence);
        else
            session.QueueSqlCommand($"update {store.Tables.Events} set data = ?, headers = ? where seq_id = ?", data, Json(store.Options.Serializer.Write(e.Headers)), e.Sequence);
    }

    static NpgsqlParameter Json(byte[] json) => new() { Value = json, NpgsqlDbType = NpgsqlDbType.Jsonb };

    sealed class Masking : IEventDataMasking
    {
        public List<(string Key, Func<IEvent, bool> Filter)> Streams { get; } = [];
        public Dictionary<string, object> Headers { get; } = new(StringComparer.Ordinal);

        public IEventDataMasking IncludeStream(string streamKey) => IncludeStream(streamKey, _ => true);

        public IEventDataMasking IncludeStream(string streamKey, Func<IEvent, bool> filter)
        {
            Streams.Add((streamKey, filter));
            return this;
        }

        public IEventDataMasking AddHeader(string key, object value)
        {
            Headers[key] = value;
            return this;
        }
    }
}
