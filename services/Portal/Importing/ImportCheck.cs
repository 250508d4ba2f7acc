using System.Diagnostics;
using System.Globalization;
using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Submitting;
using Fidelity.Contracts.Surveys;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;

namespace Fidelity.Portal.Importing;

/// <summary>
/// Judges rows one after the other against what is known: first what each refers to, then whether it repeats, fills or contradicts
/// something. What a row refers to comes in an earlier file, so one pass is enough; of the rows behind it, only what later ones may
/// refer to or repeat is kept.
/// </summary>
/// <param name="unread">Kinds of record of which a file was there and could not be read: nothing is known to be missing from them.</param>
sealed class ImportCheck(IReadOnlySet<RecordKind> unread)
{
    /// <summary>What rows may refer to, as reports call it, and the files that it comes in.</summary>
    public static readonly IReadOnlyList<(RecordKind Kind, string Word, IReadOnlyList<string> Files)> Referable =
    [
        (RecordKind.Team, "team", ["teams.csv"]),
        (RecordKind.Staff, "person", ["staff.csv"]),
        (RecordKind.Case, "case", ["cases.csv"]),
        (RecordKind.Record, "interview or survey", ["tam.csv", "sam.csv", "cam.csv"]),
    ];

    readonly Dictionary<RecordKey, FirstRow> _first = [];
    readonly Dictionary<string, List<RegisterPost>> _posts = new(StringComparer.Ordinal);
    readonly HashSet<RecordKey> _faulty = [];
    KnownRecords _known = new([]);

    /// <summary>The first row of this import with a key: where it stands, what it says, and with the known blanks filled.</summary>
    readonly record struct FirstRow(ImportKind Kind, int Line, Command Given, Command Accepted);

    /// <summary>What a row refers to, by column; of columns that can be relied on only.</summary>
    public static IEnumerable<(string Column, RecordKey Key)> References(ParsedRow row)
    {
        IEnumerable<(string Column, RecordKey Key)> references = row.Command switch
        {
            RegisterTeam => [],
            RegisterPost post => [("team_id", RecordKey.Team(post.TeamId))],
            RegisterCase @case => [("team_id", RecordKey.Team(@case.TeamId)), ("therapist_id", RecordKey.Staff(@case.TherapistId))],
            ReassignCase change => [("case_id", RecordKey.Case(change.CaseId)), ("therapist_id", RecordKey.Staff(change.TherapistId))],
            RecordFollowUp followUp => [("case_id", RecordKey.Case(followUp.CaseId))],
            RecordTamInterview { InterviewerId: { } interviewer } interview =>
                [("case_id", RecordKey.Case(interview.CaseId)), ("interviewer_id", RecordKey.Staff(interviewer))],
            RecordTamInterview interview => [("case_id", RecordKey.Case(interview.CaseId))],
            RecordTamAttempt attempt => [("case_id", RecordKey.Case(attempt.CaseId))],
            RecordSurvey { Pair: var pair } =>
            [
                ("team_id", RecordKey.Team(pair.TeamId)), ("rater_id", RecordKey.Staff(pair.RaterId)),
                (Pairs.RatedColumn(pair.Instrument), RecordKey.Staff(pair.RatedId)),
            ],
            Correction correction => [("id", RecordKey.Record(correction.Id))],
            Withdrawal withdrawal => [("id", RecordKey.Record(withdrawal.Id))],
            _ => throw new ArgumentException($"{row.Command.GetType().Name} does not come in a file.", nameof(row)),
        };
        return row.Faults is [] ? references : references.Where(reference => row.IsClean(reference.Column));
    }

