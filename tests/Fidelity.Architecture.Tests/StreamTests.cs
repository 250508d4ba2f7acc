using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Fidelity.ServiceDefaults;

namespace Fidelity.Architecture.Tests;

/// <summary>What is stored keeps its name, and what decides it sees neither clock nor bus nor database.</summary>
public sealed partial class StreamTests
{
    [Fact]
    public void Every_event_of_a_store_has_a_name_of_its_own_given_to_it()
    {
        foreach (var service in Repository.Services)
        {
            var mapped = Mapped(service);
            mapped.Select(pair => pair.Name).ShouldBeUnique(service);
            mapped.ShouldAllBe(pair => SnakeCase().IsMatch(pair.Name), service);
            var types = mapped.Select(pair => pair.Type).ToHashSet(StringComparer.Ordinal);
            foreach (var state in States(service))
            {
                Events(state).ShouldNotBeEmpty(state.Name);
                Events(state).Select(happened => happened.Name).Except(types).ShouldBeEmpty($"{state.FullName} applies them");
            }
        }
    }

    /// <summary>Names that were released are never given away again, not even those that are only read any more (deploy/adr/0005-stored-events.md).</summary>
    [Fact]
    public void A_name_that_is_only_read_any_more_is_no_other_events_name()
    {
        foreach (var service in Repository.Services)
            Mapped(service).Select(pair => pair.Name).Concat(Sources(service).SelectMany(file => Upcast().Matches(Repository.Text(file)).Select(old => old.Groups["name"].Value))).ShouldBeUnique(service);
    }

    [Fact]
    public void Every_service_opens_its_event_store_in_the_one_strict_way()
    {
        const string OneWay = "services/Fidelity.ServiceDefaults/EventStreams.cs";
        var sources = Repository.In("services/", ".cs").Where(file => !file.StartsWith("services/Fidelity.MartenSubstitute/", StringComparison.Ordinal)).ToList();
        sources.Where(file => OpensAStore().IsMatch(Repository.Text(file))).ShouldBe([OneWay]);
        foreach (var failure in new[] { "SkipApplyErrors", "SkipUnknownEvents", "SkipSerializationErrors" })
        {
            sources.Where(file => Repository.Text(file).Contains(failure, StringComparison.Ordinal)).ShouldBe([OneWay]);
            Repository.Text(OneWay).ShouldContain($"options.Projections.Errors.{failure} = false;");
        }

        foreach (var service in Repository.Services)
            Setup(service).ShouldContain("AddEventStreams(");
    }

    /// <summary>An event that is left out of the list is passed over unread, and whoever waits for it hears nothing.</summary>
    [Fact]
    public void A_publisher_reads_exactly_the_events_that_it_publishes()
    {
        foreach (var service in Repository.Services)
        {
            var assembly = Repository.AssemblyOf(service);
            foreach (var publisher in assembly.GetTypes().Where(type => type.BaseType?.Name == "EventPublisher"))
            {
                var about = publisher.GetMethod("About", BindingFlags.Instance | BindingFlags.NonPublic)!;
                var read = (IReadOnlyList<Type>)publisher.GetProperty("Events")!.GetValue(null)!;
                var stored = Mapped(service).Select(pair => assembly.GetType($"Fidelity.{service}.{pair.Type}") ?? Assembly.Load("Fidelity.ServiceDefaults").GetType($"Fidelity.ServiceDefaults.{pair.Type}"))
                    .OfType<Type>().ToList();
                stored.Where(type => Publishes(publisher, about, type)).ShouldBe(read, ignoreOrder: true, publisher.Name);
            }
        }
    }

    /// <summary>Whether the publisher has something to say of an event of the type; of an empty one it cannot say what.</summary>
    static bool Publishes(Type publisher, MethodInfo about, Type type)
    {
        var recorded = Activator.CreateInstance(typeof(JasperFx.Events.Event<>).MakeGenericType(type), RuntimeHelpers.GetUninitializedObject(type));
        try
        {
            about.Invoke(RuntimeHelpers.GetUninitializedObject(publisher), [recorded]);
            return true;
        }
        catch (TargetInvocationException failure)
        {
            return failure.InnerException is not UnreachableException;
        }
    }

    /// <summary>Marten fills a property of that name with the version of the stream, whatever else it was meant for.</summary>
    [Fact]
    public void No_state_has_a_version_that_Marten_would_fill()
    {
        foreach (var state in Repository.Services.SelectMany(States).Distinct())
            state.GetProperty("Version").ShouldBeNull(state.FullName);
    }

