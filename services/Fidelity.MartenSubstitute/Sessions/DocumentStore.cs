using System.Data;
using System.Diagnostics;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using Marten.Daemon;
using Marten.Events;
using Marten.Sessions;
using Marten.Tables;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marten;

public class DocumentStore : IDocumentStore
{
    readonly ILoggerFactory loggers;

    internal DocumentStore(StoreOptions options, ILoggerFactory? loggers)
    {
        if (options.Events.StreamIdentity != StreamIdentity.AsString)
            throw new NotSupportedException("The substitute has string stream keys only: set opts.Events.StreamIdentity to AsString");
        options.Projections.RefuseSharedNames();
        this.loggers = loggers ?? NullLoggerFactory.Instance;
        Options = options;
        Database = new Database(options);
        Rows = new EventRows(Tables, Graph, options.Serializer);
        Appending = new AppendCommand(Tables, Graph, options.Serializer);
        Doorbell = new Doorbell(this);
        Advanced = new AdvancedOperations(this);
    }

    public static DocumentStore For(Action<StoreOptions> configure)
    {
        var options = new StoreOptions();
        configure(options);
        return new DocumentStore(options, null);
    }

    public AdvancedOperations Advanced { get; }

    internal StoreOptions Options { get; }
    internal EventGraph Graph => Options.EventGraph;
    internal Database Database { get; }
    internal EventTables Tables => Database.Tables;
    internal EventRows Rows { get; }
    internal AppendCommand Appending { get; }
    internal Doorbell Doorbell { get; }

    public IDocumentSession LightweightSession(IsolationLevel isolationLevel = IsolationLevel.ReadCommitted) =>
        isolationLevel == IsolationLevel.ReadCommitted
            ? new DocumentSession(this) { CorrelationId = Activity.Current?.RootId, CausationId = Activity.Current?.ParentId }
            : throw new NotSupportedException("Appends check versions themselves and run at read committed");

    public IQuerySession QuerySession() => new QuerySession(this);

    public ValueTask<IProjectionDaemon> BuildProjectionDaemonAsync(
        string? tenantIdOrDatabaseIdentifier = null, ILogger? logger = null) =>
        ValueTask.FromResult<IProjectionDaemon>(BuildDaemon(logger));

    public Task BulkInsertEventsAsync(
        IReadOnlyList<StreamAction> streams, int batchSize = 1000, CancellationToken cancellation = default) =>
        new BulkInsert(this).RunAsync(streams, batchSize, cancellation);

    internal ProjectionDaemon BuildDaemon(ILogger? logger = null) => new(this, logger ?? loggers.CreateLogger<ProjectionDaemon>());

    public void Dispose()
    {
        Doorbell.Dispose();
        Database.Dispose();
        GC.SuppressFinalize(this);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

sealed class LightweightSessionFactory(IDocumentStore store) : ISessionFactory
{
    public IQuerySession QuerySession() => store.QuerySession();
    public IDocumentSession OpenSession() => store.LightweightSession();
}