    /// <param name="row">The row.</param>
    /// <param name="known">What the portal knows of what the row speaks of and refers to.</param>
    public Verdict Judge(ParsedRow row, KnownRecords known)
    {
        _known = known;
        var faults = row.Faults.ToList();
        var judged = row with { Faults = faults };
        string? restsOn = null;
        foreach (var (column, key) in References(row))
        {
            if (IsKnown(key))
                continue;
            if (_faulty.Contains(key) || unread.Contains(key.Kind))
                restsOn ??= column;
            else
                faults.Add(Unknown(column, key.Kind));
        }
        foreach (var (column, fault) in Circumstances(judged))
        {
            if (fault is { } wrong)
                faults.Add(new(wrong.Code, column, wrong.Message));
            else
                restsOn ??= column;
        }

        var verdict = faults.Count > 0 ? Verdict.Refused(faults) : restsOn is not null ? Verdict.Held(restsOn) : Identify(row);
        if (verdict.Effect is null && !verdict.Faults.Any(fault => fault.Code == ErrorCodes.DuplicateId))
            NoteFaulty(row.Command);
        return verdict;
    }

    bool IsKnown(RecordKey key) => key.Kind == RecordKind.Staff ? PostsOf(key.Key).Any() : Find(key) is not null;

    /// <summary>The record as this import leaves it.</summary>
    Command? Find(RecordKey key) => _first.TryGetValue(key, out var first) ? first.Accepted : _known.Find(key);

    IEnumerable<RegisterPost> PostsOf(string person)
    {
        var own = _posts.GetValueOrDefault(person) ?? [];
        return own.Concat(_known.PostsOf(person).Where(post => !_first.ContainsKey(RecordKey.Of(post))));
    }

    static Cause Unknown(string column, RecordKind kind)
    {
        var (_, word, files) = Referable.First(referable => referable.Kind == kind);
        return new(ErrorCodes.UnknownReference, column,
            $"Neither the portal nor this submission knows this {word}. Correct the id, or add its record ({string.Join(" or ", files)}).");
    }

    void NoteFaulty(Command command)
    {
        _faulty.Add(RecordKey.Of(command));
        if (command is RegisterPost post)
            _faulty.Add(RecordKey.Staff(post.StaffId));
    }

    /// <summary>
    /// What the referred records say against the row. A fault of null means that it cannot be known, because a post in the import
    /// is itself faulty.
    /// </summary>
    IEnumerable<(string Column, Fault? Fault)> Circumstances(ParsedRow row) => row.Command switch
    {
        RegisterCase @case when Rests(row, "team_id", "therapist_id", "started") =>
            InPost(row, "therapist_id", @case.TherapistId, @case.TeamId, @case.Started),
        ReassignCase change when Rests(row, "case_id", "from") && CaseOf(change.CaseId) is { } @case =>
        [
            .. Within("from", change.From, @case.Started, @case.Discharged),
            .. Rests(row, "therapist_id") ? InPost(row, "therapist_id", change.TherapistId, @case.TeamId, change.From) : [],
        ],
        RecordFollowUp followUp when Rests(row, "case_id", "date") && CaseOf(followUp.CaseId) is { } @case => FollowsDischarge(followUp, @case),
        RecordTamInterview interview when Rests(row, "case_id", "date") && CaseOf(interview.CaseId) is { } @case =>
            Within("date", interview.Date, @case.Started, TamOpportunities.LastDay(@case.Discharged)),
        RecordTamAttempt attempt when Rests(row, "case_id", "date") && CaseOf(attempt.CaseId) is { } @case =>
            Within("date", attempt.Date, @case.Started, TamOpportunities.LastDay(@case.Discharged)),
        RecordSurvey { Pair: var pair } survey when Rests(row, "team_id", "date") =>
        [
            .. InPost(row, "rater_id", pair.RaterId, pair.TeamId, survey.Date, [.. SurveyOpportunities.RaterRoles(pair.Instrument)]),
            .. InPost(row, Pairs.RatedColumn(pair.Instrument), pair.RatedId, pair.TeamId, survey.Date, SurveyOpportunities.RatedRole(pair.Instrument)),
        ],
        Correction correction when Rests(row, "id") && Find(RecordKey.Record(correction.Id)) is { } record =>
            Forms.JudgeCorrection(InstrumentOf(record), correction.Item, correction.Value)
                .Where(fault => row.IsClean(fault.Column)).Select(fault => (fault.Column, (Fault?)fault.Fault)),
        _ => [],
    };

