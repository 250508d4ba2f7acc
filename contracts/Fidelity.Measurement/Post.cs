using System.Text.Json.Serialization;

namespace Fidelity.Measurement;

/// <summary>What a person does on a team.</summary>
[JsonConverter(typeof(CodeJsonConverter<StaffRole>))]
public enum StaffRole
{
    /// <summary>Treats families; rates supervisor and consultant.</summary>
    Therapist,

    /// <summary>Leads the team; rates the consultant.</summary>
    Supervisor,

    /// <summary>Consults by telephone every week.</summary>
    Consultant,

    /// <summary>Case worker of an MST-CAN team.</summary>
    Caseworker,

    /// <summary>Interviews caregivers.</summary>
    Interviewer,
}

/// <summary>One person's time in one role on one team, both days inclusive; open while <paramref name="To"/> is null.</summary>
public sealed record Post(string Staff, StaffRole Role, DateOnly From, DateOnly? To)
{
    /// <summary>True on every day in post.</summary>
    public bool Covers(DateOnly date) => From <= date && !(date > To);
}
