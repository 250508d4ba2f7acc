using System.Text;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fidelity.ServiceDefaults;

/// <summary>
/// The loggers that MassTransit gets. What an exception says may quote the body that could not be handled, and bodies are
/// about families: the log says which kind of exception it was and where it came from; its words are with the dead letter.
/// </summary>
sealed class WordlessLoggers(ILoggerFactory loggers) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new Wordless(loggers.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => loggers.AddProvider(provider);

    public void Dispose()
    {
        // They belong to the service.
    }

    /// <summary>Makes the bus with these loggers.</summary>
    internal sealed class BusFactory(IRegistrationBusFactory factory) : IRegistrationBusFactory
    {
        public IBusInstance CreateBus(IBusRegistrationContext context, IEnumerable<IBusInstanceSpecification> specifications, string busName)
        {
            LogContext.ConfigureCurrentLogContext(new WordlessLoggers(context.GetRequiredService<ILoggerFactory>()));
            return factory.CreateBus(context, specifications, busName);
        }
    }

    sealed class Wordless(ILogger log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => log.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Log(logLevel, eventId, state, exception is null ? null : WordlessException.Of(exception), formatter);
    }
}

/// <summary>An exception without what it says: which kind it was, for what reason, and where it came from.</summary>
sealed class WordlessException : Exception
{
    readonly Exception failure;

    WordlessException(Exception failure) : base(Kinds(failure)) => this.failure = failure;

    public static WordlessException Of(Exception failure) => failure as WordlessException ?? new(failure);

    /// <summary>The type of the exception that it stands for.</summary>
    public string Kind => failure.GetType().FullName!;

    public override string? StackTrace => failure.StackTrace;

    public override string ToString()
    {
        var text = new StringBuilder(Message);
        foreach (var one in Chain(failure).Reverse())
            text.AppendLine().Append(one.GetType().FullName).AppendLine().Append(one.StackTrace);
        return text.ToString();
    }

    /// <summary>What the broker says is about queues and connections, never about bodies.</summary>
    static bool IsOfBroker(Exception failure) => failure.GetType().Namespace?.StartsWith("RabbitMQ.", StringComparison.Ordinal) == true;

    static string Kinds(Exception failure) => string.Join(" < ", Chain(failure).Select(one =>
        IsOfBroker(one) ? $"{one.GetType().FullName}: {one.Message}" : one.GetType().FullName));

    static IEnumerable<Exception> Chain(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
            yield return failure;
    }
}
