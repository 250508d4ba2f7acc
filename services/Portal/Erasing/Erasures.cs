using Dapper;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Erasing;

/// <summary>One erasure as the pages show it. It names no case.</summary>
/// <param name="By">Who asked for it; empty when the programme's rule did.</param>
/// <param name="Pass">How often all services have been gone through, this time included.</param>
/// <param name="EndedAt">When nothing had been found any more; null while that is still to be seen.</param>
sealed record Erasure(Guid Id, string Programme, string Basis, string By, DateTime AskedAt, int Pass, DateTime? EndedAt);

/// <summary>An erasure at work. It knows its case until it has ended.</summary>
sealed record OpenErasure(Guid Id, string Programme, string CaseId, int Pass, int Found, int Answered)
{
    public bool IsAnswered => Answered == Erasures.Services.Count;

    /// <summary>What was on its way while a service erased arrives before the next pass, which finds it; one pass must find nothing.</summary>
    public bool IsOver => IsAnswered && Pass > 1 && Found == 0;
}

/// <summary>
/// The erasures, which are no events: an event that names the case would have to be erased in its turn. Each goes through all services
/// again and again, with a rest in between, until nothing more is found; then it forgets its case.
/// </summary>
sealed class Erasures(NpgsqlDataSource database, ServiceSchema schema, TimeProvider clock, IConfiguration configuration)
{
    /// <summary>Who has to answer that they have erased.</summary>
    public static readonly IReadOnlyList<string> Services = ["roster", "tam", "pir", "portal"];

    public const int Page = 100;

    static readonly TimeSpan UsualRest = TimeSpan.FromHours(24);

    public static readonly ReadTable Table = new("""
        create table if not exists {schema}.erasures (
            id uuid primary key,
            programme text not null,
            case_id text,
            basis text not null,
            asked_by text not null,
            asked_at timestamptz not null,
            pass integer not null default 0,
            found integer not null default 0,
            answered text[] not null default '{}',
            next_at timestamptz not null,
            ended_at timestamptz);
        create unique index if not exists erasures_of_cases on {schema}.erasures (programme, case_id) where case_id is not null;
        """);

    /// <summary>How long what is on its way has to arrive before it is looked for.</summary>
    TimeSpan Rest => TimeSpan.TryParse(configuration["FIDELITY_ERASURE_REST"], System.Globalization.CultureInfo.InvariantCulture, out var given) && given > TimeSpan.Zero
        ? given : UsualRest;

    /// <summary>Cases that came to rest by a day: discharged, with no follow-up and no interview after it.</summary>
    public async Task<IReadOnlyList<string>> AtRestSince(string programme, DateOnly before, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return (await connection.QueryAsync<string>(
            $"""
            with interviewed as (
                select data ->> 'caseId' as case_id, max((data -> 'interview' ->> 'date')::date) as last
                from {schema.Name}.facts where kind = 'tam_interview' and programme = @programme group by 1)
            select known.key from {schema.Name}.facts known left join interviewed on case_id = known.key
            where kind = 'case' and programme = @programme and greatest(
                    (known.data ->> 'discharged')::date, last,
                    (select max((followed ->> 'date')::date) from jsonb_array_elements(known.data -> 'followUps') followed)) <= @before
                and known.data ->> 'discharged' is not null
            """, new { programme, before })).AsList();
    }

    /// <summary>Begins erasures; one that is at work already stays as it is.</summary>
    public async Task Begin(string programme, IReadOnlyList<string> cases, string basis, string by, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        await connection.ExecuteAsync(
            $"""
            insert into {schema.Name}.erasures (id, programme, case_id, basis, asked_by, asked_at, next_at)
            select gen_random_uuid(), @programme, case_id, @basis, @by, @now, @now from unnest(@cases) as case_id
            on conflict (programme, case_id) where case_id is not null do nothing
            """, new { programme, cases = cases.ToArray(), basis, by, now = clock.GetUtcNow().UtcDateTime });
    }

    /// <summary>Whether the portal knows of a case.</summary>
    public async Task<bool> Knows(string programme, string caseId, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return await connection.ExecuteScalarAsync<bool>(
            $"""
            select exists (select from {schema.Name}.facts where programme = @programme and kind = 'case' and key = @caseId)
                or exists (select from {schema.Name}.records where programme = @programme and content ->> 'caseId' = @caseId)
            """, new { programme, caseId });
    }

    public async Task<IReadOnlyList<OpenErasure>> Due(CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return (await connection.QueryAsync<OpenErasure>(
            $"""
            select id, programme, case_id as CaseId, pass, found, cardinality(answered) as Answered from {schema.Name}.erasures
            where case_id is not null and next_at <= @now order by asked_at
            """, new { now = clock.GetUtcNow().UtcDateTime })).AsList();
    }

    /// <summary>A pass begins: what is found counts from nothing.</summary>
    public Task BeginPass(Guid id, int pass, CancellationToken stopping) => Execute(
        $"update {schema.Name}.erasures set pass = @pass, found = 0, answered = '{{}}' where id = @id", new { id, pass }, stopping);

    /// <summary>Who has not answered by then is asked again.</summary>
    public Task AskAgainAfter(Guid id, TimeSpan patience, CancellationToken stopping) => Execute(
        $"update {schema.Name}.erasures set next_at = @at where id = @id and not answered @> @all",
        new { id, at = clock.GetUtcNow().UtcDateTime + patience, all = Services.ToArray() }, stopping);

    /// <summary>Notes that a service has erased. The last to answer lets the pass rest, or ends the erasure when nothing was found.</summary>
    public Task Note(Guid id, int pass, string service, int found, CancellationToken stopping) => Execute(
        $"""
        update {schema.Name}.erasures set answered = answered || @service, found = found + @found, next_at = case
            when not answered || @service @> @all then next_at when pass > 1 and found + @found = 0 then @now else @rested end
        where id = @id and pass = @pass and not @service = any (answered)
        """, new { id, pass, service, found, all = Services.ToArray(), now = clock.GetUtcNow().UtcDateTime, rested = clock.GetUtcNow().UtcDateTime + Rest }, stopping);

    /// <summary>Nothing is left, and so the erasure forgets whose it was.</summary>
    public Task End(Guid id, CancellationToken stopping) => Execute(
        $"update {schema.Name}.erasures set case_id = null, ended_at = @now where id = @id", new { id, now = clock.GetUtcNow().UtcDateTime }, stopping);

    /// <summary>The newest erasures in the programmes given.</summary>
    public async Task<IReadOnlyList<Erasure>> Newest(IReadOnlyList<string> programmes, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        return (await connection.QueryAsync<Erasure>(
            $"""
            select id, programme, basis, asked_by as By, asked_at as AskedAt, pass, ended_at as EndedAt from {schema.Name}.erasures
            where programme = any (@programmes) order by asked_at desc, id limit {Page}
            """, new { programmes = programmes.ToArray() })).AsList();
    }

    async Task Execute(string sql, object values, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        await connection.ExecuteAsync(sql, values);
    }
}
