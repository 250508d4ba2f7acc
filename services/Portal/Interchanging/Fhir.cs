using System.Globalization;
using System.Text.Json;
using Fidelity.Measurement;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace Fidelity.Portal.Interchanging;

/// <summary>What all that is said in FHIR R4 has in common: how it is written, and what things are called.</summary>
static class R4
{
    public const string ContentType = "application/fhir+json";

    /// <summary>FHIR's own word for an answer that does not apply, and for what is not told.</summary>
    public const string AbsentReason = "http://terminology.hl7.org/CodeSystem/data-absent-reason";

    public const string NotApplicable = "not-applicable";
    public const string Masked = "masked";

    public static readonly JsonSerializerOptions Json = new JsonSerializerOptions().ForFhir(ModelInfo.ModelInspector);

    public static IResult Answer(Resource resource) => Results.Text(JsonSerializer.Serialize(resource, Json), ContentType);

    /// <summary>A definition by its name and version, <c>urn:fidelity:instrument:tam-r|1</c> for <c>tam-r@1</c>.</summary>
    public static string Canonical(string kind, string id) => $"{Url(kind, id)}|{Version(id)}";

    public static string Url(string kind, string id) => $"urn:fidelity:{kind}:{id.Split('@')[0]}";

    public static string Version(string id) => id.Split('@')[1];

    /// <summary>The name of a definition where FHIR allows no at sign.</summary>
    public static string IdOf(string id) => id.Replace('@', '-');

    /// <summary>An id of a programme's own, of a kind of thing.</summary>
    public static Identifier Of(string programme, string kind, string id) => new($"urn:fidelity:{programme}:{kind}", id);

    public static ResourceReference To(string type, string programme, string kind, string id) => new() { Type = type, Identifier = Of(programme, kind, id) };

    /// <summary>Something that FHIR has no element for. A programme may read it or leave it.</summary>
    public static Extension Also(string name, DataType value) => new($"urn:fidelity:extension:{name}", value);

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>What was asked for, in one bundle; with where the next part is, when there is more.</summary>
    /// <param name="root">Where the addresses of FHIR begin. What has no address of its own has an id that is its own everywhere.</param>
    public static Bundle Found(IEnumerable<Resource> resources, string root, string? next = null) => new()
    {
        Type = Bundle.BundleType.Searchset,
        Link = next is null ? [] : [new() { Relation = "next", Url = next }],
        Entry = [.. resources.Select(resource => new Bundle.EntryComponent
        {
            FullUrl = Guid.TryParse(resource.Id, out var id) ? $"urn:uuid:{id}" : $"{root}/{resource.TypeName}/{resource.Id}", Resource = resource, Search = new() { Mode = Bundle.SearchEntryMode.Match },
        })],
    };

    public static string Absolute(HttpContext context, string address) => $"{context.Request.Scheme}://{context.Request.Host}{address}";
}

/// <summary>An instrument as a Questionnaire: how its items are answered and which scores follow. It has no text of any item.</summary>
static class Questionnaires
{
    public const string Score = "score";

    public static Questionnaire Of(InstrumentDefinition definition) => new()
    {
        Id = R4.IdOf(definition.Id),
        Url = R4.Url("instrument", definition.Id),
        Version = R4.Version(definition.Id),
        Name = string.Concat(definition.Id.Split('-', '@').Select(word => char.ToUpperInvariant(word[0]) + word[1..])),
        Title = definition.Id,
        Status = PublicationStatus.Active,
        Description = $"{definition.Source}. The texts of items belong to their licence holder and are not here.",
        Item =
        [
            .. Enumerable.Range(1, definition.Items).Select(item => new Questionnaire.ItemComponent
            {
                LinkId = LinkOf(item), Type = Questionnaire.QuestionnaireItemType.Choice,
                AnswerOption =
                [
                    .. Enumerable.Range(definition.Lowest, definition.Highest - definition.Lowest + 1).Select(number => new Questionnaire.AnswerOptionComponent { Value = new Integer(number) }),
                    new() { Value = new Coding(R4.AbsentReason, R4.NotApplicable) },
                ],
            }),
            .. Scores(definition).Select(score => new Questionnaire.ItemComponent
            {
                LinkId = score, Type = Questionnaire.QuestionnaireItemType.Decimal, ReadOnly = true,
            }),
        ],
    };

    public static string LinkOf(int item) => item.ToString(CultureInfo.InvariantCulture);

    /// <summary>The items that scores stand at: one of the whole, or one for each subscale.</summary>
    public static IEnumerable<string> Scores(InstrumentDefinition definition) =>
        definition.Subscales is [] ? [Score] : definition.Subscales.Select(subscale => $"{Score}.{subscale.Key}");

    /// <summary>Our own score at such an item; null when too little was answered.</summary>
    public static double? ScoreOf(InstrumentDefinition definition, string linkId, IReadOnlyList<Answer> answers) =>
        (linkId == Score ? Scoring.Score(definition, answers) : Scoring.Subscales(definition, answers)[linkId[(Score.Length + 1)..]]).Value?.ToDouble();
}
