namespace Fidelity.Contracts.Roster;

/// <summary>Registers a team, or fills in what was blank of a known one (formats.md §1, <c>teams.csv</c>).</summary>
/// <param name="TeamId">The team's pseudonym.</param>
/// <param name="Name">The name shown on pages, 1–200 characters.</param>
/// <param name="Profile">The programme profile, <c>mst@1</c> or <c>mst-can@1</c>.</param>
/// <param name="Opened">First day of the team.</param>
/// <param name="Closed">Last day of the team; null while it is open.</param>
/// <param name="PirStartMonth">The month, 1–12, on whose first day the first half-year of its PIR begins.</param>
public sealed record RegisterTeam(
    Guid SubmissionId, string Programme, string TeamId, string Name, string Profile, DateOnly Opened, DateOnly? Closed,
    int PirStartMonth) : Command(SubmissionId, Programme);
