using System.Globalization;
using System.Text.Json;
using Dapper;
using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Submitting;
using Fidelity.Contracts.Surveys;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Answering;
using Fidelity.Portal.Figures;
using Fidelity.Portal.Importing;
using Fidelity.Portal.Submitting;
using Fidelity.Portal.Teams;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;
using Npgsql;

namespace Fidelity.Portal.Rating;

/// <summary>A survey whose interval runs: the rater's to answer, or answered and still the rater's to correct.</summary>
/// <param name="Form">The form that waits; null when none was begun.</param>
public sealed record OwnSurvey(TeamChanged Team, RatingPair Pair, Opportunity Due, Guid? Form)
{
    public bool IsAnswered => Due.Outcome == OpportunityOutcome.Completed;
}

/// <summary>A rater's form, and what it corrects.</summary>
/// <param name="Before">The answers as they are recorded, by column; null when the form is not a correction.</param>
public sealed record RatingForm(Draft Draft, TeamChanged Team, RatingPair Pair, Opportunity Due, IReadOnlyDictionary<string, string>? Before)
{
    public InstrumentDefinition Definition => RatingForms.Definition(Team.Profile, Pair.Instrument);
}

static class RatingForms
{
    /// <summary>Of a correction: the survey that it corrects.</summary>
    public const string Corrects = "corrects";

    public static readonly ImportKind Corrections = ImportKind.Find("corrections.csv")!;

    public static ImportKind Kind(Instrument instrument) => ImportKind.Find($"{Codes.Of(instrument)}.csv")!;

    public static InstrumentDefinition Definition(string profile, Instrument instrument) =>
        instrument == Instrument.Sam ? Profiles.Find(profile)!.Sam : Profiles.Find(profile)!.Cam;

    public static string Subject(RatingPair pair) => $"{pair.TeamId}|{pair.RaterId}|{pair.RatedId}";

    public static string To(Guid form) => $"/surveys/{form}";
}

