using System.Reflection;
using Fidelity.Contracts;
using Fidelity.Contracts.Submitting;
using Fidelity.Validation;
using MassTransit;

namespace Fidelity.Architecture.Tests;

/// <summary>What crosses the bus, and what contracts/README.md says of it.</summary>
public sealed class MessageTests
{
    static readonly Type[] Types = Repository.Contracts.GetExportedTypes();

    static readonly Type[] Parts =
        [.. Types.SelectMany(type => type.GetProperties()).SelectMany(property => Unwrapped(property.PropertyType)).Distinct()];

    /// <summary>The records that no other record holds, and every fact: one that was published may be held by what tells of it later.</summary>
    static readonly Type[] Messages =
        [.. Types.Where(type => type is { IsClass: true, IsAbstract: false } && (type.IsSubclassOf(typeof(Fact)) || !Parts.Contains(type)))];

    [Fact]
    public void Contracts_hold_records_and_enumerations_only() =>
        Types.Where(type => !type.IsEnum && !IsRecord(type)).ShouldBeEmpty();

    [Fact]
    public void Every_message_stands_in_the_table_once_and_nothing_else_does()
    {
        Messages.ShouldNotBeEmpty();
        Table.Select(row => row.Message).ShouldBe(Messages.Select(message => message.Name), ignoreOrder: true);
        Table.ShouldAllBe(row => row.Key != "");
    }

    [Fact]
    public void The_table_names_those_who_consume()
    {
        foreach (var message in Messages)
            Table.Single(row => row.Message == message.Name).Consumers.ShouldBe(Repository.Services.Where(service => Consumes(service, message)), ignoreOrder: true, message.Name);
    }

    [Fact]
    public void The_table_names_those_who_decide_commands_and_publish_facts()
    {
        foreach (var message in Messages)
        {
            var owners = Table.Single(row => row.Message == message.Name).Owners;
            if (message.IsSubclassOf(typeof(Command)))
                owners.ShouldBe(Repository.Services.Where(service => Consumes(service, message)), message.Name);
            else if (message.IsSubclassOf(typeof(Fact)))
                owners.ShouldBe(Repository.Services.Where(service => Publishes(service, message)), message.Name);
            else
                owners.ShouldBeSubsetOf(Repository.Services, message.Name);
        }
    }

    [Fact]
    public void Accounts_at_the_broker_publish_and_take_what_the_table_says()
    {
        var lines = Repository.Text("deploy/lib/accounts.sh").Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        foreach (var service in Repository.Services)
        {
            Allowed(service, "publishes").ShouldBe(
                Named(row => row.Owners.Contains(service), typeof(Fact)).Concat(Named(row => row.Owners.Contains(service), typeof(SubmissionAnswered))),
                ignoreOrder: true, service);
            Allowed(service, "takes").Where(message => message != "MassTransit:Fault").ShouldBe(Named(row => row.Consumers.Contains(service), typeof(object)), ignoreOrder: true, service);
        }

        IEnumerable<string> Allowed(string service, string what) =>
            lines.Where(words => words.Length > 2 && words[0].Equals(service, StringComparison.OrdinalIgnoreCase) && words[1] == what).SelectMany(words => words[2..]);

        static IEnumerable<string> Named(Predicate<Row> wanted, Type kind) => Messages
            .Where(message => message.IsAssignableTo(kind) && Table.Any(row => row.Message == message.Name && wanted(row)))
            .Select(message => $"{message.Namespace!.Split('.')[^1]}:{message.Name}");
    }

    [Fact]
    public void Every_command_has_a_validator_that_is_asked()
    {
        var checks = Repository.Text("contracts/Fidelity.Validation/CommandValidation.cs");
        foreach (var command in Messages.Where(message => message.IsSubclassOf(typeof(Command))))
        {
            var validator = typeof(CommandValidation).Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(CommandValidator<>).MakeGenericType(command))).ShouldHaveSingleItem(command.Name);
            checks.ShouldContain($"new {validator.Name}()");
        }
    }

    static bool IsRecord(Type type) =>
        type.GetMethod("<Clone>$") is not null
        || (type.IsValueType && type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null);

    /// <summary>A consumer of its own, or one of those that services share.</summary>
    static bool Consumes(string service, Type message)
    {
        var consumer = typeof(IConsumer<>).MakeGenericType(message);
        return Repository.AssemblyOf(service).GetTypes().Any(consumer.IsAssignableFrom)
            || Assembly.Load("Fidelity.ServiceDefaults").GetTypes().Where(consumer.IsAssignableFrom)
                .Any(shared => Repository.Text($"services/{service}/{service}Service.cs").Contains($"typeof({shared.Name})", StringComparison.Ordinal));
    }

    static bool Publishes(string service, Type message) =>
        Repository.In($"services/{service}/Publishing/", ".cs").Any(file => Repository.Text(file).Contains($"new {message.Name}(", StringComparison.Ordinal)
            || Repository.Text(file).Contains($"static {message.Name}?", StringComparison.Ordinal));

    static IEnumerable<Type> Unwrapped(Type type) => type.IsGenericType ? type.GetGenericArguments().SelectMany(Unwrapped) : [type];

    static IReadOnlyList<Row> Table { get; } =
    [
        .. Repository.Text("contracts/README.md").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => new Row(cells[1].Trim('`'), cells[2].Split(", "), cells[3].Split(", "), cells[4])),
    ];

    sealed record Row(string Message, string[] Owners, string[] Consumers, string Key);
}
