using System.Data;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using Marten.Services.BatchQuerying;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marten;

public interface IQuerySession : IDisposable, IAsyncDisposable
{
    NpgsqlConnection Connection { get; }
    IDocumentStore DocumentStore { get; }
    Events.IQueryEventStore Events { get; }
    string? CausationId { get; set; }
    string? CorrelationId { get; set; }
    string TenantId { get; }
    IBatchedQuery CreateBatchQuery();
}

public interface IDocumentOperations : IQuerySession
{
    new Events.IEventStoreOperations Events { get; }

    /// <summary>Runs in the session's transaction, after the appends and in the order queued; a ? stands for the next value.</summary>
    void QueueSqlCommand(string sql, params object[] parameterValues);
    void QueueSqlCommand(char placeholder, string sql, params object[] parameterValues);
}

public interface IDocumentSession : IDocumentOperations
{
    string? LastModifiedBy { get; set; }
    Task SaveChangesAsync(CancellationToken token = default);
    void SetHeader(string key, object value);
    object? GetHeader(string key);
    void EjectAllPendingChanges();
}

public interface ISessionFactory
{
    IQuerySession QuerySession();
    IDocumentSession OpenSession();
}

public interface IDocumentStore : IDisposable, IAsyncDisposable
{
    AdvancedOperations Advanced { get; }
    IDocumentSession LightweightSession(IsolationLevel isolationLevel = IsolationLevel.ReadCommitted);
    IQuerySession QuerySession();
    ValueTask<IProjectionDaemon> BuildProjectionDaemonAsync(string? tenantIdOrDatabaseIdentifier = null, ILogger? logger = null);
    Task BulkInsertEventsAsync(IReadOnlyList<StreamAction> streams, int batchSize = 1000, CancellationToken cancellation = default);
}