    static bool Rests(ParsedRow row, params ReadOnlySpan<string> columns)
    {
        foreach (var column in columns)
            if (!row.IsClean(column))
                return false;
        return true;
    }

    static IEnumerable<(string, Fault?)> Within(string column, DateOnly date, DateOnly first, DateOnly? last)
    {
        if (date < first)
            yield return (column, Outside($"The case started on {first:yyyy-MM-dd}. Correct the date, or the case it is given for."));
        else if (date > last)
            yield return (column, Outside($"The last day for this, given the case's discharge, was {last:yyyy-MM-dd}. Correct the date, or the case it is given for."));
    }

    static IEnumerable<(string, Fault?)> FollowsDischarge(RecordFollowUp followUp, RegisterCase @case)
    {
        if (@case.Discharged is not { } discharged)
            yield return ("date", Outside($"The case is not discharged, so there is nothing to follow up. Add its discharge (cases.csv)."));
        else if (followUp.Date < discharged)
            yield return ("date", Outside($"The case was discharged on {discharged:yyyy-MM-dd}, after this. Correct the date, or the case it is given for."));
    }

    static Fault Outside(FormattableString message) => new(ErrorCodes.OutsideCase, FormattableString.Invariant(message));

    /// <summary>Whether the person held a post on the team that day: in one of the roles, or in any when none is named.</summary>
    IEnumerable<(string, Fault?)> InPost(
        ParsedRow row, string column, string person, string team, DateOnly date, params StaffRole[] roles)
    {
        if (!row.IsClean(column) || PostsOf(person).Any(post =>
                post.TeamId.Equals(team, StringComparison.Ordinal) && post.From <= date && !(date > post.To)
                && (roles is [] || roles.Contains(post.Role))))
            yield break;
        var post = roles is [] ? "post" : string.Join(" or ", roles.Select(Codes.Of)) + " post";
        yield return (column, _faulty.Contains(RecordKey.Staff(person)) || unread.Contains(RecordKind.Staff)
            ? null
            : new Fault(ErrorCodes.OutsidePost, string.Create(CultureInfo.InvariantCulture,
                $"This person held no {post} on this team on {date:yyyy-MM-dd}. Correct the id or the date, or add the post (staff.csv).")));
    }

    /// <summary>What a row without fault does: it is new, fills or repeats what is known, or contradicts it.</summary>
    Verdict Identify(ParsedRow row)
    {
        var key = RecordKey.Of(row.Command);
        var given = row.Command switch
        {
            Correction correction => correction.Of(Find(RecordKey.Record(correction.Id))!),
            Withdrawal withdrawal => withdrawal.Of(Find(RecordKey.Record(withdrawal.Id))!),
            var command => command,
        };
        if (_first.TryGetValue(key, out var first))
            return Repeat(row, given, first);

        var verdict = _known.Find(key) is { } earlier ? Again(row, given, earlier) : Verdict.Accepted(given, RowEffect.New);
        if (verdict.Command is { } accepted)
        {
            _first.Add(key, new(row.Kind, row.Line, given, accepted));
            if (accepted is RegisterPost post)
                NotePost(post);
        }
        return verdict;
    }

    void NotePost(RegisterPost post)
    {
        if (!_posts.TryGetValue(post.StaffId, out var posts))
            _posts.Add(post.StaffId, posts = []);
        posts.Add(post);
    }

