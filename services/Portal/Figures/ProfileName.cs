namespace Fidelity.Portal.Figures;

static class ProfileName
{
    /// <summary><c>MST-CAN</c> of <c>mst-can@1</c>.</summary>
    public static string Of(string profile) => profile.Split('@')[0].ToUpperInvariant();
}
