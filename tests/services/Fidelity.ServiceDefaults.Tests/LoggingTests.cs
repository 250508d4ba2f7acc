using System.Collections.Concurrent;
using Marten.Exceptions;
using Microsoft.Extensions.Logging;

namespace Fidelity.ServiceDefaults.Tests;

public sealed class LoggingTests : IAsyncLifetime
{
    readonly Installation installation = new();

    public ValueTask InitializeAsync() => installation.InitializeAsync();

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    [Fact]
    public async Task What_cannot_be_saved_is_not_logged_either()
    {
        foreach (var who in new[] { "what one family said", "what another family said" })
        {
            await using var session = installation.Store.LightweightSession();
            session.Events.StartStream<Counter>("same", new Added(who, 1));
            var saving = session.SaveChangesAsync(TestContext.Current.CancellationToken);
            if (who == "what one family said")
                await saving;
            else
                await Should.ThrowAsync<ExistingStreamIdCollisionException>(() => saving);
        }

        installation.Log.Lines.ShouldNotBeEmpty();
        installation.Log.Lines.ShouldAllBe(line => !line.Contains("family said", StringComparison.Ordinal));
    }
}

/// <summary>Keeps what is logged, with the exceptions.</summary>
public sealed class LogOfAll : ILoggerProvider, ILogger
{
    readonly ConcurrentQueue<string> lines = new();

    public IEnumerable<string> Lines => lines;

    public ILogger CreateLogger(string categoryName) => this;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue($"{formatter(state, exception)} {exception}");

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Dispose()
    {
        // There is nothing to let go of.
    }
}
