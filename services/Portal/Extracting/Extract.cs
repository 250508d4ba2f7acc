using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Calling;

namespace Fidelity.Portal.Extracting;

/// <summary>All that is kept of one family (registerutdrag).</summary>
/// <param name="CaseKey">What stands for the case in the access log.</param>
/// <param name="Case">The case; null while only records are known that wait for it.</param>
/// <param name="Interviews">Corrections applied, and those that count nowhere too.</param>
/// <param name="Begun">Forms of interviews that were begun and not submitted, the family's own too.</param>
/// <param name="Calling">How the family is called; null when nothing is noted.</param>
/// <param name="Exported">Files of single records that the family may be in: what was made, when and for whom.</param>
/// <param name="Looks">Whoever looked before, not whoever looks now.</param>
public sealed record Extract(
    string Programme, string CaseId, string CaseKey, DateTime At, CaseChanged? Case, IReadOnlyList<TamInterview> Interviews,
    IReadOnlyList<DueInterview> Due, IReadOnlyList<ReceivedRecord> Received, IReadOnlyList<BegunForm> Begun, CallNote? Calling,
    IReadOnlyList<ExportedFile> Exported, IReadOnlyList<Look> Looks);

/// <summary>An interview that fell due, and what came of it.</summary>
/// <param name="EffectiveOn">The day from which this has been its outcome.</param>
public sealed record DueInterview(Opportunity Opportunity, DateOnly EffectiveOn);

/// <summary>A record as it was received.</summary>
/// <param name="State">What became of it: a code of <see cref="SubmissionState"/>.</param>
/// <param name="From">The row of the import that it came in; null when it came alone.</param>
public sealed record ReceivedRecord(DateTime At, string State, ImportRowName? From, Command Record);

/// <summary>A form that was begun.</summary>
/// <param name="Content">What is filled in, by column.</param>
public sealed record BegunForm(DateOnly Due, string BegunBy, DateTime SavedAt, IReadOnlyDictionary<string, string> Content);

/// <summary>A file that the family may be in, under a pseudonym for its recipient. Whether it is there is not kept.</summary>
/// <param name="Table">The table of exports.</param>
public sealed record ExportedFile(DateTime At, string Table, string Recipient);

/// <summary>One time that somebody asked for what is kept of this family alone. Who it was is in the access log.</summary>
public sealed record Look(long Number, DateTime At, string Deed, string? Purpose);
