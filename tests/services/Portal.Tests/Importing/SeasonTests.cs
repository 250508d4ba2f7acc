using System.Text;
using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.Portal.Importing;
using FsCheck;
using FsCheck.Fluent;

namespace Fidelity.Portal.Tests.Importing;

public class SeasonTests
{
    [Fact]
    public void The_faulty_season_gives_exactly_the_expected_findings_in_order()
    {
        var expected = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "season-dirty", "expected-errors.csv")).Skip(1);
        var import = Dry.Run(Dry.Folder("season-dirty"));
        Dry.Summary(import.Findings).ShouldBe(expected);
        import.LeftAlone.ShouldBeEmpty();
    }

    [Fact]
    public void Every_message_is_a_sentence_without_the_personal_identity_number()
    {
        foreach (var finding in Dry.Run(Dry.Folder("season-dirty")).Findings)
        {
            finding.Message.ShouldEndWith(".");
            finding.Message.ShouldNotContain("1234");
        }
    }

    [Fact]
    public void The_season_is_new_and_without_findings()
    {
        var import = Dry.Run(Dry.Folder("season"));
        Dry.Summary(import.Findings).ShouldBeEmpty();
        import.Held.ShouldBeEmpty();
        import.LeftAlone.ShouldBeEmpty();
        import.Files.Select(file => file.File).ShouldBe(ImportKind.All.Select(kind => kind.File));
        // 10 attempts are in the file twice; everything else is there once.
        import.Rows.Where(row => row.Effect != RowEffect.New).Select(row => (row.File, row.Effect)).Distinct()
            .ShouldBe([("tam_attempts.csv", RowEffect.Known)]);
        import.Rows.Count(row => row.Effect == RowEffect.Known).ShouldBe(10);
        import.Files.Sum(file => file.New).ShouldBe(import.Rows.Count - 10);
    }

    [Fact]
    public void Corrections_and_withdrawals_go_to_the_owner_of_their_record()
    {
        var import = Dry.Run(Dry.Folder("season"));
        import.Rows.Where(row => row.File is "corrections.csv" or "withdrawals.csv").Select(row => row.Command.GetType()).Distinct()
            .ShouldBe([typeof(CorrectTamInterview), typeof(CorrectSurvey), typeof(WithdrawTamInterview)], ignoreOrder: true);
    }

    [Theory, InlineData("season"), InlineData("season-dirty")]
    public void What_was_accepted_is_known_the_second_time(string folder)
    {
        var first = Dry.Run(Dry.Folder(folder));
        var second = Dry.Run(Dry.Accept(first), Dry.Folder(folder));
        second.Rows.ShouldAllBe(row => row.Effect == RowEffect.Known);
        second.Rows.Count.ShouldBe(first.Rows.Count);
        Dry.Summary(second.Findings).ShouldBe(Dry.Summary(first.Findings));
    }

    [Fact]
    public void The_files_may_come_one_at_a_time_in_order_of_reference()
    {
        var accepted = new List<Command>();
        foreach (var kind in ImportKind.All)
        {
            var import = Dry.Run(accepted, Dry.Folder("season").Where(file => file.Name == kind.File));
            Dry.Summary(import.Findings).ShouldBeEmpty();
            accepted.AddRange(Dry.Accept(import));
        }
        Dry.Run(accepted, Dry.Folder("season")).Rows.ShouldAllBe(row => row.Effect == RowEffect.Known);
    }

    [Fact]
    public void Everything_an_import_is_held_against_is_asked_for()
    {
        var known = Dry.Accept(Dry.Run(Dry.Folder("season"))).ToList();
        foreach (var file in Dry.Folder("season"))
        {
            var parsed = ParsedImport.Read(ImportFiles.Open([file]), "demo");
            var asked = known.Where(command => parsed.References.Contains(RecordKey.Of(command))
                || (command is RegisterPost post && parsed.References.Contains(RecordKey.Staff(post.StaffId))));
            var import = parsed.Check(new KnownRecords(asked));
            Dry.Summary(import.Findings).ShouldBeEmpty();
            import.Rows.ShouldAllBe(row => row.Effect == RowEffect.Known);
        }
    }

    [Fact]
    public void The_order_of_rows_and_files_does_not_matter() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var shuffled = Dry.Folder("season-dirty").Select(file => Shuffle(file, random)).ToArray();
            random.Shuffle(shuffled);
            Codes(Dry.Run(shuffled)).ShouldBe(Codes(Dry.Run(Dry.Folder("season-dirty"))));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    static IEnumerable<(string, string?, string)> Codes(CheckedImport import) =>
        import.Findings.Select(finding => (finding.File, finding.Column, finding.Code)).Order();

    /// <summary>The file with its rows behind the header in another order; a row ends where its quotations are closed.</summary>
    static UploadedFile Shuffle(UploadedFile file, Random random)
    {
        var rows = new List<string>();
        var open = false;
        foreach (var line in Encoding.Latin1.GetString(file.Content.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (open)
                rows[^1] += "\n" + line;
            else
                rows.Add(line);
            open ^= line.Count(character => character == '"') % 2 == 1;
        }
        var body = rows.Skip(1).ToArray();
        random.Shuffle(body);
        return file with { Content = Encoding.Latin1.GetBytes(string.Join('\n', body.Prepend(rows[0]))) };
    }
}
