using Dapper;
using Fidelity.Contracts;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Submitting;
using Fidelity.Contracts.Tam;
using Fidelity.Validation;
using Marten;
using Npgsql;

namespace Fidelity.ServiceDefaults;

/// <summary>
/// The family that a stream was of has been erased. What came before is masked, and nothing is decided on the stream any more: that
/// it is there under its key, which tells nothing, keeps the family from coming back.
/// </summary>
/// <param name="TeamId">The team, where something of the family has to be found there.</param>
public sealed record StreamErased(string? TeamId = null);

/// <summary>The state of a stream of one family.</summary>
public interface IErasable
{
    bool IsErased { get; }
}

/// <summary>Erases what a service keeps of a family. Events are masked where they are: a stream that is archived could not be.</summary>
public sealed class ErasedStreams(EventWriter writer, IDocumentStore store, NpgsqlDataSource database, ServiceSchema schema)
{
    /// <summary>What is answered to whatever speaks of an erased family.</summary>
    public static readonly Cause Refusal = new(ErrorCodes.CaseErased, "case_id", "The case has been erased, and nothing more of it is taken in. Check the case's id.");

    public static void MapEvents(StoreOptions options)
    {
        options.Events.MapEventType<StreamErased>("stream_erased");
        Mask<CaseChanged>(options);
        Mask<TamInterviewScored>(options);
        Mask<TamInterviewCorrected>(options);
        Mask<TamInterviewWithdrawn>(options);
        Mask<TamOpportunityFellDue>(options);
        Mask<TamOpportunityClosed>(options);
        options.Events.AddMaskingRuleForProtectedInformation<WaitEnded>(ended => ended with { Causes = [], Score = null });
        options.Events.AddMaskingRuleForProtectedInformation<NextDateSet>(_ => new NextDateSet(null));
    }

    static void Mask<T>(StoreOptions options) where T : Fact => options.Events.AddMaskingRuleForProtectedInformation<T>(Erased.Of);

    /// <summary>Ends a family's stream and masks it; answers its last state, and 0 when there was none or it had ended, otherwise 1.</summary>
    /// <param name="end">What ends it: the events after which its state says that it is erased.</param>
    public async Task<(T? State, int Found)> End<T>(string key, Func<T, OpenStreams, Task<(T State, IReadOnlyList<object> Events)>> end, CancellationToken stopping)
        where T : class, IErasable
    {
        var (last, found) = await writer.Write(async streams =>
        {
            var stream = await streams.Open<T>(key);
            if (stream.State is not { IsErased: false } state)
                return (stream.State, 0);
            var (erased, events) = await end(state, streams);
            stream.Append(erased, events);
            return (stream.State, 1);
        }, stopping, Wanted.Whole<T>(key));
        // The service may have ended between the two.
        await store.Advanced.ApplyEventDataMasking(masking => masking.IncludeStream(key), stopping);
        return (last, found);
    }

    /// <summary>Masks every fact of a family, and takes its rows out of the table that is filled from facts; answers how many there were.</summary>
    public async Task<int> Facts(string programme, string caseId, string table, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var keys = (await connection.QueryAsync<string>(
            $"""
            select distinct stream_id from {schema.Name}.mt_events
            where stream_id like 'fact:%' and data ->> 'programme' = @programme and data ->> 'caseId' = @caseId
            """, new { programme, caseId })).AsList();
        foreach (var key in keys)
        {
            await writer.Write(async streams =>
            {
                var stream = await streams.OpenNewest<Fact>(key);
                if (stream.State is { } fact && !Erased.Is(fact))
                    stream.Append(Erased.Of(fact), [Erased.Of(fact)]);
                return true;
            }, stopping, Wanted.Newest<Fact>(key));
            await store.Advanced.ApplyEventDataMasking(masking => masking.IncludeStream(key), stopping);
        }

        return keys.Count + await connection.ExecuteAsync(
            $"""
            delete from {schema.Name}.{table}
            where programme = @programme and coalesce(data ->> 'caseId', data ->> 'case', case when kind = 'case' then key end) = @caseId
            """, new { programme, caseId });
    }
}
