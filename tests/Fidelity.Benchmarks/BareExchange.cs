using System.Diagnostics;
using Fidelity.Contracts.Submitting;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using MassTransit;

namespace Fidelity.Benchmarks;

/// <summary>A consumer that answers at once and does nothing else: what the bus alone can do with the message.</summary>
sealed class BareExchange : IAsyncDisposable
{
    readonly IBusControl bus;
    readonly IClientFactory clients;

    BareExchange(IBusControl bus) => (this.bus, clients) = (bus, bus.CreateClientFactory(TimeSpan.FromSeconds(30)));

    public static async Task<BareExchange> Start(Uri broker)
    {
        var exchange = MassTransit.Bus.Factory.CreateUsingRabbitMq(configure =>
        {
            configure.Host(broker);
            configure.ReceiveEndpoint("bench", endpoint =>
            {
                endpoint.SetQuorumQueue();
                endpoint.PrefetchCount = 200;
                endpoint.ConcurrentMessageLimit = 100;
                endpoint.ConfigureConsumeTopology = false;
                endpoint.Handler<RecordTamInterview>(context =>
                    context.RespondAsync(new SubmissionAnswered(context.Message.SubmissionId, SubmissionOutcome.Recorded, [])));
            });
        });
        await exchange.StartAsync();
        return new(exchange);
    }

    /// <summary>Answers in a second.</summary>
    public async Task<double> Run(IReadOnlyList<(string Case, DateOnly Started)> cases, int callers, TimeSpan runTime)
    {
        var requests = clients.CreateRequestClient<RecordTamInterview>(new Uri("exchange:bench"));
        Answer[] answers = [.. Enumerable.Repeat(Answer.Of(5), 28)];
        var answered = 0;
        var running = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            for (var i = caller; running.Elapsed < runTime; i += callers)
            {
                var (@case, started) = cases[i % cases.Count];
                await requests.GetResponse<SubmissionAnswered>(new RecordTamInterview(
                    Guid.CreateVersion7(), "single", $"y{i}", @case, null, started.AddDays(20), InterviewMode.Online, "sv", false, "tam-r@1", answers));
                Interlocked.Increment(ref answered);
            }
        })));
        return answered / running.Elapsed.TotalSeconds;
    }

    public async ValueTask DisposeAsync() => await bus.StopAsync();
}
