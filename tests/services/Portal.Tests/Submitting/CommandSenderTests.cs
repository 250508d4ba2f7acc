using Fidelity.Contracts.Submitting;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Submitting;
using Fidelity.ServiceDefaults;
using Fidelity.ServiceDefaults.Tests;
using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;

namespace Fidelity.Portal.Tests.Submitting;

/// <summary>Rows of imports on their way to their owner, over a store and a broker as they are.</summary>
public sealed class CommandSenderTests(VirtualHost broker) : IClassFixture<VirtualHost>
{
    const string Owner = "tam";

    readonly string schema = $"t{Guid.CreateVersion7():n}";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_are_sent_unless_their_owner_has_answered_since()
    {
        await broker.Declare(Owner);
        await using (var channel = await broker.Channel())
        {
            await channel.ExchangeDeclareAsync(Owner, ExchangeType.Fanout, durable: true, cancellationToken: Cancelled);
            await channel.QueueBindAsync(Owner, Owner, "", cancellationToken: Cancelled);
        }

        await using var portal = Portal();
        await portal.StartAsync(Cancelled);
        var accepted = new SubmissionAccepted(
            new RecordTamAttempt(Guid.CreateVersion7(), "main", "c1", new(2026, 7, 20), AttemptOutcome.CallBack), new ImportRowName(Guid.CreateVersion7(), "tam_attempts.csv", 2));
        var refused = new SubmissionConcluded(SubmissionOutcome.Refused, [], null, DateTimeOffset.UnixEpoch);
        await using var session = portal.Services.GetRequiredService<IDocumentStore>().LightweightSession();
        session.Events.Append("submission:answered", accepted, refused);
        session.Events.Append("submission:waiting", accepted, refused with { Outcome = SubmissionOutcome.Waiting });
        session.Events.Append("submission:put-right", accepted, refused, accepted);
        session.Events.Append("submission:unanswered", accepted);
        await session.SaveChangesAsync(Cancelled);

        var database = portal.Services.GetRequiredService<NpgsqlDataSource>();
        await using (var progress = database.CreateCommand($"select count(*) from {schema}.mt_event_progression where name = 'Sending:All' and last_seq_id = 8"))
        {
            while ((long)(await progress.ExecuteScalarAsync(Cancelled))! == 0)
                await Task.Delay(50, Cancelled);
        }

        var sent = await broker.Messages(Owner);
        var unanswered = (await session.Events.FetchStreamAsync("submission:unanswered", token: Cancelled))[0].Id;
        var putRight = (await session.Events.FetchStreamAsync("submission:put-right", token: Cancelled))[2].Id;
        sent.Select(message => message.BasicProperties.MessageId).ShouldBe([unanswered.ToString(), putRight.ToString()], ignoreOrder: true);
        await portal.StopAsync(Cancelled);
        await using var drop = database.CreateCommand($"drop schema {schema} cascade");
        await drop.ExecuteNonQueryAsync(Cancelled);
    }

    WebApplication Portal()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["FIDELITY_POSTGRES"] = VirtualHost.Variable("FIDELITY_TEST_POSTGRES");
        builder.Configuration["FIDELITY_RABBITMQ"] = broker.Address.ToString();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<InFlight>();
        builder.Services.AddSingleton<Owners>();
        builder.AddEventStreams(schema, Submission.MapEvents).Publish<CommandSender>("Sending");
        builder.AddBus(declareOnly: false, _ => { });
        return builder.Build();
    }
}
