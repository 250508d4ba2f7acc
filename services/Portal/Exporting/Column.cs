using Fidelity.Measurement;

namespace Fidelity.Portal.Exporting;

/// <summary>What a column holds.</summary>
enum ColumnType
{
    Text,
    Integer,
    Number,
    Date,
}

/// <summary>A column: all that files and codebook say of it.</summary>
/// <param name="Key">Its name, the same in every file and language; what it is called and means is found under it in the texts.</param>
/// <param name="Rule">The section of the rules that defines it; null where it only names something.</param>
record Column(string Key, ColumnType Type, string? Rule)
{
    /// <summary>The unit of a number.</summary>
    public string? Unit { get; init; }

    /// <summary>Every value that it may have; null where it may have any.</summary>
    public IReadOnlyList<string>? Codes { get; init; }

    /// <summary>Where the words for its codes are found in the texts, before the code.</summary>
    public string? CodeWords { get; init; }

    /// <summary>How surely its definition is known; null where there is nothing to know.</summary>
    public SourceStatus? Status { get; init; }

    /// <summary>Whether every row has a value.</summary>
    public bool Required { get; init; }

    public double? Lowest { get; init; }

    public double? Highest { get; init; }

    /// <summary>The number of one of many columns that share their words, such as an item's.</summary>
    public int? Item { get; init; }

    /// <summary>What its words are found under.</summary>
    public string WordsKey => Item is null ? Key : "item";
}

/// <summary>A column of a table whose rows are made from these.</summary>
sealed record Column<T>(string Key, ColumnType Type, string? Rule, Func<T, Cell> Of) : Column(Key, Type, Rule);
