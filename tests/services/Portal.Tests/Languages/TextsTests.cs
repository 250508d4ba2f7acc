using System.Collections;
using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Calling;
using Fidelity.Portal.Explaining;
using Fidelity.Portal.Extracting;
using Fidelity.Portal.Importing;
using Fidelity.Portal.Interviewing;
using Fidelity.Portal.KeepingCases;
using Fidelity.Portal.KeepingPosts;
using Fidelity.Portal.IssuingTokens;
using Fidelity.Portal.Languages;
using Fidelity.Portal.Notifying;
using Fidelity.Portal.Overview;
using Fidelity.Portal.Teams;
using Fidelity.Portal.Tests.Extracting;
using Fidelity.ServiceDefaults;
using Fidelity.Validation;
using Microsoft.AspNetCore.Builder;

namespace Fidelity.Portal.Tests.Languages;

/// <summary>The texts of the pages: whole in every language.</summary>
public sealed partial class TextsTests
{
    static readonly ResourceManager Resources = new(typeof(Texts).FullName!, typeof(Texts).Assembly);
    static readonly Dictionary<string, string> English = Of("");
    static readonly Dictionary<string, string> Swedish = Of("sv");

    [Fact]
    public void Swedish_says_whatever_English_says_with_the_same_places_to_fill()
    {
        foreach (var (key, text) in English)
        {
            Swedish.ShouldContainKey(key);
            Places(Swedish[key]).ShouldBe(Places(text), key);
        }
    }

    [Fact]
    public void Every_note_of_the_definitions_is_translated_and_nothing_that_no_definition_says()
    {
        var notes = Profiles.All.SelectMany(profile => profile.Measures).Select(measure => measure.Note)
            .Concat(Shown.SelectMany(instrument => instrument.Parts).Select(part => part.Note))
            .Where(note => note.Length > 0).ToList();
        foreach (var note in notes)
            Swedish.ShouldContainKey(note);
        // A source that is a citation alone reads the same in every language.
        var sources = Profiles.All.Select(profile => profile.Source).Concat(Shown.Select(instrument => instrument.Source));
        Swedish.Keys.Except(English.Keys, StringComparer.Ordinal).ShouldBeSubsetOf([.. notes, .. sources]);
    }

