namespace Fidelity.Portal.SigningIn;

/// <summary>What somebody signs in with. What they may do is not here: that follows from posts and grants (Access/Policy.cs).</summary>
sealed class Account
{
    public required Guid Id { get; init; }

    /// <summary>Who it is for, in the words of whoever made it.</summary>
    public required string Holder { get; init; }

    /// <summary>The only programme that it may be given access to; null: any.</summary>
    public string? Programme { get; init; }

    /// <summary>The person in that programme's roster who it belongs to; null for who is not in the roster.</summary>
    public string? StaffId { get; init; }

    /// <summary>The sign-in name, chosen at the invitation; null until then.</summary>
    public string? Name { get; set; }

    /// <summary>What it is called to people: of who signs in elsewhere, the sign-in name says nothing.</summary>
    public string ShownName => PasswordHash is null ? Holder : Name!;

    public string? NormalizedName { get; set; }

    public string? PasswordHash { get; set; }

    /// <summary>Another one ends every session.</summary>
    public string SecurityStamp { get; set; } = "";

    public int FailedAttempts { get; set; }

    public DateTimeOffset? LockedUntil { get; set; }

    /// <summary>When the one-time link that was made last ceases to work; null when it was used.</summary>
    public DateTimeOffset? InvitedUntil { get; set; }

    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>Its password is public, so it is there in a demonstration only.</summary>
    public bool IsDemo { get; init; }
}
