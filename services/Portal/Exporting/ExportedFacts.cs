using System.Data;
using System.Runtime.CompilerServices;
using Dapper;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Figures;
using Fidelity.ServiceDefaults;
using Npgsql;

namespace Fidelity.Portal.Exporting;

/// <summary>Single records among the facts, each part an expression over <c>fact</c>.</summary>
/// <param name="Day">The day that decides of which period it is.</param>
/// <param name="Therapist">Of whom it speaks; <c>{schema}</c> stands for the schema.</param>
/// <param name="Condition">Which of them there are.</param>
sealed record RecordSource(string Kind, string Day, string Therapist, string Condition = "true");

/// <summary>
/// What an export is made from: the facts as they stood at a position of the portal's own events, in one snapshot of the database. The
/// position that the table of facts has reached is read from that table; an earlier one from the events that made it, with the same result.
/// </summary>
sealed class ExportedFacts : IAsyncDisposable
{
    static readonly Dictionary<string, string[]> EventTypes = new(StringComparer.Ordinal)
    {
        ["team"] = ["team_changed"],
        ["trend"] = ["trend_computed"],
        ["review"] = ["review_computed"],
        ["sign_off"] = ["review_signed", "review_presented", "review_restated"],
        ["tam_interview"] = ["tam_interview_scored", "tam_interview_corrected", "tam_interview_withdrawn"],
        ["tam_opportunity"] = ["tam_opportunity_fell_due", "tam_opportunity_closed"],
    };

    readonly NpgsqlDataSource database;
    readonly NpgsqlConnection connection;
    readonly NpgsqlTransaction snapshot;
    readonly ServiceSchema schema;
    readonly InstallationKeys keys;
    readonly Reach reach;
    readonly bool isNewest;
    readonly string today;

    ExportedFacts(
        NpgsqlDataSource database, NpgsqlConnection connection, NpgsqlTransaction snapshot, ServiceSchema schema, InstallationKeys keys, ExportRequest request, Reach reach,
        long position, bool isNewest, DateTime at, DateOnly today)
    {
        (this.database, this.connection, this.snapshot, this.schema, this.keys, this.reach, this.isNewest) = (database, connection, snapshot, schema, keys, reach, isNewest);
        (Request, Position, At, this.today) = (request, position, at, Dates.Machine(today));
        Pseudonyms = new(keys, request.Recipient);
    }

    public ExportRequest Request { get; }

    /// <summary>Up to which event of the portal's store.</summary>
    public long Position { get; }

    /// <summary>When that event was stored.</summary>
    public DateTime At { get; }

    public Pseudonyms Pseudonyms { get; }

    /// <summary>The teams that are open and asked for, in order.</summary>
    public IReadOnlyDictionary<(string Programme, string Team), TeamChanged> Teams { get; private set; } = new Dictionary<(string, string), TeamChanged>();