/// <summary>
/// What a rater has to answer and has answered, for the rater alone: whatever it reads of surveys is of whoever asks (measurement.md §6).
/// </summary>
sealed class OwnSurveys(
    NpgsqlDataSource database, ServiceSchema schema, Drafts drafts, SubmitRecord records, SubmissionsTable known, BusinessCalendar calendar)
{
    /// <summary>The surveys of a rater whose interval runs today, the one that ends first on top.</summary>
    public async Task<IReadOnlyList<OwnSurvey>> Running(string rater, Reach reach, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var rows = await connection.QueryAsync<(string Due, string Team, Guid? Form)>(
            $"""
            select due.data, team.data, form.id
            from {schema.Name}.facts due
            join {schema.Name}.facts team on (team.programme, team.kind, team.key) = (due.programme, 'team', due.team_id)
            left join {schema.Name}.drafts form on form.programme = due.programme and form.submission is null
                and form.instrument = due.data->'pair'->>'instrument' and form.due = (due.data->'opportunity'->>'due')::date
                and form.subject = due.team_id || '|' || @rater || '|' || (due.data->'pair'->>'ratedId')
            where due.kind = 'survey_opportunity' and due.data->'pair'->>'raterId' = @rater and due.data->'opportunity'->>'outcome' in ('open', 'completed')
                and @today between due.data->'opportunity'->>'due' and due.data->'opportunity'->>'last' and {Reach.Sql("due.programme", "due.team_id")}
            """, new { rater, today = Dates.Machine(calendar.Today), reach.Programmes, reach.Teams, reach.Therapists });
        return
        [
            .. rows.Select(row => (Fact: FactsTable.Read<SurveyOpportunityClosed>(row.Due), Team: FactsTable.Read<TeamChanged>(row.Team), row.Form))
                .Select(row => new OwnSurvey(row.Team, row.Fact.Pair, row.Fact.Opportunity, row.Form))
                .OrderBy(survey => survey.Due.Last).ThenBy(survey => survey.Pair.Instrument).ThenBy(survey => survey.Pair.RatedId, StringComparer.Ordinal),
        ];
    }

    /// <summary>Opens a rater's form: the one that waits or a new one, or of what is answered one that corrects it.</summary>
    public async Task<Guid> Begin(OwnSurvey survey, CancellationToken stopping)
    {
        IReadOnlyDictionary<string, string> content = new Dictionary<string, string>(StringComparer.Ordinal);
        if (survey is { IsAnswered: true, Due.CompletedBy: { } answered })
            content = new Dictionary<string, string>(await Recorded(survey.Team.Programme, answered, survey.Pair, stopping), StringComparer.Ordinal) { [RatingForms.Corrects] = answered };
        return await drafts.Begin(
            survey.Pair.Instrument, survey.Team.Programme, survey.Team.TeamId, RatingForms.Subject(survey.Pair), survey.Due.Due, content, survey.Pair.RaterId, stopping);
    }

    /// <summary>A form of the rater who asks; null when it is another's, or what it answers no longer runs.</summary>
    public async Task<RatingForm?> Open(Guid id, string rater, Reach reach, CancellationToken stopping)
    {
        if (await drafts.Find(id, stopping) is not { Instrument: Instrument.Sam or Instrument.Cam } draft || !reach.Covers(draft.Programme, draft.TeamId, null))
            return null;
        var survey = (await Running(rater, reach, stopping)).FirstOrDefault(one =>
            one.Team.Programme == draft.Programme && one.Pair.Instrument == draft.Instrument && one.Due.Due == draft.Due && RatingForms.Subject(one.Pair) == draft.Subject);
        if (survey is null)
            return null;
        var before = draft.Of(RatingForms.Corrects) is { Length: > 0 } corrected
            ? await Recorded(draft.Programme, corrected, survey.Pair, stopping)
            : null;
        return new(draft, survey.Team, survey.Pair, survey.Due, before);
    }

    /// <summary>
    /// Submits a form as of today. A correction is one record for each answer that differs; the first answers stay.
    /// </summary>
    /// <returns>What is wrong with it, by column; empty when it is submitted.</returns>
    public async Task<IReadOnlyList<(string? Column, string Code)>> Submit(RatingForm form, CancellationToken stopping)
    {
        var (draft, definition) = (form.Draft, form.Definition);
        if (FilledIn.Answered(draft.Content, definition) == 0)
            return [(null, "no_answers")];
        var today = Dates.Machine(calendar.Today);
        var submission = draft.Id;
        if (form.Before is { } before)
        {
            foreach (var item in FilledIn.Items(definition).Where(item => draft.Of(item) != before.GetValueOrDefault(item, "")))
            {
                var faults = await Take(RatingForms.Corrections, new(StringComparer.Ordinal)
                {
                    ["id"] = draft.Of(RatingForms.Corrects), ["date"] = today, ["item"] = FilledIn.Number(item).ToString(CultureInfo.InvariantCulture), ["value"] = draft.Of(item),
                });
                if (faults is not [])
                    return [.. faults.Select(fault => ((string?)item, fault.Code))];
            }
        }
        else
        {
            var faults = await Take(RatingForms.Kind(draft.Instrument), new(draft.Content, StringComparer.Ordinal)
            {
                ["survey_id"] = $"{Codes.Of(draft.Instrument)}-{draft.Id:n}", ["team_id"] = draft.TeamId, ["rater_id"] = form.Pair.RaterId,
                [Pairs.RatedColumn(draft.Instrument)] = form.Pair.RatedId, ["date"] = today, ["instrument"] = definition.Id,
            });
            if (faults is not [])
                return faults;
        }

        await drafts.Submitted(draft.Id, submission, stopping);
        await known.CatchUp(stopping);
        return [];

        async Task<IReadOnlyList<(string? Column, string Code)>> Take(ImportKind kind, Dictionary<string, string> cells)
        {
            var taken = await records.Take(RecordDocument.Of(kind, cells), kind, draft.Programme, stopping);
            submission = taken.Id;
            return taken.Submission is not { } kept ? [.. taken.Faults.Select(fault => ((string?)null, fault.Code))]
                : kept.Concluded is { Outcome: SubmissionOutcome.Refused } refused ? [.. refused.Causes.Select(cause => ((string?)null, cause.Code))]
                : [];
        }
    }

    /// <summary>The answers of a survey of this pair, with what was corrected since.</summary>
    async Task<IReadOnlyDictionary<string, string>> Recorded(string programme, string survey, RatingPair pair, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var contents = (await connection.QueryAsync<string>(
            $"""
            select content from {schema.Name}.records
            where programme = @programme and kind in (@record, @correction) and split_part(key, '|', 1) = @survey
            """, new { programme, survey, record = nameof(RecordKind.Record), correction = nameof(RecordKind.Correction) }))
            .Select(content => JsonSerializer.Deserialize<Command>(content, FactsTable.Json)).ToList();
        var recorded = contents.OfType<RecordSurvey>().SingleOrDefault(record => record.Pair == pair);
        if (recorded is null)
            return new Dictionary<string, string>(StringComparer.Ordinal);
        var answers = Scoring.Corrected(
            recorded.Answers, contents.OfType<CorrectSurvey>().Select(correction => new Measurement.Correction(correction.Date, correction.Item, correction.Value)));
        return answers.Index().ToDictionary(answer => Forms.Column(answer.Index + 1), answer => answer.Item.ToString(), StringComparer.Ordinal);
    }
}
