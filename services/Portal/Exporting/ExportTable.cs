using Fidelity.Portal.Access;

namespace Fidelity.Portal.Exporting;

/// <summary>A table that is exported: who is given it, its columns, and where its rows come from.</summary>
abstract class ExportTable(string key, Purpose purpose, IReadOnlyList<string> measures, IReadOnlyList<string> identity)
{
    public string Key => key;

    public Purpose Purpose => purpose;

    /// <summary>The measures that its rows are of; none where they are of records.</summary>
    public IReadOnlyList<string> Measures => measures;

    /// <summary>Whether its rows are figures of teams, which may be published where they tell of nobody.</summary>
    public bool IsPublished => measures is not [];

    /// <summary>The columns that tell one row from every other.</summary>
    public IReadOnlyList<string> Identity => identity;

    public abstract IReadOnlyList<Column> Columns { get; }

    /// <summary>The rows, in an order that their content decides. Each is in the same array: it is to be written before the next is asked for.</summary>
    public abstract IAsyncEnumerable<Cell[]> Rows(ExportedFacts facts, CancellationToken stopping);

    /// <summary>How many rows there are.</summary>
    public abstract Task<long> Count(ExportedFacts facts, CancellationToken stopping);
}

/// <summary>A table made of rows of one kind.</summary>
abstract class ExportTable<T>(string key, Purpose purpose, IReadOnlyList<string> measures, IReadOnlyList<string> identity, IReadOnlyList<Column<T>> columns)
    : ExportTable(key, purpose, measures, identity)
{
    public sealed override IReadOnlyList<Column> Columns => columns;

    protected abstract IAsyncEnumerable<T> Read(ExportedFacts facts, CancellationToken stopping);

    public sealed override async IAsyncEnumerable<Cell[]> Rows(
        ExportedFacts facts, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stopping)
    {
        var cells = new Cell[columns.Count];
        await foreach (var row in Read(facts, stopping).ConfigureAwait(false))
        {
            for (var i = 0; i < cells.Length; i++)
                cells[i] = columns[i].Of(row);
            yield return cells;
        }
    }

    public override async Task<long> Count(ExportedFacts facts, CancellationToken stopping)
    {
        var rows = 0L;
        await foreach (var _ in Read(facts, stopping))
            rows++;
        return rows;
    }
}

/// <summary>The tables there are (formats.md §3).</summary>
static class ExportTables
{
    public static IReadOnlyList<ExportTable> All { get; } = [new TrendsTable(), new ReviewsTable(), new InterviewsTable(), new OpportunitiesTable()];

    public static ExportTable? Find(string? key) => All.FirstOrDefault(table => table.Key == key);

    /// <summary>Name and version of what the columns mean; a released one never changes.</summary>
    public const string Definitions = "exports@1";
}
