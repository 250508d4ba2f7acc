using System.Net.Mime;
using System.Text.Json.Nodes;
using Fidelity.Measurement;
using Fidelity.Portal.Importing;
using Fidelity.Validation;
using Microsoft.OpenApi;

namespace Fidelity.Portal.Submitting;

/// <summary>The documents that records come as, described from the columns that the reading asks for.</summary>
static class RecordSchema
{
    const string Answer = "Answer";
    const string YesNo = "YesNo";

    /// <summary>What a column means, wherever it occurs.</summary>
    static readonly Dictionary<string, string> Meanings = new(StringComparer.Ordinal)
    {
        ["team_id"] = "The team.",
        ["name"] = "The name shown on pages, at most 200 characters.",
        ["profile"] = "The programme profile, which says what is measured; see `/api/v1/profiles`.",
        ["opened"] = "The first day of the team.",
        ["closed"] = "The last day of the team; null while it is open.",
        ["pir_start_month"] = "The month, 1–12, on whose first day the first half-year of its PIR begins.",
        ["staff_id"] = "The person.",
        ["role"] = "What the person does on the team.",
        ["from"] = "The first day on which it holds.",
        ["to"] = "The last day in post; null while it lasts.",
        ["case_id"] = "The family.",
        ["therapist_id"] = "The therapist: of a case the first one, of a reassignment the next one.",
        ["started"] = "The first day of treatment.",
        ["discharged"] = "The day of discharge; null while the case is open.",
        ["discharge_reason"] = "Why the case was closed; required with the day of discharge.",
        ["living_at_home"] = "Whether the young person lives at home.",
        ["in_school_or_work"] = "Whether the young person is in school or at work.",
        ["no_new_arrest"] = "Whether there was no new arrest.",
        ["no_new_report"] = "Whether there was no new report of concern.",
        ["no_new_substance_report"] = "Whether there was no new report about a caregiver's substance use.",
        ["months"] = "How many months after discharge: 6 or 18.",
        ["date"] = "The day on which it happened.",
        ["interview_id"] = "Your own id of the interview, unique among the programme's interviews and surveys.",
        ["interviewer_id"] = "Who interviewed; null for self-report, which is on paper or on line.",
        ["mode"] = "How the interview was held.",
        ["language"] = "The language of the interview, a BCP 47 tag such as `sv`; null when not stated.",
        ["interpreter"] = "Whether an interpreter took part.",
        ["instrument"] = "The definition that was used; see `/api/v1/instruments`.",
        ["outcome"] = "How the attempt went.",
        ["survey_id"] = "Your own id of the survey, unique among the programme's interviews and surveys.",
        ["rater_id"] = "Who rates.",
        ["supervisor_id"] = "The supervisor who is rated.",
        ["consultant_id"] = "The consultant who is rated.",
        ["id"] = "The interview or survey.",
        ["item"] = "The number of the item, from 1.",
        ["value"] = "What the answer is instead.",
        ["reason"] = "Why. Name nobody.",
        [RecordDocument.Items] = "The answers in the items' order, one for each.",
    };

    /// <summary>Describes the body that an operation takes.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder operation, RecordAddress address) =>
        operation.AddOpenApiOperationTransformer((described, context, _) =>
        {
            var document = context.Document!;
            document.AddComponent(Answer, AnswerSchema());
            document.AddComponent(YesNo, YesNoSchema());
            document.AddComponent(address.Name, Of(address.Kind, document));
            described.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = $"The columns of `{address.Kind.File}` as properties. Any value may also be the string that the file would have.",
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    [MediaTypeNames.Application.Json] = new()
                    {
                        Schema = new OpenApiSchemaReference(address.Name, document),
                        Examples = address.Examples.ToDictionary(example => example.Name, Example, StringComparer.Ordinal),
                    },
                },
            };
            return Task.CompletedTask;
        });

    static IOpenApiExample Example((string Name, string Document) example) => new OpenApiExample { Value = JsonNode.Parse(example.Document) };

    static OpenApiSchema Of(ImportKind kind, OpenApiDocument document)
    {
        var single = kind.Values.Where(value => !RecordDocument.IsItem(value.Column)).ToList();
        var items = kind.Values.Count - single.Count;
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = single.ToDictionary(value => value.Column, value => Of(value, document), StringComparer.Ordinal),
            Required = single.Where(value => value.Required || value.Kind == ValueKind.Answer).Select(value => value.Column).ToHashSet(StringComparer.Ordinal),
            AdditionalPropertiesAllowed = false,
        };
        if (items > 0)
        {
            schema.Required.Add(RecordDocument.Items);
            schema.Properties.Add(RecordDocument.Items, new OpenApiSchema
            {
                Type = JsonSchemaType.Array, Items = new OpenApiSchemaReference(Answer, document), MinItems = items, MaxItems = items,
                Description = Meanings[RecordDocument.Items],
            });
        }

        return schema;
    }

    static IOpenApiSchema Of(ColumnValue value, OpenApiDocument document) => value.Kind switch
    {
        ValueKind.Answer => new OpenApiSchemaReference(Answer, document) { Description = Meanings[value.Column] },
        ValueKind.YesNo => new OpenApiSchemaReference(YesNo, document) { Description = Meanings[value.Column] },
        _ => Plain(value),
    };

    static OpenApiSchema Plain(ColumnValue value)
    {
        var schema = new OpenApiSchema
        {
            Description = Meanings[value.Column],
            Type = (value.Kind == ValueKind.Number ? JsonSchemaType.Integer : JsonSchemaType.String) | (value.Required ? default : JsonSchemaType.Null),
        };
        switch (value.Kind)
        {
            case ValueKind.Id:
                schema.Pattern = $"^[A-Za-z0-9._-]{{1,{Values.LongestId}}}$";
                break;
            case ValueKind.Text:
                schema.MaxLength = Values.LongestText;
                break;
            case ValueKind.Date:
                schema.Format = "date";
                break;
            case ValueKind.Code:
                schema.Enum = [.. value.Codes.Select(code => (JsonNode)code), .. value.Required ? [] : new[] { JsonNullSentinel.JsonNull }];
                break;
        }

        return schema;
    }

    static OpenApiSchema AnswerSchema() => new()
    {
        Description = "The answer to one item: a number on the instrument's scale, `NA` when it was asked and does not apply, null when not answered.",
        AnyOf = [new OpenApiSchema { Type = JsonSchemaType.Integer }, Words("NA"), Nothing()],
    };

    static OpenApiSchema YesNoSchema() => new()
    {
        Description = "Yes, no or unknown; null is unknown too.",
        AnyOf = [new OpenApiSchema { Type = JsonSchemaType.Boolean }, Words(Codes.All<Outcome3>()), Nothing()],
    };

    static OpenApiSchema Words(params IEnumerable<string> words) => new() { Type = JsonSchemaType.String, Enum = [.. words.Select(word => (JsonNode)word)] };

    static OpenApiSchema Nothing() => new() { Type = JsonSchemaType.Null };
}
