using Dapper;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Figures;
using Fidelity.Portal.Listing;
using Fidelity.ServiceDefaults;
using Hl7.Fhir.Model;
using Npgsql;

namespace Fidelity.Portal.Interchanging;

/// <summary>
/// Interviews as QuestionnaireResponses, to who may read single scores; of whom they are, to who may see the family as well. Surveys come
/// in and do not go out: what one rater answered is shown to nobody (measurement.md §6).
/// </summary>
sealed class InterviewResponses(NpgsqlDataSource database, ServiceSchema schema, InstallationKeys keys)
{
    /// <returns>The interviews, and after which place there are more; null at the end.</returns>
    public async Task<(IReadOnlyList<QuestionnaireResponse> Responses, string[]? Next)> Read(
        Reach scores, Reach cases, string? programme, string team, DateOnly today, ListPart part, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var rows = (await connection.QueryAsync<(string Data, string? Therapist)>(
            $"""
            select held.data, {Reach.TherapistOn("@today", "family.data")}
            from {schema.Name}.facts held
            left join {schema.Name}.facts family on (family.programme, family.kind, family.key) = (held.programme, 'case', held.data->>'caseId')
            where held.kind = 'tam_interview' and (@programme::text is null or held.programme = @programme) and held.team_id = @team
                and (@afterProgramme::text is null or (held.programme, held.key) > (@afterProgramme, @afterKey))
                and {Reach.Sql("held.programme", "held.team_id", Reach.TherapistOn("held.data->'interview'->>'date'", "family.data"))}
            order by held.programme, held.key limit @most
            """,
            new
            {
                programme, team, today = Dates.Machine(today), most = part.Limit + 1, afterProgramme = part.After?[0], afterKey = part.After?[1],
                scores.Programmes, scores.Teams, scores.Therapists,
            })).Select(row => (Fact: FactsTable.Read<TamInterviewScored>(row.Data), row.Therapist)).ToList();
        var shown = rows.Take(part.Limit ?? rows.Count).ToList();
        return (
            [.. shown.Select(row => Of(row.Fact, cases.Covers(row.Fact.Programme, row.Fact.TeamId, row.Therapist)))],
            rows.Count > shown.Count ? [shown[^1].Fact.Programme, shown[^1].Fact.About.Key] : null);
    }

    /// <summary>An interview as it stands, with its corrections.</summary>
    /// <param name="ofWhom">Whether it says whose it is.</param>
    internal QuestionnaireResponse Of(TamInterviewFact fact, bool ofWhom)
    {
        var (programme, interview) = (fact.Programme, fact.Interview);
        var response = new QuestionnaireResponse
        {
            // Ids of ours may have an underscore, and FHIR's may not.
            Id = keys.Id("fhir", programme, interview.InterviewId).ToString(),
            Language = interview.Language,
            Identifier = R4.Of(programme, "interview", interview.InterviewId),
            Questionnaire = R4.Canonical("instrument", interview.Score.Definition),
            Status = interview.Withdrawn ? QuestionnaireResponse.QuestionnaireResponseStatus.EnteredInError : QuestionnaireResponse.QuestionnaireResponseStatus.Completed,
            Subject = ofWhom ? R4.To("Patient", programme, "case", fact.CaseId) : null,
            Authored = R4.Day(interview.Date),
            Author = interview.InterviewerId is { } interviewer ? R4.To("Practitioner", programme, "staff", interviewer) : null,
            Extension =
            [
                R4.Also("team", R4.To("Organization", programme, "team", fact.TeamId)),
                R4.Also("mode", new Code(Codes.Of(interview.Mode))),
                R4.Also("independent", new FhirBoolean(interview.Independent)),
            ],
            Item =
            [
                .. interview.Answers.Select((answer, at) => new QuestionnaireResponse.ItemComponent { LinkId = Questionnaires.LinkOf(at + 1), Answer = [.. Said(answer)] }),
            ],
        };
        if (interview.Interpreter is { } interpreter)
            response.Extension.Add(R4.Also("interpreter", new FhirBoolean(interpreter)));
        if (interview.Score.Value is { } score)
            response.Item.Add(new() { LinkId = Questionnaires.Score, Answer = [new() { Value = new FhirDecimal((decimal)score.ToDouble()) }] });
        return response;
    }

    static IEnumerable<QuestionnaireResponse.AnswerComponent> Said(Answer answer) =>
        answer.Value is { } number ? [new() { Value = new Integer(number) }]
        : answer == Answer.NotApplicable ? [new() { Value = new Coding(R4.AbsentReason, R4.NotApplicable) }]
        : [];
}
