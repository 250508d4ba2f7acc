using System.Text;
using Fidelity.Contracts.Roster;
using Fidelity.Portal.Importing;

namespace Fidelity.Portal.Tests.Importing;

public class ReadingTests
{
    const string Header = "team_id,name,profile,opened,closed,pir_start_month";

    static IReadOnlyList<string> Findings(string teams) => [.. Dry.Summary(Teams(Encoding.UTF8.GetBytes(teams)).Findings)];

    static CheckedImport Teams(byte[] teams) => Dry.Run(new UploadedFile("teams.csv", teams));

    [Fact]
    public void Semicolons_a_byte_order_mark_and_carriage_returns_are_read()
    {
        var import = Teams([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(
            "closed;team_id;name;profile;opened;pir_start_month\r\n;norr;\"Norr; \"\"norra\"\"\r\nlaget\";mst@1;2025-01-01;1\r\n\r\n;soder;Söder;mst@1;2025-01-01;4")]);
        import.Findings.ShouldBeEmpty();
        import.Rows.Select(row => (row.Line, ((RegisterTeam)row.Command).Name)).ShouldBe([(2, "Norr; \"norra\"\r\nlaget"), (5, "Söder")]);
    }

    [Fact]
    public void The_line_of_a_finding_is_where_its_row_begins() =>
        Findings($"{Header}\n\n\"norr\",\"Team\nNorr\",mst@1,2025-01-01,,1\nsoder,Söder,mst@1,nu,,1\n").ShouldBe(["teams.csv,5,opened,bad_date"]);

    [Theory]
    [InlineData("team_id,name,profile,opened,closed,pir_start_month,pir_start_month\n", "teams.csv,1,pir_start_month,unknown_column")]
    [InlineData("team_id,name,profile,opened,closed,pir_start_month,\n", "teams.csv,1,,unknown_column")]
    [InlineData("team_id,name,profile,opened,closed,pir_start_month,20110229-1234\n", "teams.csv,1,,unknown_column")]
    [InlineData("team_id,name,profile,opened,closed\n", "teams.csv,1,pir_start_month,missing_column")]
    [InlineData("team_id,name\0\n", "teams.csv,1,,bad_encoding")]
    public void A_faulty_header_hides_the_rows(string teams, string finding)
    {
        var import = Teams(Encoding.UTF8.GetBytes(teams + "x,y\n"));
        Dry.Summary(import.Findings)[0].ShouldBe(finding);
        import.Findings.ShouldAllBe(fault => fault.Line == 1);
        import.Files.ShouldHaveSingleItem().Rows.ShouldBe(0);
    }

    [Theory, InlineData(""), InlineData("\n\n"), InlineData(",,\n")]
    public void A_file_without_a_header_is_named(string teams) => Findings(teams).ShouldBe(["teams.csv,1,,missing_column"]);

    [Theory]
    [InlineData("norr,Norr,mst@1,2025-01-01,,1,", "teams.csv,2,,unknown_column")]
    [InlineData("norr,Norr,mst@1,2025-01-01,", "teams.csv,2,,missing_column")]
    [InlineData("norr,\"Norr\" team,mst@1,2025-01-01,,1", "teams.csv,2,,bad_encoding")]
    [InlineData("norr,\"Norr,mst@1,2025-01-01,,1", "teams.csv,2,,bad_encoding")]
    [InlineData("norr,No\0rr,mst@1,2025-01-01,,1", "teams.csv,2,,bad_encoding")]
    [InlineData("norr,Norr,mst@1,2025-1-1,,1", "teams.csv,2,opened,bad_date")]
    [InlineData("norr,Norr,mst@1,1025-01-01,,1", "teams.csv,2,opened,bad_date")]
    [InlineData("norr,Norr,mst@1,,,1", "teams.csv,2,opened,missing_value")]
    [InlineData("norr,Norr,mst@1,2025-01-01,,", "teams.csv,2,pir_start_month,missing_value")]
    [InlineData("norr,Norr,mst@1,2025-01-01,,1.0", "teams.csv,2,pir_start_month,bad_number")]
    [InlineData("norr,Norr,mst@1,2025-01-01,,0", "teams.csv,2,pir_start_month,out_of_scale")]
    [InlineData("norr,Norr,20110229-1234,2025-01-01,,1", "teams.csv,2,profile,personal_identity_number")]
    [InlineData("norr,Norr,mst@1,110229+1234,,1", "teams.csv,2,opened,personal_identity_number")]
    public void A_faulty_row_is_named(string row, string finding) => Findings($"{Header}\n{row}\n").ShouldBe([finding]);

    [Fact]
    public void A_row_that_is_not_utf8_is_refused_alone()
    {
        var import = Teams([.. Encoding.UTF8.GetBytes(Header + "\n"), .. Encoding.Latin1.GetBytes("soder,Söder,mst@1,2025-01-01,,1\n"),
            .. Encoding.UTF8.GetBytes("oster,Öster,mst@1,2025-01-01,,1\n")]);
        Dry.Summary(import.Findings).ShouldBe(["teams.csv,2,,bad_encoding"]);
        ((RegisterTeam)import.Rows.ShouldHaveSingleItem().Command).Name.ShouldBe("Öster");
    }

    [Fact]
    public void An_answer_is_off_the_scale_or_no_number()
    {
        var rows = new[] { "6", "0", "-1", "5.0", "five", "na", "99999999999" }.Select((answer, at) => Dry.Interview($"i-{at}", "c-1", "2025-01-30", first: answer));
        var import = Dry.Run(Dry.Teams, Dry.Staff, Dry.Cases("c-1,norr,t-1,2025-01-15,,,,,,,"), Dry.Tam(rows));
        import.Findings.Select(finding => finding.Code)
            .ShouldBe(["out_of_scale", "out_of_scale", "out_of_scale", "bad_number", "bad_number", "bad_number", "bad_number"]);
    }

    [Fact]
    public void The_columns_are_those_of_the_rules()
    {
        // formats.md §1, of which expected.json's season is an independent copy.
        foreach (var file in Dry.Folder("season"))
            Encoding.UTF8.GetString(file.Content.Span).Split('\n')[0].TrimEnd('\r').ShouldBe(string.Join(',', ImportKind.Find(file.Name)!.Columns));
    }
}
