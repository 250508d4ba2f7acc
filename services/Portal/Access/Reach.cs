namespace Fidelity.Portal.Access;

/// <summary>
/// What is open to whoever asks, for one purpose. Only <see cref="Policy"/> makes one, and whatever reads of teams and families takes
/// one: what lies outside is not found, by the same query that finds nothing where nothing is.
/// </summary>
public sealed class Reach
{
    internal Reach(Purpose purpose, IReadOnlyList<Scope> scopes) => (Purpose, Scopes) = (purpose, scopes);

    public Purpose Purpose { get; }

    public IReadOnlyList<Scope> Scopes { get; }

    /// <summary>The three as parameters of a statement that has <see cref="Sql"/> in it.</summary>
    public string?[] Programmes => [.. Scopes.Select(scope => scope.Programme)];

    public string?[] Teams => [.. Scopes.Select(scope => scope.TeamId)];

    public string?[] Therapists => [.. Scopes.Select(scope => scope.OnlyOf)];

    /// <summary>Whether something of a whole programme is open; without a programme, of the installation.</summary>
    public bool CoversAllOf(string? programme) => Covers(programme, null, null);

    /// <summary>Whether anything of a team is open, be it some cases only.</summary>
    public bool Touches(string programme, string team) =>
        Scopes.Any(scope => (scope with { OnlyOf = null }).Covers(programme, team, null));

    public bool Covers(string? programme, string? team, string? therapist) => Scopes.Any(scope => scope.Covers(programme, team, therapist));

    /// <summary>
    /// The condition under which a row is open. The parameters are <c>@Programmes</c>, <c>@Teams</c> and <c>@Therapists</c>.
    /// </summary>
    /// <param name="programme">The row's programme, as an expression.</param>
    /// <param name="team">Its team.</param>
    /// <param name="therapist">The therapist it speaks of; of what speaks of none, nothing is open to who may see own cases only.</param>
    public static string Sql(string programme, string team, string therapist = "null") =>
        $"""
        exists (select from unnest(@Programmes::text[], @Teams::text[], @Therapists::text[]) as open (programme, team, therapist)
            where (open.programme is null or open.programme = {programme}) and (open.team is null or open.team = {team})
                and (open.therapist is null or open.therapist = {therapist}))
        """;

    /// <summary>The therapist of a case on a day, as an expression over the case's fact (measurement.md §2).</summary>
    public static string TherapistOn(string day, string family) =>
        $"""
        coalesce(
            (select later->>'therapist' from jsonb_array_elements({family}->'reassignments') later
            where later->>'from' <= {day} order by later->>'from' desc, later->>'therapist' collate "C" desc limit 1),
            {family}->>'therapistId')
        """;
}
