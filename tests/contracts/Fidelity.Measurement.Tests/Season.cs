using System.Globalization;

namespace Fidelity.Measurement.Tests;

/// <summary>The synthetic season of tests/season, read as facts: what is worked out from them is the library's to say.</summary>
sealed class Season
{
    public sealed record Team(string Id, ProgrammeProfile Profile, int PirStartMonth, DateOnly Opened, DateOnly? Closed);

    public sealed record Case(string Team, string FirstTherapist, CaseFacts Facts);

    public sealed record Tam(
        string Id, string Case, string? Interviewer, DateOnly Date, InstrumentDefinition Definition, IReadOnlyList<Answer> Answers);

    public sealed record Survey(
        string Id, string Team, string Rater, string Rated, DateOnly Date, InstrumentDefinition Definition, IReadOnlyList<Answer> Answers);

    readonly ILookup<string, Correction> _corrections;

    public Season(string folder)
    {
        IReadOnlyList<IReadOnlyDictionary<string, string>> Rows(string file) => Csv.Read(Path.Combine(folder, file));

        _corrections = Rows("corrections.csv").ToLookup(
            row => row["id"],
            row => new Correction(Date(row["date"]), int.Parse(row["item"], CultureInfo.InvariantCulture), ToAnswer(row["value"])));
        Withdrawn = Rows("withdrawals.csv").Select(row => row["id"]).ToHashSet();
        Teams = [.. Rows("teams.csv").Select(row => new Team(
            row["team_id"], Profiles.Find(row["profile"])!, int.Parse(row["pir_start_month"], CultureInfo.InvariantCulture),
            Date(row["opened"]), OptionalDate(row["closed"])))];
        Posts = Rows("staff.csv").ToLookup(
            row => row["team_id"],
            row => new Post(row["staff_id"], Code<StaffRole>(row["role"]), Date(row["from"]), OptionalDate(row["to"])));
        Cases = Rows("cases.csv").Select(row => new Case(row["team_id"], row["therapist_id"], new(
            row["case_id"], Date(row["started"]), OptionalDate(row["discharged"]),
            row["discharge_reason"].Length == 0 ? null : Code<DischargeReason>(row["discharge_reason"]),
            new(Outcome(row["living_at_home"]), Outcome(row["in_school_or_work"]), Outcome(row["no_new_arrest"]),
                Outcome(row["no_new_report"]), Outcome(row["no_new_substance_report"]))))).ToDictionary(c => c.Facts.Id);
        Reassignments = Rows("reassignments.csv").ToLookup(
            row => row["case_id"], row => new Reassignment(row["therapist_id"], Date(row["from"])));
        Attempts = Rows("tam_attempts.csv").ToLookup(
            row => row["case_id"], row => new Attempt(Date(row["date"]), Code<AttemptOutcome>(row["outcome"])));
        Tams = [.. Rows("tam.csv").Select(row => new Tam(
            row["interview_id"], row["case_id"], row["interviewer_id"].Length == 0 ? null : row["interviewer_id"], Date(row["date"]),
            Instruments.Find(row["instrument"])!, Answers(row, row["interview_id"])))];
        Surveys =
        [
            .. Rows("sam.csv").Select(row => ToSurvey(row, row["supervisor_id"])),
            .. Rows("cam.csv").Select(row => ToSurvey(row, row["consultant_id"])),
        ];
    }

    public DateOnly AsOf { get; init; }

    public IReadOnlyList<Team> Teams { get; }

    public ILookup<string, Post> Posts { get; }

    public IReadOnlyDictionary<string, Case> Cases { get; }

    public ILookup<string, Reassignment> Reassignments { get; }

    public ILookup<string, Attempt> Attempts { get; }

    public IReadOnlyList<Tam> Tams { get; }

    public IReadOnlyList<Survey> Surveys { get; }

    public IReadOnlySet<string> Withdrawn { get; }

    public bool IsIndependent(Tam tam)
    {
        var its = Cases[tam.Case];
        return Independence.Holds(tam.Interviewer, tam.Date, its.FirstTherapist, Reassignments[tam.Case], Posts[its.Team]);
    }

