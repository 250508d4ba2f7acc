using Dapper;
using Microsoft.Extensions.Configuration;
using Npgsql;
using RabbitMQ.Client;

namespace Fidelity.ServiceDefaults;

/// <summary>
/// Lets a service publish all that it has appended once more, from its first event on. A broker that is empty, beside stores that
/// are not, lacks whatever was on its way: after a restore, or when it lost what it had. Stores say what was appended and not
/// what arrived, so everything goes out again, and whoever has it takes it for the repeat that it is.
/// </summary>
sealed class PublishingAgain(
    NpgsqlDataSource database, ServiceSchema schema, IEnumerable<Shard> shards, IEnumerable<ReadModel> models, IEnumerable<Inbox> inboxes,
    IConfiguration configuration)
{
    public const string Argument = "--publish-again";

    /// <summary>Sets what publishes back to the beginning, for the next start of the service; answers how the process ends.</summary>
    public async Task<int> Rewind(TextWriter news, CancellationToken stopping)
    {
        await using (var broker = await new ConnectionFactory { Uri = Bus.Address(configuration) }.CreateConnectionAsync(stopping))
        {
            foreach (var queue in inboxes.SelectMany(inbox => inbox.Queues))
            {
                if (await Inboxes.Find(broker, queue, stopping) is not { MessageCount: > 0 } found)
                    continue;
                await news.WriteLineAsync($"The broker has {found.MessageCount} messages in {queue}, which these stores may know nothing of. Give an empty broker.");
                return 1;
            }
        }

        var names = shards.Where(shard => models.All(model => model.Name != shard.Name)).Select(shard => shard.ProgressName).ToArray();
        await using var connection = await database.OpenConnectionAsync(stopping);
        // A service that has never started has published nothing.
        if (await connection.ExecuteScalarAsync<string?>("select to_regclass(@table)::text", new { table = $"{schema.Name}.mt_event_progression" }) is { } progress)
            await connection.ExecuteAsync($"delete from {progress} where name = any(@names)", new { names });
        return 0;
    }
}
