using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Fidelity.Portal.Importing;
using Fidelity.Portal.Submitting;

namespace Fidelity.Portal.Tests.Submitting;

public sealed class RecordDocumentTests
{
    [Fact]
    public void Properties_become_the_cells_of_a_row_in_the_columns_order()
    {
        var document = Read("cases.csv", """
            { "started": "2025-03-03", "case_id": "c-1", "team_id": "nord", "therapist_id": "t-1", "discharge_reason": null,
              "living_at_home": true, "in_school_or_work": false, "no_new_arrest": "unknown" }
            """);
        document!.Faults.ShouldBeEmpty();
        document.Cells.ShouldBe(["c-1", "nord", "t-1", "2025-03-03", "", "", "yes", "no", "unknown", "", ""]);
    }

    [Fact]
    public void Answers_are_numbers_NA_and_null()
    {
        var document = Read("cam.csv", $$"""{ "survey_id": "k", "items": [6, "NA", null, {{string.Join(',', Enumerable.Repeat("5", 20))}}] }""");
        document!.Faults.ShouldBeEmpty();
        document.Cells.Skip(6).ShouldBe(["6", "NA", "", .. Enumerable.Repeat("5", 20)]);
    }

    [Theory]
    [InlineData("teams.csv", """{ "team_id": 7 }""", "bad_id /team_id")]
    [InlineData("teams.csv", """{ "team_id": true }""", "bad_id /team_id")]
    [InlineData("teams.csv", """{ "name": ["Nord"] }""", "bad_encoding /name")]
    [InlineData("teams.csv", """{ "profile": 1 }""", "unknown_code /profile")]
    [InlineData("teams.csv", """{ "opened": 20250101 }""", "bad_date /opened")]
    [InlineData("teams.csv", """{ "pir_start_month": false }""", "bad_number /pir_start_month")]
    [InlineData("cases.csv", """{ "living_at_home": 1 }""", "unknown_code /living_at_home")]
    [InlineData("corrections.csv", """{ "value": true }""", "bad_number /value")]
    [InlineData("corrections.csv", "{}", "missing_value /value")]
    [InlineData("withdrawals.csv", """{ "items": [] }""", "unknown_column /items")]
    [InlineData("tam.csv", "{}", "missing_value /items")]
    [InlineData("tam.csv", """{ "items": [1, 2] }""", "missing_value /items")]
    [InlineData("tam.csv", """{ "items": null }""", "missing_value /items")]
    [InlineData("tam.csv", """{ "items": [[],1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,true] }""", "bad_number /items/0", "bad_number /items/27")]
    [InlineData("teams.csv", """{ "i1": 1, "i99999999999999": 2, "a/b~c": 3 }""", "unknown_column /i1", "unknown_column /i99999999999999", "unknown_column /a~1b~0c")]
    [InlineData("teams.csv", """{ "19811218-9876": 1 }""", "unknown_column ")]
    public void What_cannot_be_taken_as_its_type_is_named_with_its_place(string file, string json, params string[] faults) =>
        Read(file, json)!.Faults.Select(fault => $"{fault.Code} {fault.Pointer}").ShouldBe(faults);

    /// <summary>Whatever cannot be taken must not pass for a blank, which may be right.</summary>
    [Fact]
    public void A_value_of_the_wrong_type_is_refused_by_the_row_too()
    {
        foreach (var kind in ImportKind.All)
        {
            foreach (var value in kind.Values.Where(value => !RecordDocument.IsItem(value.Column)))
            {
                var document = Read(kind.File, new JsonObject { [value.Column] = new JsonObject() }.ToJsonString())!;
                var row = ParsedImport.Read(ImportFiles.Of(kind, document.Cells), "demo").Check(new KnownRecords([]));
                row.Findings.ShouldContain(finding => finding.Column == value.Column, $"{value.Column} of {kind.File}");
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"team\"")]
    [InlineData("""{ "team_id": "a", "team_id": "b" }""")]
    [InlineData("""{ "team_id": "\ud800" }""")]
    [InlineData("""{ "\ud800": "a" }""")]
    public void What_is_no_object_or_cannot_be_read_is_no_document(string json) => Read("teams.csv", json).ShouldBeNull();

    [Fact]
    public void A_byte_order_mark_is_passed_over() => Read("teams.csv", "\ufeff{ \"team_id\": \"a\" }")!.Cells[0].ShouldBe("a");

    static RecordDocument? Read(string file, string json) =>
        RecordDocument.Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json)), ImportKind.Find(file)!);
}
