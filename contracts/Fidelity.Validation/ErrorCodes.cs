namespace Fidelity.Validation;

/// <summary>Every code by which something is refused (formats.md §1). Programs act on the code, people read the message beside it.</summary>
public static class ErrorCodes
{
    /// <summary>An id is not 1–40 of letters, digits, <c>-</c>, <c>_</c>, <c>.</c>.</summary>
    public const string BadId = "bad_id";

    /// <summary>Something required is blank or absent.</summary>
    public const string MissingValue = "missing_value";

    /// <summary>Two values contradict each other: an end before its start, a discharge without its reason.</summary>
    public const string Inconsistent = "inconsistent";

    /// <summary>A file has a column that its kind does not have, or a row more cells than the header.</summary>
    public const string UnknownColumn = "unknown_column";

    /// <summary>A file lacks a column of its kind, or a row has fewer cells than the header.</summary>
    public const string MissingColumn = "missing_column";

    /// <summary>No calendar date written yyyy-mm-dd, or one outside 1900–2199.</summary>
    public const string BadDate = "bad_date";

    /// <summary>No whole number where one belongs.</summary>
    public const string BadNumber = "bad_number";

    /// <summary>A number outside the range that its scale or column allows.</summary>
    public const string OutOfScale = "out_of_scale";

    /// <summary>An id that neither the import nor the portal knows.</summary>
    public const string UnknownReference = "unknown_reference";

    /// <summary>The same row twice in one import.</summary>
    public const string DuplicateId = "duplicate_id";

    /// <summary>An id that is known already, with other content.</summary>
    public const string ConflictingId = "conflicting_id";

    /// <summary>A case that has been erased (gallring).</summary>
    public const string CaseErased = "case_erased";

    /// <summary>A date on which the case was not in treatment, or not late enough for what is recorded.</summary>
    public const string OutsideCase = "outside_case";

    /// <summary>A person who did not hold the post in question on that date.</summary>
    public const string OutsidePost = "outside_post";

    /// <summary>A value shaped like a Swedish personal identity number.</summary>
    public const string PersonalIdentityNumber = "personal_identity_number";

    /// <summary>An instrument definition that is not known, or is not of the kind that belongs here.</summary>
    public const string UnknownInstrument = "unknown_instrument";

    /// <summary>A value that is none of the codes allowed.</summary>
    public const string UnknownCode = "unknown_code";

    /// <summary>Text that cannot be read: not UTF-8, with control characters, or with a quotation that is never closed.</summary>
    public const string BadEncoding = "bad_encoding";

    /// <summary>A text longer, or a file larger, than is accepted.</summary>
    public const string TooLarge = "too_large";
}