    /// <param name="position">Null: the newest there is.</param>
    /// <returns>Null when the position lies after the newest.</returns>
    public static async Task<ExportedFacts?> Open(
        NpgsqlDataSource database, ServiceSchema schema, InstallationKeys keys, ExportRequest request, Reach reach, long? position, DateOnly today,
        CancellationToken stopping)
    {
        var opened = await database.OpenConnectionAsync(stopping);
        try
        {
            var seen = await opened.BeginTransactionAsync(IsolationLevel.RepeatableRead, stopping);
            var newest = await opened.ExecuteScalarAsync<long>(
                $"select coalesce(max(last_seq_id), 0) from {schema.Name}.mt_event_progression where name = @name", new { name = new Shard("Facts").ProgressName }, seen);
            if (position > newest || position < 0)
            {
                await opened.DisposeAsync();
                return null;
            }

            var at = await opened.ExecuteScalarAsync<DateTime?>(
                $"select timestamp from {schema.Name}.mt_events where seq_id <= @position order by seq_id desc limit 1", new { position = position ?? newest }, seen);
            var facts = new ExportedFacts(
                database, opened, seen, schema, keys, request, reach, position ?? newest, position is null || position == newest, at ?? DateTime.UnixEpoch, today);
            await facts.FindTeams(stopping);
            return facts;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await snapshot.DisposeAsync();
        await connection.DisposeAsync();
    }

    /// <summary>The period of a team that a day lies in, when it is asked for.</summary>
    public bool Asks(TeamChanged team, DateOnly day) => Request.Period is null || Period.Containing(day, team.PirStartMonth).Name == Request.Period;

    /// <summary>Figures of teams, team by team: all that there are of these kinds.</summary>
    public async IAsyncEnumerable<(TeamChanged Team, ILookup<string, string> Facts)> ByTeam(
        IReadOnlyList<string> kinds, [EnumeratorCancellation] CancellationToken stopping)
    {
        var held = new List<(string Kind, string Data)>();
        (string Programme, string Team) current = default;
        await foreach (var fact in Read(kinds, "fact.kind, fact.key collate \"C\"", null, stopping))
        {
            if (held.Count > 0 && current != (fact.Programme, fact.Team))
            {
                yield return (Teams[current], held.ToLookup(known => known.Kind, known => known.Data, StringComparer.Ordinal));
                held.Clear();
            }

            current = (fact.Programme, fact.Team);
            held.Add((fact.Kind, fact.Data));
        }

        if (held.Count > 0)
            yield return (Teams[current], held.ToLookup(known => known.Kind, known => known.Data, StringComparer.Ordinal));
    }

    /// <summary>Single records, in order of case, day and id.</summary>
    public IAsyncEnumerable<(string Programme, string Team, string Kind, string Data)> Records(RecordSource source, CancellationToken stopping) =>
        Read([source.Kind], $"fact.data->>'caseId' collate \"C\", {source.Day} collate \"C\", fact.key collate \"C\"", source, stopping);

    public async Task<long> CountRecords(RecordSource source, CancellationToken stopping)
    {
        await using var command = Command($"select count(*) {From([source.Kind])} where {Where(source)}", [source.Kind]);
        return (long)(await command.ExecuteScalarAsync(stopping))!;
    }

    /// <summary>
    /// A team's trend as it was when a review was computed, which both say by Pir's position; null when it is not here. Over a connection of
    /// its own, as rows are being read from the other: events of teams stay as they are, in this snapshot and in any.
    /// </summary>
    public async Task<TrendComputed?> TrendAt(ReviewComputed review, CancellationToken stopping)
    {
        await using var another = await database.OpenConnectionAsync(stopping);
        var data = await another.ExecuteScalarAsync<string?>(new CommandDefinition(
            $"""
            select data from {schema.Name}.mt_events
            where stream_id = @stream and seq_id <= @Position and type = 'trend_computed' and (data->>'position')::bigint <= @reviewed order by version desc limit 1
            """,
            new { stream = keys.Stream("fact", review.Programme, "trend", review.TeamId), Position, reviewed = review.Position }, cancellationToken: stopping));
        return data is null ? null : FactsTable.Read<TrendComputed>(data);
    }

    /// <summary>How many records of a kind were here once and have been erased since: where there are any, a file made before had more rows.</summary>
    public async Task<long> CountErased(CancellationToken stopping)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select count(distinct stream_id) from {schema.Name}.mt_events
            where seq_id <= @position and type = any (@types) and data->>'caseId' = '' and (data->>'programme', data->>'teamId') in (select * from unnest(@windowProgrammes, @windowTeams))
            """, connection, snapshot) { CommandTimeout = 0 };
        Window(command);
        command.Parameters.AddWithValue("position", Position);
        command.Parameters.AddWithValue("types", EventTypes["tam_interview"].Concat(EventTypes["tam_opportunity"]).ToArray());
        return (long)(await command.ExecuteScalarAsync(stopping))!;
    }

    async Task FindTeams(CancellationToken stopping)
    {
        var teams = new Dictionary<(string, string), TeamChanged>();
        await using var command = new NpgsqlCommand($"select fact.data {From(["team"])} order by fact.programme collate \"C\", fact.team_id collate \"C\"", connection, snapshot);
        Fill(command, ["team"]);
        await using var reader = await command.ExecuteReaderAsync(stopping);
        while (await reader.ReadAsync(stopping))
        {
            var team = FactsTable.Read<TeamChanged>(reader.GetString(0));
            if (reach.Touches(team.Programme, team.TeamId) && (Request.Programme is null || Request.Programme == team.Programme) && (Request.Team is null || Request.Team == team.TeamId))
                teams[(team.Programme, team.TeamId)] = team;
        }

        Teams = teams;
    }

    async IAsyncEnumerable<(string Programme, string Team, string Kind, string Data)> Read(
        IReadOnlyList<string> kinds, string order, RecordSource? source, [EnumeratorCancellation] CancellationToken stopping)
    {
        await using var command = Command(
            $"""
            select fact.programme, fact.team_id, fact.kind, fact.data {From(kinds)} where {Where(source)}
            order by fact.programme collate "C", fact.team_id collate "C", {order}
            """, kinds);
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, stopping);
        while (await reader.ReadAsync(stopping))
            yield return (reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3));
    }

    /// <summary>The newest of each fact, as of the position; nothing of who has been erased.</summary>
    string From(IReadOnlyList<string> kinds) => isNewest
        ? $"from (select programme, team_id, kind, key, data from {schema.Name}.facts where kind = any (@kinds)) fact"
        : $"""
          from (
              select event.data->>'programme' as programme, event.data->>'teamId' as team_id, kinds.kind, {KeyOf} as key, event.data
              from (select max(seq_id) as seq_id from {schema.Name}.mt_events where seq_id <= @position and type = any (@types) group by stream_id) newest
              join {schema.Name}.mt_events event using (seq_id) join unnest(@types, @typeKinds) as kinds (type, kind) on kinds.type = event.type
              where event.data->>'caseId' is distinct from '') fact
          """;

    /// <summary>The key of a fact among those of its kind, as its subject has it.</summary>
    const string KeyOf =
        """
        case kinds.kind when 'review' then concat(event.data->>'teamId', '/', event.data->>'period') when 'sign_off' then concat(event.data->>'teamId', '/', event.data->>'period')
            when 'tam_interview' then event.data->'interview'->>'interviewId' when 'tam_opportunity' then concat(event.data->>'caseId', '/', event.data->'opportunity'->>'due')
            else event.data->>'teamId' end
        """;

    /// <param name="source">Null for figures of teams, which speak of no therapist and of no day.</param>
    string Where(RecordSource? source) =>
        $"""
        {Reach.Sql("fact.programme", "fact.team_id", source?.Therapist.Replace("{schema}", schema.Name, StringComparison.Ordinal) ?? "null")} and {source?.Condition ?? "true"}
        and exists (
            select from unnest(@windowProgrammes, @windowTeams, @windowFrom, @windowTo) as asked (programme, team, first, last)
            where asked.programme = fact.programme and asked.team = fact.team_id {(source is null ? "" : $"and {source.Day} between asked.first and asked.last")})
        """;

    NpgsqlCommand Command(string sql, IReadOnlyList<string> kinds)
    {
        // Rows come for as long as somebody writes them.
        var command = new NpgsqlCommand(sql, connection, snapshot) { CommandTimeout = 0 };
        Fill(command, kinds);
        Window(command);
        command.Parameters.AddWithValue("Programmes", reach.Programmes);
        command.Parameters.AddWithValue("Teams", reach.Teams);
        command.Parameters.AddWithValue("Therapists", reach.Therapists);
        command.Parameters.AddWithValue("today", today);
        return command;
    }

    void Fill(NpgsqlCommand command, IReadOnlyList<string> kinds)
    {
        if (isNewest)
        {
            command.Parameters.AddWithValue("kinds", kinds.ToArray());
            return;
        }

        var types = kinds.SelectMany(kind => EventTypes[kind].Select(type => (Type: type, Kind: kind))).ToList();
        command.Parameters.AddWithValue("position", Position);
        command.Parameters.AddWithValue("types", types.Select(known => known.Type).ToArray());
        command.Parameters.AddWithValue("typeKinds", types.Select(known => known.Kind).ToArray());
    }

    /// <summary>The teams that are asked for, each with the days that are.</summary>
    void Window(NpgsqlCommand command)
    {
        var days = Teams.Values.Select(team => Request.Period is { } name && Period.TryParse(name, team.PirStartMonth, out var period)
            ? (From: Dates.Machine(period.From), To: Dates.Machine(period.To)) : (From: "0001-01-01", To: "9999-12-31")).ToList();
        command.Parameters.AddWithValue("windowProgrammes", Teams.Keys.Select(team => team.Programme).ToArray());
        command.Parameters.AddWithValue("windowTeams", Teams.Keys.Select(team => team.Team).ToArray());
        command.Parameters.AddWithValue("windowFrom", days.Select(window => window.From).ToArray());
        command.Parameters.AddWithValue("windowTo", days.Select(window => window.To).ToArray());
    }
}
