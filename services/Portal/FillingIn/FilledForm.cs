using Fidelity.Portal.Submitting;

namespace Fidelity.Portal.FillingIn;

/// <summary>What somebody filled in, and what is wrong with it.</summary>
/// <param name="Values">By column.</param>
/// <param name="Faults">Error codes by column.</param>
/// <param name="Others">Error codes of what no field says, such as the case that the form is about.</param>
sealed record FilledForm(
    IReadOnlyDictionary<string, string> Values, IReadOnlyDictionary<string, string> Faults, IReadOnlyList<string> Others)
{
    /// <summary>A form as it was sent. What it has no field for is not read.</summary>
    public static FilledForm Of(IReadOnlyList<RecordField> fields, Func<string, string?> sent)
    {
        var values = fields.ToDictionary(field => field.Column, field => (sent(field.Column) ?? "").Trim(), StringComparer.Ordinal);
        return new(
            values,
            fields.Select(field => (field.Column, Code: field.Fault(values[field.Column]))).Where(fault => fault.Code is not null)
                .ToDictionary(fault => fault.Column, fault => fault.Code!, StringComparer.Ordinal),
            []);
    }

    public bool IsInOrder => Faults.Count == 0 && Others.Count == 0;

    /// <summary>
    /// With what the judging of the record says. Of a field that was at fault by itself nothing more is said; nor is, while there is one,
    /// of what no field says, since that rests on it.
    /// </summary>
    public FilledForm Judged(IReadOnlyList<Problem.Fault> faults)
    {
        var judged = faults.ToLookup(fault => Values.Keys.FirstOrDefault(column => RecordDocument.Pointer(column) == fault.Pointer) ?? "", StringComparer.Ordinal);
        return this with
        {
            Faults = Values.Keys.Where(column => Faults.ContainsKey(column) || judged.Contains(column))
                .ToDictionary(column => column, column => Faults.GetValueOrDefault(column) ?? judged[column].First().Code, StringComparer.Ordinal),
            Others = Faults.Count > 0 ? [] : [.. judged[""].Select(fault => fault.Code).Distinct(StringComparer.Ordinal)],
        };
    }
}
