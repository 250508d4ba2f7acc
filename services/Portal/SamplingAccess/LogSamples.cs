using Fidelity.Portal.Figures;
using Fidelity.Portal.LoggingAccess;
using Fidelity.ServiceDefaults;

namespace Fidelity.Portal.SamplingAccess;

/// <summary>The samples as they are stored: drawn, judged and closed. What their entries say is read from the log each time.</summary>
sealed class LogSamples(EventWriter writer, InstallationKeys keys, AccessLog log, TimeProvider clock)
{
    public Task<LogSample?> Read(DateOnly month, string? programme, CancellationToken stopping) =>
        writer.Read<LogSample>(Key(month, programme), stopping);

    /// <summary>Of several portals that draw at once, one has drawn.</summary>
    public Task Draw(LogSampleDrawn asked, CancellationToken stopping) => writer.Write(async streams =>
    {
        var stream = await streams.Open<LogSample>(Key(asked.Month, asked.Programme));
        var (state, events) = LogSample.Draw(stream.State, asked);
        stream.Append(state, events);
        return true;
    }, stopping);

    public async Task<string?> Judge(LogSampleDrawn drawn, long number, Judgement judgement, string reason, string by, int seen, CancellationToken stopping)
    {
        var who = (await log.Entries([number], stopping)).SingleOrDefault()?.Who;
        return await Write(drawn, sample => LogSample.Judge(sample, new(number, judgement, reason, by, clock.GetUtcNow()), who, seen), stopping);
    }

    public async Task<string?> Close(LogSampleDrawn drawn, string conclusion, string by, CancellationToken stopping)
    {
        var inLog = (await log.Entries(drawn.Entries, stopping)).Select(entry => entry.Number).ToHashSet();
        return await Write(drawn, sample => LogSample.Close(sample, new(conclusion, by, clock.GetUtcNow()), inLog), stopping);
    }

    Task<string?> Write(
        LogSampleDrawn drawn, Func<LogSample, (LogSample State, IReadOnlyList<object> Events, string? Fault)> decide, CancellationToken stopping) =>
        writer.Write(async streams =>
        {
            var stream = await streams.Open<LogSample>(Key(drawn.Month, drawn.Programme));
            var (state, events, fault) = decide(stream.State!);
            stream.Append(state, events);
            return fault;
        }, stopping);

    string Key(DateOnly month, string? programme) => keys.Stream("sample", programme ?? "", Dates.MachineMonth(month));
}
