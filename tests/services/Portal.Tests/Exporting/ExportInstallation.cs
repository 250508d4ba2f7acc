using Fidelity.Contracts;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Exporting;
using Fidelity.ServiceDefaults;
using Fidelity.ServiceDefaults.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Fidelity.Portal.Tests.Exporting;

/// <summary>A store with the facts that exports are made from, as the portal has it. Every test has a programme of its own in it.</summary>
public sealed class ExportInstallation : IAsyncLifetime
{
    readonly string schema = $"t{Guid.CreateVersion7():n}";
    WebApplication? portal;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    internal Exports Exports => portal!.Services.GetRequiredService<Exports>();

    internal ScheduledExports Scheduled => portal!.Services.GetRequiredService<ScheduledExports>();

    internal NpgsqlDataSource Database => portal!.Services.GetRequiredService<NpgsqlDataSource>();

    internal ServiceSchema Schema => new(schema);

    internal InstallationKeys Keys => portal!.Services.GetRequiredService<InstallationKeys>();

    internal static Reach All(ExportRequest request) => Policy.Recorded(request.Purpose, [new(null)]);

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["FIDELITY_POSTGRES"] = VirtualHost.Variable("FIDELITY_TEST_POSTGRES");
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new InstallationKeys(new byte[32]));
        builder.Services.AddSingleton(new BusinessCalendar(TimeProvider.System, new DateOnly(2026, 10, 31)));
        builder.Services.AddSingleton<Facts>();
        builder.Services.AddSingleton<Exports>();
        builder.Services.AddSingleton<ScheduledExports>();
        builder.AddEventStreams(schema, options =>
        {
            Facts.MapEvents(options);
            ErasedStreams.MapEvents(options);
        }).Table(Exports.Table).Project<FactsTable>("Facts");
        portal = builder.Build();
        await portal.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await portal!.StopAsync();
        await using (var drop = Database.CreateCommand($"drop schema {schema} cascade"))
            await drop.ExecuteNonQueryAsync();
        await portal.DisposeAsync();
    }

    /// <summary>Stores facts, and waits until the table of facts has them.</summary>
    internal async Task Know(params IEnumerable<Fact> known)
    {
        await Task.WhenAll(known.Select(fact => portal!.Services.GetRequiredService<Facts>().Receive(fact, Cancelled)));
        await CatchUp();
    }

    internal async Task Erase(string programme, string family)
    {
        await portal!.Services.GetRequiredService<ErasedStreams>().Facts(programme, family, "facts", Cancelled);
        await CatchUp();
    }

    /// <summary>The file of a request, and what was written.</summary>
    internal async Task<(byte[] Content, Export Export)> Make(ExportRequest request, Reach? reach = null, long? position = null)
    {
        var export = (await Exports.Begin("account:test", "Test", request, reach ?? All(request), position, Cancelled))!;
        export = await Exports.Measure(export, Cancelled);
        using var file = new MemoryStream();
        await Exports.Write(export, file, Cancelled);
        return (file.ToArray(), export);
    }

    async Task CatchUp()
    {
        await using var behind = Database.CreateCommand(
            $"select (select max(seq_id) from {schema}.mt_events) > coalesce((select last_seq_id from {schema}.mt_event_progression where name = 'Facts:All'), 0)");
        while (await behind.ExecuteScalarAsync(Cancelled) is true)
            await Task.Delay(20, Cancelled);
    }
}

/// <summary>A programme with two teams: one whose review is presented, one that has only begun.</summary>
static class ExportedProgramme
{
    public const string Hostile = "=cmd|' /C calc'!A0";

    public static IEnumerable<Fact> Of(string programme) =>
    [
        Team(programme, "norr", "Norr; \"öppet\", team"), Team(programme, "syd", Hostile),
        Trend(programme, "norr", 1, 40), Review(programme, "norr", 1, 40), Presented(programme, "norr", 40),
        Trend(programme, "syd", 1, 41), Review(programme, "syd", 1, 41),
        .. Cases(programme, "norr", 6), .. Cases(programme, "syd", 2),
    ];

    public static TeamChanged Team(string programme, string team, string name) => new(1, programme, team, name, "mst@1", new(2026, 1, 1), null, 1, []);

    /// <summary>Half a year, a month without interviews in it, limits that reach below nothing, and one month of the next half-year.</summary>
    public static TrendComputed Trend(string programme, string team, long version, long position) => new(
        version, programme, team, "mst@1", position, new(2026, 7, 15),
        [
            Month(1, new(1, 2), 8), Month(2, new(9, 10), 9), Month(3, null, 0), Month(4, new(1, 10), 7), Month(5, new(2, 3), 12), Month(6, new(17, 28), 6), Month(7, new(1, 1), 1),
        ],
        [Share(1, 3, 8), Share(2, 9, 9), Share(3, 0, 0), Share(4, 0, 7), Share(5, 7, 12), Share(6, 5, 6), Share(7, 1, 1)],
        [Share(1, 8, 8), Share(2, 9, 9), Share(4, 7, 7), Share(5, 12, 12), Share(6, 6, 6), Share(7, 1, 2)]);

