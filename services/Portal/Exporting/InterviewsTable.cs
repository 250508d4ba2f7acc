using System.Globalization;
using System.Runtime.CompilerServices;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.ServiceDefaults;

namespace Fidelity.Portal.Exporting;

/// <summary>One interview, and what stands for its ids.</summary>
sealed record InterviewRow(TamInterviewFact Fact, string TeamName, Pseudonyms Pseudonyms)
{
    public TamInterview Interview => Fact.Interview;

    public Cell Item(int number) => number <= Interview.Answers.Count ? Interview.Answers[number - 1].Value : Cell.Empty;

    /// <summary>The items whose answer this is, by the names of their columns and with blanks between: a number alone would be one to a spreadsheet.</summary>
    public string Items(Answer answer) =>
        string.Join(' ', Enumerable.Range(1, Interview.Answers.Count).Where(item => Interview.Answers[item - 1] == answer).Select(item => string.Create(CultureInfo.InvariantCulture, $"i{item}")));
}

/// <summary>The interviews with scores and answers, for those who may read single interviews (measurement.md §1, §2).</summary>
sealed class InterviewsTable() : ExportTable<InterviewRow>("interviews", Purpose.SeeScores, [], ["programme", "interview"],
[
    new("programme", ColumnType.Text, null, row => row.Fact.Programme) { Required = true },
    new("team", ColumnType.Text, null, row => row.Fact.TeamId) { Required = true },
    new("team_name", ColumnType.Text, null, row => row.TeamName) { Required = true },
    new("case", ColumnType.Text, "measurement.md §6", row => row.Pseudonyms.Case(row.Fact.Programme, row.Fact.CaseId)) { Required = true },
    new("interview", ColumnType.Text, "measurement.md §6", row => row.Pseudonyms.Interview(row.Fact.Programme, row.Interview.InterviewId)) { Required = true },
    new("date", ColumnType.Date, "measurement.md §2", row => (DateOnly?)row.Interview.Date) { Required = true },
    new("therapist", ColumnType.Text, "measurement.md §6", row => row.Pseudonyms.Staff(row.Fact.Programme, row.Interview.TherapistId)),
    new("interviewer", ColumnType.Text, "measurement.md §2", row => row.Pseudonyms.Staff(row.Fact.Programme, row.Interview.InterviewerId)),
    new("interviewer_blank", ColumnType.Text, "measurement.md §2", row => Cell.Code(row.Interview.InterviewerId is null ? Blank.NotApplicable : default(Blank?)))
    {
        Codes = Measurement.Codes.All<Blank>(), CodeWords = "blank",
    },
    new("mode", ColumnType.Text, "formats.md §1", row => Cell.Code<InterviewMode>(row.Interview.Mode)) { Required = true, Codes = Measurement.Codes.All<InterviewMode>(), CodeWords = "mode" },
    new("language", ColumnType.Text, "formats.md §1", row => row.Interview.Language),
    new("interpreter", ColumnType.Text, "formats.md §1", row => row.Interview.Interpreter) { Codes = ["yes", "no"], CodeWords = "export.answer" },
    new("instrument", ColumnType.Text, "measurement.md §1", row => row.Interview.Score.Definition)
    {
        Required = true, Codes = [.. Instruments.All.Where(known => known.Instrument == Instrument.Tam).Select(known => known.Id)],
    },
    new("score", ColumnType.Number, "measurement.md §1", row => row.Interview.Score.Value?.ToDouble()) { Unit = "share", Status = Instruments.TamR.Status, Lowest = 0, Highest = 1 },
    new("score_blank", ColumnType.Text, "measurement.md §1", row => Cell.Code(row.Interview.Score.IsSufficient ? default(Blank?) : Blank.Insufficient)) { Codes = Measurement.Codes.All<Blank>(), CodeWords = "blank" },
    new("answered", ColumnType.Integer, "measurement.md §1", row => (int?)row.Interview.Score.Answered) { Required = true, Unit = "count", Lowest = 0 },
    new("counts_as", ColumnType.Text, "measurement.md §4", row => Cell.Code<Ruling>(row.Interview.Counts ? Ruling.Counts : row.Interview.LeftOut))
    {
        Required = true, Codes = [.. new[] { Ruling.Counts, Ruling.NotIndependent, Ruling.Withdrawn, Ruling.OutsideCase }.Select(Measurement.Codes.Of)], CodeWords = "export.counts",
    },
    new("completes", ColumnType.Date, "measurement.md §2", row => row.Interview.Completes),
    new("completes_blank", ColumnType.Text, "measurement.md §2", row => Cell.Code(row.Interview.Completes is null ? Blank.NotApplicable : default(Blank?))) { Codes = Measurement.Codes.All<Blank>(), CodeWords = "blank" },
    .. Enumerable.Range(1, Items).Select(item => new Column<InterviewRow>($"i{item}", ColumnType.Integer, "measurement.md §1", row => row.Item(item))
    {
        Item = item, Unit = "scale", Lowest = Instruments.TamR.Lowest, Highest = Instruments.TamR.Highest,
    }),
    new("items_not_applicable", ColumnType.Text, "measurement.md §1", row => row.Items(Answer.NotApplicable)),
    new("items_missing", ColumnType.Text, "measurement.md §1", row => row.Items(Answer.Blank)),
])
{
    static readonly RecordSource Source = new("tam_interview", "fact.data->'interview'->>'date'", "fact.data->'interview'->>'therapistId'");

    static int Items => Instruments.All.Where(known => known.Instrument == Instrument.Tam).Max(known => known.Items);

    protected override async IAsyncEnumerable<InterviewRow> Read(ExportedFacts facts, [EnumeratorCancellation] CancellationToken stopping)
    {
        await foreach (var (programme, team, _, data) in facts.Records(Source, stopping))
            yield return new(FactsTable.Read<TamInterviewScored>(data), facts.Teams[(programme, team)].Name, facts.Pseudonyms);
    }

    public override Task<long> Count(ExportedFacts facts, CancellationToken stopping) => facts.CountRecords(Source, stopping);
}