    public bool Counts(Tam tam) => IsIndependent(tam) && !Withdrawn.Contains(tam.Id);

    public IReadOnlyList<Opportunity> TamOpportunitiesOf(Case c) => TamOpportunities.Of(
        c.Facts.Started, c.Facts.Discharged,
        Tams.Where(tam => tam.Case == c.Facts.Id).Select(tam => new DatedRecord(tam.Id, tam.Date, Counts(tam))),
        Attempts[c.Facts.Id], AsOf);

    /// <summary>The opportunities of every pair of a team, pairs of the same two people together.</summary>
    public IReadOnlyList<(string Rater, string Rated, DateOnly Began, IReadOnlyList<Opportunity> Opportunities)> SurveyOpportunitiesOf(
        string team, Instrument instrument) =>
    [
        .. SurveyOpportunities.Pairs(instrument, Posts[team]).GroupBy(pair => (pair.Rater, pair.Rated)).Select(pairs => (
            pairs.Key.Rater, pairs.Key.Rated, pairs.First().Began,
            SurveyOpportunities.Of(
                pairs,
                Surveys.Where(survey => survey.Team == team && survey.Definition.Instrument == instrument)
                    .Where(survey => (survey.Rater, survey.Rated) == pairs.Key)
                    .Select(survey => new DatedRecord(survey.Id, survey.Date, !Withdrawn.Contains(survey.Id))),
                AsOf))),
    ];

    public TeamFacts FactsOf(Team team)
    {
        var cases = Cases.Values.Where(c => c.Team == team.Id).ToList();
        return new()
        {
            Cases = [.. cases.Select(c => c.Facts)],
            Interviews = [.. Tams.Where(tam => Cases[tam.Case].Team == team.Id).Select(tam => new InterviewScore(
                tam.Case, tam.Date, tam.Definition.Id, Scoring.Score(tam.Definition, tam.Answers).Value, Counts(tam)))],
            TamOpportunities = [.. cases.SelectMany(c => TamOpportunitiesOf(c).Select(due => new CaseOpportunity(c.Facts.Id, due)))],
            Surveys = [.. Surveys.Where(survey => survey.Team == team.Id).Select(survey => new SurveyScore(
                survey.Rater, survey.Date, survey.Definition.Id,
                Scoring.Subscales(survey.Definition, survey.Answers).ToDictionary(score => score.Key, score => score.Value.Value),
                !Withdrawn.Contains(survey.Id)))],
            SamOpportunities = [.. SurveyOpportunitiesOf(team.Id, Instrument.Sam).SelectMany(pair => pair.Opportunities)],
            CamOpportunities = [.. SurveyOpportunitiesOf(team.Id, Instrument.Cam).SelectMany(pair => pair.Opportunities)],
        };
    }

    Survey ToSurvey(IReadOnlyDictionary<string, string> row, string rated) => new(
        row["survey_id"], row["team_id"], row["rater_id"], rated, Date(row["date"]),
        Instruments.Find(row["instrument"])!, Answers(row, row["survey_id"]));

    IReadOnlyList<Answer> Answers(IReadOnlyDictionary<string, string> row, string id)
    {
        var items = Instruments.Find(row["instrument"])!.Items;
        return Scoring.Corrected([.. Enumerable.Range(1, items).Select(item => ToAnswer(row[$"i{item}"]))], _corrections[id]);
    }

    static Answer ToAnswer(string text) => Answer.TryParse(text, out var answer) ? answer : throw new FormatException(text);

    static Outcome3 Outcome(string text) => text.Length == 0 ? Outcome3.Unknown : Code<Outcome3>(text);

    static T Code<T>(string text) where T : struct, Enum =>
        Codes.TryParse<T>(text, out var value) ? value : throw new FormatException(text);

    static DateOnly Date(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    static DateOnly? OptionalDate(string text) => text.Length == 0 ? null : Date(text);
}
