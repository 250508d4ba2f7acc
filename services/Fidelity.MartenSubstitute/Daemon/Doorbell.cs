using Npgsql;

namespace Marten.Daemon;

/// <summary>
/// Tells daemons that events were committed: at once within the process, and by NOTIFY to other processes if the store is set so.
/// The notification is sent after the commit, in its own transaction and once for many commits, since PostgreSQL lets commits with
/// a notification through one at a time. It may be lost with the process: daemons look for themselves as well, only less often.
/// </summary>
sealed class Doorbell(DocumentStore store) : IDisposable
{
    readonly CancellationTokenSource closing = new();
    TaskCompletionSource next = NewSignal();
    int toSend;
    int sending;

    /// <summary>Completes at the next ring. Take it before looking for events, wait for it afterwards: no ring is missed.</summary>
    public Task Next => Volatile.Read(ref next).Task;

    public void Ring()
    {
        RingHere();
        if (!store.Options.Events.UseListenNotifyForEventAppends) return;
        Volatile.Write(ref toSend, 1);
        if (Interlocked.Exchange(ref sending, 1) == 0) _ = SendAsync();
    }

    /// <summary>Passes on what other processes ring, until cancelled; throws when the connection is lost.</summary>
    public async Task ListenAsync(CancellationToken token)
    {
        await using var connection = await store.Database.OpenAsync(token);
        connection.Notification += (_, _) => RingHere();
        await using (var listen = new NpgsqlCommand($"listen {store.Tables.Channel}", connection)) await listen.ExecuteNonQueryAsync(token);
        while (true) await connection.WaitAsync(token);
    }

    public void Dispose()
    {
        closing.Cancel();
        closing.Dispose();
    }

    void RingHere() => Interlocked.Exchange(ref next, NewSignal()).TrySetResult();

    async Task SendAsync()
    {
        await Task.Yield();
        try
        {
            while (Interlocked.Exchange(ref toSend, 0) == 1)
            {
                await using var connection = await store.Database.OpenAsync(closing.Token);
                await using var notify = new NpgsqlCommand($"notify {store.Tables.Channel}", connection);
                await notify.ExecuteNonQueryAsync(closing.Token);
            }
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException or ObjectDisposedException)
        {
            // The events are committed; whoever waits for them finds them at its next look.
        }
        finally
        {
            Volatile.Write(ref sending, 0);
            if (Volatile.Read(ref toSend) == 1 && !closing.IsCancellationRequested && Interlocked.Exchange(ref sending, 1) == 0) _ = SendAsync();
        }
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
