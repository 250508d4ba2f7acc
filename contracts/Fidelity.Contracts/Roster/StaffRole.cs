using System.Text.Json.Serialization;

namespace Fidelity.Contracts.Roster;

/// <summary>What a person does on a team; a person may hold several posts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StaffRole>))]
public enum StaffRole
{
    /// <summary>Treats families; rates supervisor and consultant.</summary>
    [JsonStringEnumMemberName("therapist")] Therapist,

    /// <summary>Leads the team; rates the consultant and is rated by the therapists.</summary>
    [JsonStringEnumMemberName("supervisor")] Supervisor,

    /// <summary>The MST expert who consults to the team; is rated by it.</summary>
    [JsonStringEnumMemberName("consultant")] Consultant,

    /// <summary>Case worker of an MST-CAN team.</summary>
    [JsonStringEnumMemberName("caseworker")] Caseworker,

    /// <summary>Calls caregivers for the TAM.</summary>
    [JsonStringEnumMemberName("interviewer")] Interviewer,
}
