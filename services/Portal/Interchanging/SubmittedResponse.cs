using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Fidelity.Measurement;
using Fidelity.Portal.Importing;
using Fidelity.Portal.Submitting;
using Fidelity.Validation;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace Fidelity.Portal.Interchanging;

/// <summary>
/// A QuestionnaireResponse that somebody submits, as the row of an import that it would be: judged like any other record. Whatever it says
/// that has no place here is refused and not passed over; and a score that it carries has to be the one that its answers make.
/// </summary>
static class SubmittedResponse
{
    /// <summary>Two scores are the same when they agree to six decimals: nobody stores more.</summary>
    const double Agreement = 0.0000005;

    static readonly HashSet<string> Understood = new(StringComparer.Ordinal)
    {
        "resourceType", "id", "meta", "language", "extension", "identifier", "questionnaire", "status", "subject", "authored", "author", "item",
    };

    /// <summary>Null when it is no QuestionnaireResponse.</summary>
    public static ReadRecord? Read(ReadOnlySequence<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new() { AllowDuplicateProperties = false });
            var faults = Foreign(document.RootElement).Concat(IdentityNumbers(document.RootElement, "")).ToList();
            return JsonSerializer.Deserialize<Resource>(document.RootElement, R4.Json) is QuestionnaireResponse response ? Read(response, faults) : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or DeserializationFailedException)
        {
            return null;
        }
    }

    static ReadRecord Read(QuestionnaireResponse response, List<Problem.Fault> faults)
    {
        var asked = response.Questionnaire?.Split('|');
        var definition = Instruments.All.FirstOrDefault(known => asked is [var url, var version] && url == R4.Url("instrument", known.Id) && version == R4.Version(known.Id));
        if (definition is null)
            return new(null, new([], [new(ErrorCodes.UnknownInstrument, "/questionnaire", null,
                $"Name the instrument with its version: {string.Join(", ", Instruments.All.Select(known => R4.Canonical("instrument", known.Id)))}.")]));
        if (response.Status != QuestionnaireResponse.QuestionnaireResponseStatus.Completed)
            faults.Add(new(ErrorCodes.UnknownCode, "/status", null, "A record is taken when it is completed. Correct and withdraw what was taken by /corrections and /withdrawals."));

        var row = new Row(definition, faults);
        row.Put("instrument", definition.Id, "/questionnaire");
        row.Put("date", response.Authored, "/authored");
        foreach (var (column, value, place) in Named(definition.Instrument, response))
            row.Put(column, value, place);
        foreach (var (at, extension) in response.Extension.Index())
            row.Extend(extension, $"/extension/{at}");
        foreach (var (at, item) in response.Item.Index())
            row.Answer(item, $"/item/{at}");
        faults.AddRange(Scores(definition, response, row.Cells));
        var kind = ImportKind.Find($"{Codes.Of(definition.Instrument)}.csv")!;
        return new(kind, RecordDocument.Of(kind, row.Cells) with { Faults = faults }) { Places = row.Places };
    }

    /// <summary>The row as it is filled: its cells, and where each stands in the response.</summary>
    sealed class Row(InstrumentDefinition definition, List<Problem.Fault> faults)
    {
        public Dictionary<string, string> Cells { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, string> Places { get; } = new(StringComparer.Ordinal);

        public void Put(string column, string? value, string place)
        {
            Cells[column] = value ?? "";
            Places[RecordDocument.Pointer(column)!] = place;
        }

        public void Extend(Extension extension, string place)
        {
            switch ((extension.Url, extension.Value, definition.Instrument))
            {
                case ("urn:fidelity:extension:mode", Code mode, Instrument.Tam):
                    Put("mode", mode.Value, place);
                    break;
                case ("urn:fidelity:extension:interpreter", FhirBoolean interpreter, Instrument.Tam):
                    Put("interpreter", interpreter.Value is { } said ? said ? "yes" : "no" : "", place);
                    break;
                case ("urn:fidelity:extension:team", ResourceReference team, not Instrument.Tam):
                    Put("team_id", team.Identifier?.Value, $"{place}/valueReference/identifier/value");
                    break;
                // What follows from the records, and is said when one goes out.
                case ("urn:fidelity:extension:team" or "urn:fidelity:extension:independent", _, Instrument.Tam):
                    break;
                default:
                    faults.Add(new(ErrorCodes.UnknownColumn, place, null, "This extension is not known here, or not of this type. Remove it."));
                    break;
            }
        }

        public void Answer(QuestionnaireResponse.ItemComponent item, string place)
        {
            if (IsScore(definition, item))
                return;
            if (!int.TryParse(item.LinkId, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1 || number > definition.Items
                || Questionnaires.LinkOf(number) != item.LinkId || Cells.ContainsKey(Column(number)) || item.Item is { Count: > 0 })
                faults.Add(new(ErrorCodes.UnknownColumn, place, null,
                    $"Give each item once, without items of its own: linkId 1 to {definition.Items}, and scores as the Questionnaire names them."));
            else
                Put(Column(number), Cell(item, place), place);
        }

        string Cell(QuestionnaireResponse.ItemComponent item, string place)
        {
            switch (item.Answer)
            {
                case []:
                    return "";
                case [{ Value: Integer { Value: { } said } }]:
                    return said.ToString(CultureInfo.InvariantCulture);
                case [{ Value: Coding { System: R4.AbsentReason, Code: R4.NotApplicable } }]:
                    return "NA";
                default:
                    faults.Add(new(ErrorCodes.BadNumber, place, null, "Answer with one valueInteger, with the valueCoding not-applicable of data-absent-reason, or not at all."));
                    return "";
            }
        }
    }

    static string Column(int item) => string.Create(CultureInfo.InvariantCulture, $"i{item}");

    static bool IsScore(InstrumentDefinition definition, QuestionnaireResponse.ItemComponent item) => Questionnaires.Scores(definition).Contains(item.LinkId, StringComparer.Ordinal);

    /// <summary>Who and what a response names, by the column that it is.</summary>
    static IEnumerable<(string Column, string? Value, string Place)> Named(Instrument instrument, QuestionnaireResponse response)
    {
        const string Subject = "/subject/identifier/value";
        const string Author = "/author/identifier/value";
        yield return (instrument == Instrument.Tam ? "interview_id" : "survey_id", response.Identifier?.Value, "/identifier/value");
        if (instrument == Instrument.Tam)
        {
            yield return ("case_id", response.Subject?.Identifier?.Value, Subject);
            yield return ("interviewer_id", response.Author?.Identifier?.Value, Author);
            yield return ("language", response.Language, "/language");
        }
        else
        {
            yield return (Pairs.RatedColumn(instrument), response.Subject?.Identifier?.Value, Subject);
            yield return ("rater_id", response.Author?.Identifier?.Value, Author);
        }
    }

    /// <summary>A score is computed from the answers and from nothing else: one that came along is compared.</summary>
    static IEnumerable<Problem.Fault> Scores(InstrumentDefinition definition, QuestionnaireResponse response, Dictionary<string, string> cells)
    {
        var answers = Enumerable.Range(1, definition.Items).Select(item => AnswerOf(cells.GetValueOrDefault(Column(item), ""))).ToList();
        // Answers that are off the scale are faults of their own.
        if (answers.Any(answer => answer.Value is { } number && (number < definition.Lowest || number > definition.Highest)))
            yield break;
        foreach (var (at, item) in response.Item.Index().Where(one => IsScore(definition, one.Item)))
        {
            if (item.Answer is [])
                continue;
            var ours = Questionnaires.ScoreOf(definition, item.LinkId!, answers);
            if (item.Answer is [{ Value: FhirDecimal { Value: { } theirs } }] && ours is { } computed && Math.Abs((double)theirs - computed) <= Agreement)
                continue;
            yield return new(ErrorCodes.Inconsistent, $"/item/{at}", null, string.Create(CultureInfo.InvariantCulture,
                $"The score that came along is not that of the answers. By {definition.Id} they make {(ours is { } made ? made.ToString("0.######", CultureInfo.InvariantCulture) : "none, as too few were answered")}. Correct the answers, or leave the score out."));
        }
    }

    static Answer AnswerOf(string cell) =>
        cell == "NA" ? Answer.NotApplicable : int.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? Answer.Of(number) : Answer.Blank;

    static IEnumerable<Problem.Fault> Foreign(JsonElement document) =>
        document.ValueKind != JsonValueKind.Object ? [] :
        from property in document.EnumerateObject()
        where !Understood.Contains(property.Name)
        select new Problem.Fault(ErrorCodes.UnknownColumn, $"/{Shown.Name(property.Name)}", null, "This element has no place here. Remove it: what is said in it would be lost.");

    /// <summary>Also where nothing is kept of it: it should not have been sent at all.</summary>
    static IEnumerable<Problem.Fault> IdentityNumbers(JsonElement element, string at) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => IdentityNumbers(property.Value, $"{at}/{property.Name}")),
        JsonValueKind.Array => element.EnumerateArray().SelectMany((one, index) => IdentityNumbers(one, $"{at}/{index}")),
        JsonValueKind.String when PersonalIdentityNumber.IsIn(element.GetString()) =>
            [new(ErrorCodes.PersonalIdentityNumber, at, null, "This looks like a personal identity number. Use a pseudonym.")],
        _ => [],
    };
}
