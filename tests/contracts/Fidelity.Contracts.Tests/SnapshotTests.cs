using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fidelity.Contracts.Tests;

public sealed class SnapshotTests
{
    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "snapshots");

    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Where(name => name != "codes").Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_a_snapshot_says_is_read_and_written_again(string name)
    {
        var (type, snapshot) = (TypeOf(name), Read(name));
        foreach (var options in new[] { Wire.Bus, Wire.Store, Wire.Tables })
        {
            var message = snapshot.Deserialize(type, options)!;
            JsonSerializer.SerializeToNode(message, type, options).ShouldSay(WithoutKind(snapshot), name);
        }
    }

    [Fact]
    public void Every_message_has_a_snapshot_that_says_all_that_is_written()
    {
        foreach (var type in Wire.Messages)
        {
            var snapshots = Names.Where(name => TypeOf(name.Data) == type).Select(name => Read(name.Data)).ToList();
            snapshots.ShouldNotBeEmpty($"Write snapshots/{type.Name}.json by hand, as the message should be.");
            var unsaid = snapshots.Select(snapshot =>
                Unsaid(WithoutKind(snapshot), JsonSerializer.SerializeToNode(snapshot.Deserialize(type, Wire.Store), type, Wire.Store), type.Name)).ToList();
            unsaid.ShouldContain((string?)null,
                $"{type.Name} writes something that none of its snapshots has. Give its newest shape a file of its own. {unsaid.FirstOrDefault()}");
        }
    }

    [Fact]
    public void A_command_is_told_by_its_kind_wherever_that_stands()
    {
        foreach (var name in Names.Select(name => name.Data).Where(name => TypeOf(name).IsSubclassOf(typeof(Command))))
        {
            var snapshot = Read(name).AsObject();
            foreach (var kindAt in new[] { 0, 1, snapshot.Count - 1 })
            {
                var properties = snapshot.Where(property => property.Key != "kind").ToList();
                properties.Insert(kindAt, new("kind", snapshot["kind"]));
                var moved = new JsonObject(properties.Select(property => KeyValuePair.Create(property.Key, property.Value?.DeepClone())));
                foreach (var options in new[] { Wire.Store, Wire.Tables })
                {
                    var command = moved.Deserialize<Command>(options)!;
                    command.ShouldBeOfType(TypeOf(name));
                    JsonSerializer.SerializeToNode(command, options).ShouldSay(snapshot, name);
                }
            }
        }
    }

    [Fact]
    public void Every_code_of_every_enumeration_is_written_as_it_always_was()
    {
        var codes = Read("codes").AsObject();
        Wire.Enumerations.Select(type => type.Name).ShouldBe(codes.Select(code => code.Key), ignoreOrder: true);
        foreach (var type in Wire.Enumerations)
        {
            foreach (var options in new[] { Wire.Bus, Wire.Store, Wire.Tables })
            {
                var written = Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(value => JsonSerializer.Serialize(Enum.ToObject(type, value), type, options));
                written.ShouldBe(codes[type.Name]!.AsArray().Select(code => code!.ToJsonString()), type.Name);
            }
        }
    }

    [Theory]
    [InlineData("\"N/A\"")]
    [InlineData("1.5")]
    [InlineData("true")]
    [InlineData("99999999999")]
    public void An_answer_is_a_whole_number_NA_or_null_and_nothing_else(string answer)
    {
        var snapshot = Read("CorrectTamInterview");
        snapshot["value"] = JsonNode.Parse(answer);
        Should.Throw<JsonException>(() => snapshot.Deserialize<Tam.CorrectTamInterview>(Wire.Bus));
    }

    [Fact]
    public void Facts_of_different_things_are_about_different_things()
    {
        var about = Names.Select(name => name.Data).Where(name => TypeOf(name).IsSubclassOf(typeof(Fact)))
            .Select(name => ((Fact)Read(name).Deserialize(TypeOf(name), Wire.Store)!).About).ToList();
        about.Distinct().ShouldBe(
        [
            new("team", "norr"), new("case", "c-1"), new("tam_interview", "i-1"), new("tam_opportunity", "c-1/2026-01-26"),
            new("survey", "b-1"), new("survey_opportunity", "sam/norr/t-1/s-1/2026-01-26"), new("survey_opportunity", "cam/norr/s-1/k-1/2026-01-26"),
            new("review", "norr/2026-H1"), new("sign_off", "norr/2026-H1"), new("trend", "norr"), new("baseline", "norr"), new("trend_thread", "norr/018f3a5e0000700080000000000000a1"),
        ], ignoreOrder: true);
    }

    static JsonNode Read(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name + ".json")))!;

    static Type TypeOf(string name) => Wire.Messages.Single(type => type.Name == name.Split('.')[0]);

    /// <summary>A message on the bus or an event in a store has its type beside it.</summary>
    static JsonNode WithoutKind(JsonNode snapshot)
    {
        var copy = snapshot.DeepClone();
        copy.AsObject().Remove("kind");
        return copy;
    }

    static string? Unsaid(JsonNode? snapshot, JsonNode? written, string where)
    {
        try
        {
            snapshot.ShouldSay(written, where);
            return null;
        }
        catch (ShouldAssertException unsaid)
        {
            return unsaid.Message;
        }
    }
}
