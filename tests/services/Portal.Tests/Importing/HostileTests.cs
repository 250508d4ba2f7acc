using System.IO.Compression;
using System.Text;
using Fidelity.Portal.Importing;
using FsCheck;
using FsCheck.Fluent;

namespace Fidelity.Portal.Tests.Importing;

public class HostileTests
{
    static UploadedFile Zip(string name, params IEnumerable<(string Name, byte[] Content)> entries)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var entry in entries)
            {
                using var stream = zip.CreateEntry(entry.Name).Open();
                stream.Write(entry.Content);
            }
        return new(name, bytes.ToArray());
    }

    [Theory, InlineData(""), InlineData("season/"), InlineData("season\\")]
    public void A_zip_reads_as_the_folder_in_it(string folder)
    {
        var zip = Zip("season.zip", Dry.Folder("season-dirty").Select(file => (folder + file.Name, file.Content.ToArray())).Append(("season/notes.txt", [])));
        var import = Dry.Run(zip);
        Dry.Summary(import.Findings).ShouldBe(Dry.Summary(Dry.Run(Dry.Folder("season-dirty")).Findings));
        import.LeftAlone.ShouldBe(["season/notes.txt"]);
    }

    [Theory]
    [InlineData("../teams.csv")]
    [InlineData("..\\teams.csv")]
    [InlineData("/teams.csv")]
    [InlineData("a/b/teams.csv")]
    [InlineData("C:\\x\\teams.csv")]
    [InlineData("teams.csv.exe")]
    [InlineData("inner.zip")]
    [InlineData("")]
    public void Other_names_are_left_alone_and_never_opened(string name)
    {
        var import = Dry.Run(Zip("a.zip", (name.Length == 0 ? " " : name, Dry.Teams.Content.ToArray())));
        (import.LeftAlone.Count, import.Rows.Count, import.Findings.Count).ShouldBe((1, 0, 0));
    }

    [Fact]
    public void A_name_that_points_at_a_person_is_not_repeated() =>
        Dry.Run(Dry.Csv("20110229-1234.csv", "x")).LeftAlone.ShouldHaveSingleItem().ShouldNotContain("1234");

    [Fact]
    public void A_file_that_is_there_twice_is_named()
    {
        var import = Dry.Run(Zip("a.zip", ("a/teams.csv", Dry.Teams.Content.ToArray()), ("b/Teams.csv", Dry.Teams.Content.ToArray())));
        Dry.Summary(import.Findings).ShouldBe(["teams.csv,1,,duplicate_id"]);
        import.Rows.Count.ShouldBe(1);
    }

    [Fact]
    public void A_zip_that_unpacks_without_end_is_stopped()
    {
        var bomb = Zip("bomb.zip", ("teams.csv", new byte[3_000_000]), ("staff.csv", new byte[10]));
        bomb.Content.Length.ShouldBeLessThan(10_000);
        var import = ParsedImport.Read(ImportFiles.Open([bomb], mostBytes: 1_000_000), "demo").Check(new([]));
        Dry.Summary(import.Findings).ShouldBe(["teams.csv,1,,too_large", "staff.csv,1,,too_large"]);
    }

    [Fact]
    public void What_is_called_a_zip_and_is_none_is_named() =>
        Dry.Summary(Dry.Run(new UploadedFile("a.zip", "PK\u0003\u0004 and so on"u8.ToArray())).Findings).ShouldBe(["a.zip,1,,bad_encoding"]);

    [Fact]
    public void A_damaged_zip_is_named_whatever_byte_is_wrong()
    {
        var whole = Zip("a.zip", ("teams.csv", Dry.Teams.Content.ToArray()), ("staff.csv", Dry.Staff.Content.ToArray())).Content.ToArray();
        for (var at = 0; at < whole.Length; at++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 0xff;
            Dry.Run(new UploadedFile("a.zip", damaged)).ShouldNotBeNull();
        }
        for (var length = 0; length < whole.Length; length++)
            Dry.Run(new UploadedFile("a.zip", whole.AsMemory(0, length))).ShouldNotBeNull();
    }

    [Fact]
    public void A_cell_of_ten_megabytes_is_too_large_and_nothing_more()
    {
        var row = $"norr,{new string('x', 10_000_000)},mst@1,2025-01-01,,1";
        Dry.Summary(Dry.Run(Dry.Csv("teams.csv", "team_id,name,profile,opened,closed,pir_start_month", row)).Findings).ShouldBe(["teams.csv,2,name,too_large"]);
    }

    [Fact]
    public void Two_thousand_characters_fit_and_one_more_does_not()
    {
        var known = Dry.Accept(Dry.Run(Dry.Teams, Dry.Staff, Dry.Cases("c-1,norr,t-1,2025-01-15,,,,,,,"), Dry.Tam(Dry.Interview("i-1", "c-1", "2025-01-30"))));
        var import = Dry.Run(known, [Dry.Csv("corrections.csv", "id,date,item,value,reason",
            $"i-1,2025-02-03,7,5,{new string('å', 2000)}", $"i-1,2025-02-04,7,5,{new string('å', 2001)}")]);
        Dry.Summary(import.Findings).ShouldBe(["corrections.csv,3,reason,too_large"]);
    }

    [Fact]
    public void Ten_million_delimiters_are_one_faulty_row() =>
        Dry.Summary(Dry.Run(Dry.Csv("teams.csv", "team_id,name,profile,opened,closed,pir_start_month", "x" + new string(',', 10_000_000))).Findings)
            .ShouldBe(["teams.csv,2,,unknown_column"]);

    [Fact]
    public void Any_bytes_give_findings_and_no_exception() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<int>(), (bytes, seed) =>
        {
            var kind = ImportKind.All[new Random(seed).Next(ImportKind.All.Count)];
            byte[] content = [.. Encoding.UTF8.GetBytes(string.Join(',', kind.Columns) + "\n"), .. bytes];
            _ = Dry.Run(new UploadedFile(kind.File, content)).Files.ShouldHaveSingleItem();
            _ = Dry.Run(new UploadedFile(kind.File, bytes)).Files.ShouldHaveSingleItem();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void A_season_with_bytes_overwritten_gives_findings_and_no_exception() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var import = Dry.Run(Dry.Folder("season-dirty").Select(file =>
            {
                var content = file.Content.ToArray();
                for (var i = 0; i < 5; i++)
                    content[random.Next(content.Length)] = (byte)random.Next(256);
                return file with { Content = content };
            }));
            foreach (var file in import.Files)
                file.Rows.ShouldBe(file.New + file.Changes + file.Known + file.Held + file.Faulty);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
}