    [Fact]
    public void Every_code_that_a_page_may_meet_has_its_words()
    {
        string[] keys =
        [
            .. Profiles.All.SelectMany(profile => profile.Measures).Select(measure => $"measure.{measure.Key}"),
            .. Codes.All<MeasureStatus>().Select(code => $"verdict.{code}"),
            .. Codes.All<WithheldReason>().Select(code => $"withheld.{code}"),
            .. Codes.All<SourceStatus>().Select(code => $"source.{code}"),
            .. Codes.All<Assurance>().Select(code => $"assurance.{code}"),
            .. Enum.GetNames<ReviewState>().Except([nameof(ReviewState.Void)]).SelectMany(state => new[] { $"state.{state}", $"state.meaning.{state}" }),
            .. Profiles.All.SelectMany(Indicators.Of).Select(key => $"short.{key}"),
            .. Profiles.All.SelectMany(profile => profile.Measures).Select(measure => measure.RatersToShow is null ? $"basis.rule.{measure.Key}" : "basis.rule.subscale"),
            .. Profiles.All.SelectMany(profile => profile.Measures)
                .SelectMany(measure => Enum.GetValues<BasisKind>().SelectMany(kind => OtherNumbers.Reasons(measure, kind))).Select(reason => $"basis.other.{reason}"),
            .. Enum.GetValues<BasisKind>().Except([BasisKind.Survey]).SelectMany(kind => new[] { $"basis.counts.{Codes.Of(kind)}", $"basis.outside.{Codes.Of(kind)}" }),
            .. Enum.GetValues<Ruling>().Except([Ruling.Counts]).SelectMany(ruling => new[] { $"basis.left.{Codes.Of(ruling)}", $"basis.why.{Codes.Of(ruling)}" }),
            .. Endings.Order.Select(outcome => $"outcome.{Codes.Of(outcome)}"),
            .. Codes.All<AttemptOutcome>().SelectMany(code => new[] { $"attempt.{code}", $"calls.done.{code}" }),
            .. Enum.GetValues<AttemptOutcome>().Where(CallList.Ends).Select(outcome => $"calls.outcome.{Codes.Of(outcome)}"),
            .. Codes.All<TimeOfDay>().Select(code => $"time.{code}"),
            .. InterviewForm.Languages.Select(language => $"language.{language}"),
            .. InterviewForm.Done.Select(done => $"interview.done.{done}"),
            .. typeof(ErrorCodes).GetFields().Select(code => (string)code.GetRawConstantValue()!).Except([ErrorCodes.UnknownColumn, ErrorCodes.MissingColumn]).Select(code => $"fault.{code}"),
            .. typeof(SigningCodes).GetFields().Select(code => $"signing.fault.{(string)code.GetRawConstantValue()!}"),
            .. Codes.All<SignatureEnding>().Select(code => $"signing.ended.{code}"),
            .. Codes.All<GoalOutcome>().Select(code => $"goal.{code}"),
            .. Codes.All<Reproduction>().Select(code => $"reproduction.{code}"),
            .. Codes.All<ChangeCause>().SelectMany(code => new[] { $"cause.{code}", $"cause.one.{code}" }),
            .. Codes.All<OpportunityOutcome>().Select(code => $"ended.{code}"),
            .. Codes.All<DischargeReason>().Select(code => $"discharge.{code}"),
            .. Codes.All<InterviewMode>().Select(code => $"mode.{code}"),
            .. Codes.All<Outcome3>().Select(code => $"said.{code}"),
            .. Codes.All<StaffRole>().Select(code => $"role.{code}"),
            .. TeamPosts.Kept.Select(role => $"posts.gives.{Codes.Of(role)}"),
            .. CasePage.Forms.Append("kept").Append("passed").Select(form => $"case.done.{form}"),
            .. DetailTests.Records.SelectMany(record => Detail.Of(record).Select(detail => $"field.{detail.Name}").Prepend($"record.{record.GetType().Name}")),
            .. Codes.All<SubmissionState>().Select(code => $"extract.state.{code}"),
            .. Codes.All<Purpose>().Except([Codes.Of(Purpose.Enter)]).Select(code => $"purpose.{code}"),
            .. Codes.All<WebhookEvent>().Select(code => $"webhook.{code}"),
            .. Codes.All<WebhookState>().Select(code => $"webhook.state.{code}"),
            .. Codes.All<DeliveryState>().Select(code => $"delivery.state.{code}"),
            .. Tokens.Purposes.Select(purpose => $"token.{Codes.Of(purpose)}"),
            .. Codes.All<ImportState>().Select(code => $"imports.state.{code}"),
            .. Codes.All<AcceptanceRefusal>().Select(code => $"imports.refusal.{code}"),
            .. Codes.All<ValueKind>().Select(code => $"imports.value.{code}"),
            .. ImportPages.Faults.Select(fault => $"imports.fault.{fault}"),
            .. new[] { Instrument.Sam, Instrument.Cam }.Select(instrument => $"survey.{Codes.Of(instrument)}"),
            .. UncountedInterview.Reasons(Nowhere).SelectMany(reason => new[] { $"uncounted.{reason}", $"held.{reason}" }),
            .. Inboxes.All.Select(inbox => $"inbox.{inbox}"),
            .. Codes.All<Judgement>().Select(code => $"judgement.{code}"),
            .. Subscriptions.Select(subscription => $"lag.{subscription}"),
            // What the owners' decisions wait for.
            .. new[] { "team_id", "case_id", "id" }.Select(field => $"waiting.{ErrorCodes.UnknownReference}.{field}"),
            .. new[] { Instrument.Sam, Instrument.Cam }.Select(Pairs.RatedColumn).Append("rater_id").Select(field => $"waiting.{ErrorCodes.OutsidePost}.{field}"),
            .. SignalRules.All.SelectMany(rule => new[] { "better", "worse" }.Select(side => $"signal.{rule.Id.Split('@')[0]}.{side}")),
        ];
        foreach (var key in keys)
            English.ShouldContainKey(key);
    }

    [Fact]
    public void Every_fault_that_a_file_may_have_has_advice_of_its_own_or_that_of_a_form()
    {
        var codes = typeof(ErrorCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!).ToList();
        codes.Count.ShouldBeGreaterThan(15);
        codes.Where(code => !English.ContainsKey($"imports.advice.{code}") && !English.ContainsKey($"fault.{code}")).ShouldBeEmpty();
    }

    /// <summary>What the portal's daemon runs.</summary>
    static IEnumerable<string> Subscriptions
    {
        get
        {
            var builder = WebApplication.CreateBuilder();
            (builder.Configuration["FIDELITY_POSTGRES"], builder.Configuration["FIDELITY_RABBITMQ"]) = ("Host=127.0.0.1", "amqp://127.0.0.1/");
            builder.AddPortal(declareOnly: false);
            return builder.Services.Select(service => service.ImplementationInstance).OfType<Shard>().Select(shard => shard.Name);
        }
    }

    /// <summary>A team's page shows the definition of every score, the profile's own or not.</summary>
    static IReadOnlyList<InstrumentDefinition> Shown => Instruments.All;

    /// <summary>An interview that counts nowhere, for every reason there is.</summary>
    static TamInterview Nowhere => new(
        "i-1", new(2026, 1, 1), null, "t-1", InterviewMode.Phone, null, null, [], new("tam-r@1", 0, 0, 28, null), Independent: false, Withdrawn: true,
        OutsideCase: true, Completes: null);

    static Dictionary<string, string> Of(string language) =>
        Resources.GetResourceSet(CultureInfo.GetCultureInfo(language), createIfNotExists: true, tryParents: false)!
            .Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal);

    static IEnumerable<string> Places(string text) => Place().Matches(text).Select(match => match.Value).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\{\d\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Place();
}
