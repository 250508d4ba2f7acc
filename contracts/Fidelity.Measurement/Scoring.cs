using System.Text.Json.Serialization;

namespace Fidelity.Measurement;

/// <summary>
/// A score and what it rests on: of a whole TAM, or of one subscale of a SAM or CAM (measurement.md §1).
/// <paramref name="Value"/> is null when too few items were answered: then the score is insufficient and does not exist.
/// </summary>
public sealed record Score(string Definition, int Answered, int NotApplicable, int Blank, Fraction? Value)
{
    /// <summary>True when the score exists.</summary>
    [JsonIgnore]
    public bool IsSufficient => Value is not null;
}

/// <summary>One item of an interview or survey answered anew on a date.</summary>
public sealed record Correction(DateOnly Date, int Item, Answer Value);

/// <summary>Answers to scores, as their definition says (measurement.md §1).</summary>
public static class Scoring
{
    /// <summary>The score of an instrument that has one.</summary>
    /// <param name="definition">A definition whose rule is not <see cref="ScoringRule.SubscaleMeans"/>: those never have a total.</param>
    /// <param name="answers">One answer per item, in item order.</param>
    /// <exception cref="ArgumentException">The answers do not fit the definition, or it has subscales.</exception>
    public static Score Score(InstrumentDefinition definition, IReadOnlyList<Answer> answers)
    {
        RequireFit(definition, answers);
        if (definition.MinimumAnswered is not { } minimum)
            throw new ArgumentException($"{definition.Id} is read by subscale and has no total.", nameof(definition));
        return Of(definition, [.. Enumerable.Range(1, definition.Items)], minimum, answers);
    }

    /// <summary>The score of each subscale, by its key; empty for an instrument without subscales.</summary>
    /// <exception cref="ArgumentException">The answers do not fit the definition.</exception>
    public static IReadOnlyDictionary<string, Score> Subscales(InstrumentDefinition definition, IReadOnlyList<Answer> answers)
    {
        RequireFit(definition, answers);
        return definition.Subscales.ToDictionary(
            subscale => subscale.Key,
            subscale => Of(definition, subscale.Items, subscale.MinimumAnswered, answers),
            StringComparer.Ordinal);
    }

    /// <summary>
    /// The answers with corrections in force: item by item, the latest correction date wins (measurement.md §4).
    /// Two corrections of one item on one date are a conflict that is refused before it comes here.
    /// </summary>
    /// <exception cref="ArgumentException">A correction names an item that does not exist.</exception>
    public static IReadOnlyList<Answer> Corrected(IReadOnlyList<Answer> answers, IEnumerable<Correction> corrections)
    {
        ArgumentNullException.ThrowIfNull(answers);
        Answer[] corrected = [.. answers];
        foreach (var correction in corrections.OrderBy(correction => correction.Date))
        {
            if (correction.Item < 1 || correction.Item > corrected.Length)
                throw new ArgumentException($"There is no item {correction.Item}.", nameof(corrections));
            corrected[correction.Item - 1] = correction.Value;
        }
        return corrected;
    }

    static Score Of(InstrumentDefinition definition, IReadOnlyList<int> items, int minimum, IReadOnlyList<Answer> answers)
    {
        var answered = items.Where(item => answers[item - 1].IsAnswered).ToList();
        var notApplicable = items.Count(item => answers[item - 1] == Answer.NotApplicable);
        var points = answered.Select(item => Points(definition, item, answers[item - 1].Value!.Value));
        return new(
            definition.Id, answered.Count, notApplicable, items.Count - answered.Count - notApplicable,
            answered.Count >= minimum ? Fraction.Mean(points) : null);
    }

    /// <summary>What one answered item adds to the mean.</summary>
    static Fraction Points(InstrumentDefinition definition, int item, int answer)
    {
        var adherent = definition.ReverseScored.Contains(item) ? definition.Lowest + definition.Highest - answer : answer;
        return definition.Rule switch
        {
            ScoringRule.TopBox => adherent == definition.Highest ? 1 : 0,
            ScoringRule.Linear => new Fraction(adherent - definition.Lowest, definition.Highest - definition.Lowest),
            _ => adherent,
        };
    }

    static void RequireFit(InstrumentDefinition definition, IReadOnlyList<Answer> answers)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(answers);
        if (answers.Count != definition.Items || !answers.All(definition.Accepts))
            throw new ArgumentException($"{definition.Id} needs {definition.Items} answers on its scale.", nameof(answers));
    }
}