    public static ReviewComputed Review(string programme, string team, long version, long position, int completed = 20) => new(
        version, programme, team, "2026-H1", new(2026, 1, 1), new(2026, 6, 30), ReviewState.Refreshed, "mst@1", position, new(2026, 7, 15), new(2026, 6, 28), 30, completed + 7,
        [
            Measure("completed", completed, completed + 7), Measure("lack_of_engagement", 2, completed + 7), Measure("placed", 5, completed + 7),
            new("length_of_stay", MeasureKind.Mean, 120.5, null, completed + 7, 110, 131, "100-140", MeasureStatus.Met),
            new("adherence", MeasureKind.Mean, 0.7, null, 14, 0.6, 0.8, ">= 0.61", MeasureStatus.Met), Measure("adherence_above", 9, 14),
            Measure("any_tam", 14, 14), Measure("tam_completed", 42, 42), Measure("sam_completed", 0, 0),
            new("sam_principles", MeasureKind.Mean, null, null, 0, null, null, null, MeasureStatus.Withheld, WithheldReason.TooFewRaters),
        ]);

    public static ReviewPresented Presented(string programme, string team, long position) => new(
        1, programme, team, "2026-H1",
        new(
            [new(SignatoryRole.Supervisor, "s-1", default), new(SignatoryRole.Consultant, "k-1", default)], [],
            new(Review(programme, team, 1, position), new(1, "", "", [], []), ["mst@1"]), new(2026, 7, 20, 8, 0, 0, TimeSpan.Zero), null));

    /// <summary>Families with an interview of each kind: enough answers, too few, not independent, and one that fell due and was not given.</summary>
    public static IEnumerable<Fact> Cases(string programme, string team, int number)
    {
        for (var family = 1; family <= number; family++)
        {
            var name = $"{team}-case-{family:00}";
            yield return new CaseChanged(
                1, programme, team, name, family % 2 == 0 ? "t-2" : "t-1", [], new(2026, 1, 5), null, null,
                new(Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown, Outcome3.Unknown), []);
            yield return Interview(programme, team, name, family, $"{name}-interview", new DateOnly(2026, 2, 1).AddDays(family));
            yield return new TamOpportunityClosed(
                1, programme, team, name, new(new(2026, 2, 5), new(2026, 1, 29), new(2026, 2, 25), OpportunityOutcome.Completed, $"{name}-interview"), new(2026, 2, 6));
            yield return new TamOpportunityFellDue(1, programme, team, name, new(new(2026, 7, 5), new(2026, 6, 28), new(2026, 7, 28), OpportunityOutcome.Open, null), new(2026, 7, 5));
            yield return new TamOpportunityClosed(1, programme, team, name, new(new(2026, 8, 5), new(2026, 7, 29), new(2026, 8, 28), OpportunityOutcome.Void, null), new(2026, 8, 5));
        }
    }

    public static TamInterviewScored Interview(string programme, string team, string name, int kind, string id, DateOnly date)
    {
        var answers = Enumerable.Range(1, 28).Select(item => item == 9 ? Answer.NotApplicable : item == 19 || (kind % 3 == 0 && item > 15) ? Answer.Blank : Answer.Of(item % 5 + 1)).ToList();
        return new(
            1, programme, team, name,
            new(
                id, date, kind % 4 == 0 ? null : "i-1", kind % 2 == 0 ? "t-2" : "t-1", kind % 4 == 0 ? InterviewMode.Online : InterviewMode.Phone, kind == 1 ? "-sv" : "sv", kind % 2 == 0 ? null : true, answers,
                Scoring.Score(Instruments.TamR, answers), Independent: kind != 5, Withdrawn: false, OutsideCase: false, Completes: kind == 5 ? null : new(2026, 2, 5)));
    }

    static MonthlyMean Month(int month, Fraction? value, int cases) => new(new(2026, month, 1), value, cases) { Interval = value is null || cases < 2 ? null : new(0.1, 0.9) };

    static MonthlyShare Share(int month, int numerator, int denominator) => new(new(2026, month, 1), numerator, denominator);

    static MeasureResult Measure(string key, int numerator, int denominator)
    {
        var interval = denominator == 0 ? (Interval?)null : Intervals.Wilson(numerator, denominator);
        return new(key, MeasureKind.Share, denominator == 0 ? null : (double)numerator / denominator, numerator, denominator, interval?.Low, interval?.High, null, MeasureStatus.NoTarget);
    }
}