    /// <summary>The row has the key of an earlier row of this import.</summary>
    static Verdict Repeat(ParsedRow row, Command given, FirstRow first)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"line {first.Line} of {first.Kind.File}");
        if (Difference(first.Given, given) is { } difference)
            return Verdict.Refused([row.OnIdentity(ErrorCodes.ConflictingId,
                $"{place} has the same id with other content ({difference}). Keep one of the rows, or correct its id.")]);
        // Attempts, corrections and withdrawals have no id of their own: saying them twice is no slip of the id.
        return given is RecordTamAttempt or CorrectTamInterview or CorrectSurvey or WithdrawTamInterview or WithdrawSurvey
            ? Verdict.Accepted(given, RowEffect.Known)
            : Verdict.Refused([row.OnIdentity(ErrorCodes.DuplicateId, $"{place} is the same row. Remove one of the two.")]);
    }

    /// <summary>The row has the key of something that the portal knows.</summary>
    static Verdict Again(ParsedRow row, Command given, Command earlier)
    {
        return (earlier, given) switch
        {
            (RegisterTeam was, RegisterTeam now) => Fill(Filling.Of(was, now)),
            (RegisterPost was, RegisterPost now) => Fill(Filling.Of(was, now)),
            (RegisterCase was, RegisterCase now) => Fill(Filling.Of(was, now)),
            _ when Contradiction(row.Kind, earlier, given) is { } contradiction => Verdict.Refused([contradiction]),
            _ => Verdict.Accepted(earlier, RowEffect.Known),
        };

        Verdict Fill<TCommand>(Filling<TCommand> filling) where TCommand : Command => filling switch
        {
            { Altered: not [] } => Verdict.Refused([Conflict(
                row.Kind, Differ(filling.Altered), "Blanks may be filled, what is filled stays: restore it, or correct the id.")]),
            { Filled: not [] } => Verdict.Accepted(filling.Merged, RowEffect.Change, filling.Filled),
            _ => Verdict.Accepted(filling.Merged, RowEffect.Known),
        };
    }

    /// <summary>What is wrong when something that may not be filled comes again; null when it says the same.</summary>
    /// <param name="earlier">Null: it spoke of a family that has been erased since.</param>
    public static Cause? Contradiction(ImportKind kind, Command? earlier, Command given) =>
        earlier is null ? ErasedStreams.Refusal
        : Difference(earlier, given) is { } difference ? Conflict(kind, IsRated(earlier) && IsRated(given) ? NotTold : difference, "Correct the id; a changed answer is a correction.")
        : null;

    /// <summary>
    /// Whoever tries one answer after the other must not learn from the columns named what a rater said (measurement.md §6).
    /// </summary>
    static bool IsRated(Command command) => command is RecordSurvey or CorrectSurvey;

    const string NotTold = "in which columns is not told, since that would tell what was answered";

    static Cause Conflict(ImportKind kind, string difference, string todo) =>
        new(ErrorCodes.ConflictingId, kind.Columns[0], $"The portal has this id with other content ({difference}). {todo}");

    static string? Difference(Command first, Command second)
    {
        if (first.GetType() != second.GetType())
            return "one is an interview, the other a survey";
        var columns = Content.Differences(first, second);
        return columns is [] ? null : Differ(columns);
    }

    static string Differ(IReadOnlyList<string> columns) => string.Join(", ", columns) + (columns is [_] ? " differs" : " differ");

    RegisterCase? CaseOf(string id) => (RegisterCase?)Find(RecordKey.Case(id));

    static InstrumentDefinition InstrumentOf(Command record) => Instruments.Find(record switch
    {
        RecordTamInterview interview => interview.Instrument,
        RecordSurvey survey => survey.Instrument,
        _ => throw new UnreachableException(),
    })!;
}

/// <summary>What became of a row: it has faults, rests on a row that has, or asks something of an owner.</summary>
sealed record Verdict(IReadOnlyList<Cause> Faults, string? RestsOn, Command? Command, RowEffect? Effect, IReadOnlyList<string> Filled)
{
    public static Verdict Refused(IReadOnlyList<Cause> faults) => new(faults, null, null, null, []);

    public static Verdict Held(string column) => new([], column, null, null, []);

    public static Verdict Accepted(Command command, RowEffect effect, IReadOnlyList<string>? filled = null) =>
        new([], null, command, effect, filled ?? []);
}