    [Fact]
    public void Every_state_is_folded_from_its_stream()
    {
        var sources = string.Join('\n', Repository.In("services/", ".cs").Select(Repository.Text));
        foreach (var state in Repository.Services.SelectMany(States).Distinct())
            sources.ShouldContain($"LiveStreamAggregation<{state.Name}>()");
    }

    /// <summary>Of the events of a family's stream, those are not masked that say nothing of it (deploy/adr/0010-erasing.md).</summary>
    [Fact]
    public void Whatever_is_stored_of_a_family_is_masked_when_it_is_erased()
    {
        string[] impersonal = ["StreamErased", "WaitBegan", "TherapistPostsLearned"];
        var states = 0;
        foreach (var service in Repository.Services)
        {
            var masked = Sources(service).Distinct(StringComparer.Ordinal).SelectMany(file => MaskingRule().Matches(Repository.Text(file))).Select(rule => rule.Groups["type"].Value).ToHashSet(StringComparer.Ordinal);
            foreach (var state in States(service).Where(type => type.IsAssignableTo(typeof(IErasable))))
            {
                states++;
                Events(state).Select(happened => happened.Name).Except(masked).Except(impersonal).ShouldBeEmpty(state.FullName);
            }

            if (Setup(service).Contains("Facts.MapEvents", StringComparison.Ordinal))
                Facts.Types.Where(fact => fact.GetProperty("CaseId") is not null).Select(fact => fact.Name).Except(masked).ShouldBeEmpty(service);
        }

        states.ShouldBe(3, "a case of the roster, its interviews, and a submission");
    }

    [Fact]
    public void Deciding_sees_no_clock_no_bus_and_no_database()
    {
        string[] banned = ["TimeProvider", "BusinessCalendar", "IBus", "ConsumeContext", "IDocument", "IQuerySession", "Npgsql", "async ", "ILogger"];
        foreach (var state in Repository.Services.SelectMany(service => States(service).Where(state => state.Assembly == Repository.AssemblyOf(service))))
        {
            var file = Repository.In("services/", $"/{state.Name}.cs").ShouldHaveSingleItem();
            banned.Where(Repository.Text(file).Contains).ShouldBeEmpty(file);
        }
    }

    /// <summary>What folds events: whatever has Apply methods, in the service or, where the service keeps facts, in what services share.</summary>
    static IEnumerable<Type> States(string service)
    {
        var shared = Setup(service).Contains("Facts.MapEvents", StringComparison.Ordinal) ? Assembly.Load("Fidelity.ServiceDefaults").GetExportedTypes() : [];
        return Repository.AssemblyOf(service).GetExportedTypes().Concat(shared).Where(type => Events(type).Count > 0);
    }

    static IReadOnlyList<Type> Events(Type state) =>
        [.. state.GetMethods().Where(method => method.Name == "Apply" && method.GetParameters().Length == 1).Select(method => method.GetParameters()[0].ParameterType)];

    /// <summary>The events that the service's store is told of, through the MapEvents that its set-up calls.</summary>
    static List<(string Type, string Name)> Mapped(string service) =>
        [.. Sources(service).SelectMany(file => MapEventType().Matches(Repository.Text(file)).Select(mapping => (mapping.Groups["type"].Value, mapping.Groups["name"].Value)))];

    static IEnumerable<string> Sources(string service) =>
        MapEvents().Matches(Setup(service)).Select(call => call.Groups["owner"].Value)
            .Select(owner => Repository.In($"services/{service}/", $"/{owner}.cs").Concat(Repository.In("services/Fidelity.ServiceDefaults/", $"/{owner}.cs")).First());

    static string Setup(string service) => Repository.Text($"services/{service}/{service}Service.cs");

    [GeneratedRegex(@"(?<owner>\w+)\.MapEvents\(", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MapEvents();

    [GeneratedRegex(@"(AddMaskingRuleForProtectedInformation|\bMask)<(?<type>\w+)>\(", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MaskingRule();

    [GeneratedRegex("""MapEventType<(?<type>\w+)>\("(?<name>[^"]*)"\)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MapEventType();

    [GeneratedRegex("""Upcast<\w+, \w+>\("(?<name>[^"]*)",""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Upcast();

    [GeneratedRegex(@"AddMarten\(|DocumentStore\.For\(", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OpensAStore();

    [GeneratedRegex("^[a-z]+(_[a-z]+)*(_[2-9])?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SnakeCase();
}
