using Fidelity.Contracts.Erasing;
using Fidelity.Portal.Answering;
using Fidelity.Portal.LoggingAccess;
using Fidelity.Portal.SelfReporting;
using Fidelity.Portal.Submitting;
using Fidelity.ServiceDefaults;
using MassTransit;
using Npgsql;

namespace Fidelity.Portal.Erasing;

/// <summary>Begins the erasures that the programmes' rules ask for, once a day, throws old forms away, and takes each erasure through all services.</summary>
sealed class ErasingWorker(
    Erasures erasures, PortalErasing portal, SubmissionsTable records, Drafts forms, SelfReports selfReports, CaseKeys keys, EventWriter store, IBus bus, NpgsqlDataSource database,
    ServiceSchema schema, BusinessCalendar calendar, ILogger<ErasingWorker> log)
    : SoleWorker(database, schema, "erasing", TimeSpan.FromSeconds(2), log)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    DateOnly? begun;

    protected override async Task Work(NpgsqlConnection connection, CancellationToken stopping)
    {
        if (begun != calendar.Today)
        {
            await BeginWhatIsDue(stopping);
            await forms.DiscardOld(stopping);
            await selfReports.DiscardOld(stopping);
            begun = calendar.Today;
        }

        foreach (var erasure in await erasures.Due(stopping))
            await Advance(erasure, stopping);
    }

    async Task BeginWhatIsDue(CancellationToken stopping)
    {
        foreach (var programme in await records.Programmes(stopping))
        {
            if (await store.Read<RetentionRule>(RetentionRule.StreamKey(programme), stopping) is { Now: { } now } rule)
                await erasures.Begin(programme, await erasures.AtRestSince(programme, rule.Before(calendar.Today)!.Value, stopping), now.Basis, "", stopping);
        }
    }

    async Task Advance(OpenErasure erasure, CancellationToken stopping)
    {
        if (erasure.IsOver)
        {
            await keys.Delete(erasure.Programme, erasure.CaseId, stopping);
            await erasures.End(erasure.Id, stopping);
            return;
        }

        var pass = erasure.Pass;
        if (erasure.Pass == 0 || erasure.IsAnswered)
            await erasures.BeginPass(erasure.Id, ++pass, stopping);
        await erasures.Note(
            erasure.Id, pass, "portal", await portal.Erase(erasure.Programme, erasure.CaseId, stopping), stopping);
        foreach (var service in Erasures.Services.Where(service => service != "portal"))
        {
            var endpoint = await bus.GetSendEndpoint(new Uri($"exchange:{service}"));
            await endpoint.Send(new EraseCase(erasure.Id, pass, erasure.Programme, erasure.CaseId), context => context.ResponseAddress = Owners.Answers, stopping);
        }

        await erasures.AskAgainAfter(erasure.Id, Patience, stopping);
    }
}

/// <summary>Notes that a service has erased a case.</summary>
sealed class CaseErasedConsumer(Erasures erasures) : IConsumer<CaseErased>
{
    public Task Consume(ConsumeContext<CaseErased> context) => erasures.Note(
        context.Message.ErasureId, context.Message.Pass, context.Message.Service, context.Message.Found, context.CancellationToken);
}
