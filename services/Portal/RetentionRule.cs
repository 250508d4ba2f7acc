using Fidelity.Portal.Access;
using Fidelity.Validation;
using Marten;

namespace Fidelity.Portal;

public sealed record RetentionRuleSet(int Months, string Basis, string By);

public sealed record RetentionRuleEnded(string Basis, string By);

/// <summary>Why something about erasing is not done: a code for which the pages have words.</summary>
public sealed record ErasureFault(string Code);

/// <summary>For how long a programme keeps a case after the last that happened in it; then it is erased. No rule: for ever.</summary>
public sealed record RetentionRule
{
    /// <summary>A year: until then the reviews that a case counts in have been presented and followed up.</summary>
    public const int FewestMonths = 12;

    public const int MostMonths = 600;

    public const int LongestText = 200;

    public string Id { get; set; } = "";

    public RetentionRuleSet? Now { get; init; }

    public RetentionRule Apply(RetentionRuleSet happened) => this with { Now = happened };

    public RetentionRule Apply(RetentionRuleEnded happened) => this with { Now = null };

    /// <summary>The day by which a case must have come to rest to be erased today.</summary>
    public DateOnly? Before(DateOnly today) => Now is { } rule ? today.AddMonths(-rule.Months) : null;

    /// <summary>Sets the rule in the place of the one before.</summary>
    public static (RetentionRule State, IReadOnlyList<object> Events, ErasureFault? Fault) Set(RetentionRule? known, RetentionRuleSet asked)
    {
        var state = known ?? new RetentionRule();
        return asked.Months is < FewestMonths or > MostMonths ? (state, [], new("months"))
            : TextFault(asked.Basis) is { } fault ? (state, [], fault)
            : state.Now == asked ? (state, [], null)
            : (state.Apply(asked), [asked], null);
    }

    /// <summary>Ends the rule: from now on nothing is erased by itself.</summary>
    public static (RetentionRule State, IReadOnlyList<object> Events, ErasureFault? Fault) End(RetentionRule? known, RetentionRuleEnded asked)
    {
        var state = known ?? new RetentionRule();
        return state.Now is null ? (state, [], null)
            : TextFault(asked.Basis) is { } fault ? (state, [], fault)
            : (state.Apply(asked), [asked], null);
    }

    /// <summary>What is wrong with the words that something rests on; null when nothing is.</summary>
    public static ErasureFault? TextFault(string text) =>
        string.IsNullOrWhiteSpace(text) ? new("basis_missing")
        : text.Length > LongestText ? new("basis_long")
        : PersonalIdentityNumber.IsIn(text) ? new("identity_number") : null;

    public static string StreamKey(string programme) => $"retention:{programme}";

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<RetentionRuleSet>("retention_rule_set");
        options.Events.MapEventType<RetentionRuleEnded>("retention_rule_ended");
        options.Projections.LiveStreamAggregation<RetentionRule>();
    }
}
