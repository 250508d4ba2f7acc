using System.Runtime.CompilerServices;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.ServiceDefaults;

namespace Fidelity.Portal.Exporting;

/// <summary>One interview that fell due, and what stands for its ids.</summary>
sealed record OpportunityRow(TamOpportunityFact Fact, string TeamName, Pseudonyms Pseudonyms)
{
    public Opportunity Opportunity => Fact.Opportunity;

    /// <summary>Why no interview completed it: its time is not over, or nobody gave one.</summary>
    public Blank? CompletedBlank => Opportunity.CompletedBy is not null ? null : Opportunity.Outcome == OpportunityOutcome.Open ? Blank.NotDue : Blank.Missing;
}

/// <summary>
/// The interviews that fell due, for those who may know the families (measurement.md §2). Of surveys there are none here: who has answered
/// and who has not would say who is behind a value; the reviews have how many.
/// </summary>
sealed class OpportunitiesTable() : ExportTable<OpportunityRow>("opportunities", Purpose.SeeCases, [], ["programme", "case", "due"],
[
    new("programme", ColumnType.Text, null, row => row.Fact.Programme) { Required = true },
    new("team", ColumnType.Text, null, row => row.Fact.TeamId) { Required = true },
    new("team_name", ColumnType.Text, null, row => row.TeamName) { Required = true },
    new("case", ColumnType.Text, "measurement.md §6", row => row.Pseudonyms.Case(row.Fact.Programme, row.Fact.CaseId)) { Required = true },
    new("due", ColumnType.Date, "measurement.md §2", row => (DateOnly?)row.Opportunity.Due) { Required = true },
    new("first", ColumnType.Date, "measurement.md §2", row => (DateOnly?)row.Opportunity.First) { Required = true },
    new("last", ColumnType.Date, "measurement.md §2", row => (DateOnly?)row.Opportunity.Last) { Required = true },
    new("outcome", ColumnType.Text, "measurement.md §2", row => Cell.Code<OpportunityOutcome>(row.Opportunity.Outcome))
    {
        Required = true, Codes = [.. Measurement.Codes.All<OpportunityOutcome>().Where(code => code != "void")], CodeWords = "export.outcome",
    },
    new("completed_by", ColumnType.Text, "measurement.md §2", row => row.Pseudonyms.Interview(row.Fact.Programme, row.Opportunity.CompletedBy)),
    new("completed_by_blank", ColumnType.Text, "measurement.md §6", row => Cell.Code(row.CompletedBlank)) { Codes = Measurement.Codes.All<Blank>(), CodeWords = "blank" },
    new("effective_on", ColumnType.Date, "measurement.md §2", row => (DateOnly?)row.Fact.EffectiveOn) { Required = true },
])
{
    static readonly RecordSource Source = new(
        "tam_opportunity", "fact.data->'opportunity'->>'due'",
        $"(select {Reach.TherapistOn("@today", "family.data")} from {{schema}}.facts family where (family.programme, family.kind, family.key) = (fact.programme, 'case', fact.data->>'caseId'))",
        $"fact.data->'opportunity'->>'outcome' <> '{Measurement.Codes.Of(OpportunityOutcome.Void)}'");

    protected override async IAsyncEnumerable<OpportunityRow> Read(ExportedFacts facts, [EnumeratorCancellation] CancellationToken stopping)
    {
        await foreach (var (programme, team, _, data) in facts.Records(Source, stopping))
            yield return new(FactsTable.Read<TamOpportunityClosed>(data), facts.Teams[(programme, team)].Name, facts.Pseudonyms);
    }

    public override Task<long> Count(ExportedFacts facts, CancellationToken stopping) => facts.CountRecords(Source, stopping);
}
