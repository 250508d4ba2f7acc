using System.Text.Json;
using System.Text.Json.Nodes;
using Fidelity.Portal.Importing;
using Fidelity.ServiceDefaults;

namespace Fidelity.Portal.Tests.Importing;

/// <summary>What may be accepted, and how far an import has come.</summary>
public sealed class ImportTests
{
    static readonly Import Received = new Import().Apply(new ImportReceived(Guid.CreateVersion7(), "main", ["tam.csv"], 1, "anna"));

    static Import Checked(int findings) => Received.Apply(new ImportChecked(new(10, 5, 1, 1, 1, 2, findings), [], []));

    static readonly ImportAccepted All = new(GoodRowsOnly: false, "anna");

    static readonly ImportAccepted Good = new(GoodRowsOnly: true, "anna");

    [Fact]
    public void Nothing_is_accepted_before_it_has_been_checked()
    {
        foreach (var asked in new[] { All, Good })
            Received.Accept(asked, hasFiles: true).Refusal.ShouldBe(AcceptanceRefusal.StillChecking);
    }

    [Fact]
    public void All_of_an_import_with_faults_is_not_accepted_and_its_good_rows_are()
    {
        var (state, events, refusal) = Checked(findings: 3).Accept(All, hasFiles: true);
        (state.State, events.Count, refusal).ShouldBe((ImportState.Checked, 0, AcceptanceRefusal.HasFaults));

        (state, events, refusal) = Checked(findings: 3).Accept(Good, hasFiles: true);
        (state.State, refusal).ShouldBe((ImportState.Accepted, null));
        events.ShouldBe([Good]);
        Checked(findings: 0).Accept(All, hasFiles: true).Events.ShouldBe([All]);
    }

    [Fact]
    public void What_lost_its_files_is_not_accepted()
    {
        Checked(findings: 0).Accept(All, hasFiles: false).Refusal.ShouldBe(AcceptanceRefusal.FilesDeleted);
    }

    [Fact]
    public void Who_accepts_it_second_changes_nothing()
    {
        var first = Checked(findings: 3).Accept(Good, hasFiles: true).State;
        var (state, events, refusal) = first.Accept(new(GoodRowsOnly: false, "bertil"), hasFiles: false);
        (state.Accepted!.By, events.Count, refusal).ShouldBe(("anna", 0, null));
    }

    [Fact]
    public void Of_what_is_accepted_as_many_rows_are_to_be_answered_as_were_good_until_all_are_sent()
    {
        var accepted = Checked(findings: 3).Accept(Good, hasFiles: true).State;
        var progress = ImportProgress.Of(accepted, rowsChecked: 0, new(Open: 2, Recorded: 1, Waiting: 0, Refused: 0));
        (progress.Good, progress.ToAnswer, progress.States.Answered).ShouldBe((6, 6, 1));

        // One of the good rows was recorded by somebody else before it was sent.
        var sent = accepted.Apply(new ImportSent(5, Findings: 4, Held: 1));
        progress = ImportProgress.Of(sent, rowsChecked: 0, new(Open: 0, Recorded: 3, Waiting: 1, Refused: 1));
        (progress.ToAnswer, progress.States.Answered, progress.Findings).ShouldBe((5, 5, 4));
    }

    [Fact]
    public void While_it_is_checked_the_rows_so_far_are_told()
    {
        ImportProgress.Of(Received, rowsChecked: 4000, RowStates.None).Rows.ShouldBe(4000);
        ImportProgress.Of(Checked(findings: 0), rowsChecked: 0, RowStates.None).Rows.ShouldBe(10);
    }

    /// <summary>deploy/adr/0005-stored-events.md: JSON as the release before stored it.</summary>
    [Fact]
    public void What_was_stored_before_it_was_noted_who_is_read_and_continued()
    {
        var stored = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "stored", "import.json")))!.AsObject().Single().Value!.AsObject();
        var import = new Import()
            .Apply(Read<ImportReceived>("import_received")).Apply(Read<ImportChecked>("import_checked"))
            .Apply(Read<ImportAccepted>("import_accepted")).Apply(Read<ImportSent>("import_sent"));

        (import.Received!.By, import.Received.Programme, import.Received.Files.Count, import.Received.Bytes).ShouldBe((null, "season", 2, 4711));
        (import.Accepted!.By, import.Accepted.GoodRowsOnly).ShouldBe((null, true));
        import.Checked!.Files.Sum(file => file.New).ShouldBe(2);
        import.State.ShouldBe(ImportState.Accepted);
        import.Apply(new ImportSettled()).State.ShouldBe(ImportState.Settled);

        T Read<T>(string name) => JsonSerializer.Deserialize<T>(stored[name]!.ToJsonString(), FactsTable.Json)!;
    }
}
