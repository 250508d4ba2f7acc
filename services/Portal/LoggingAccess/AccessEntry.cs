using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Fidelity.Portal.LoggingAccess;

/// <summary>One line of the access log: who did what, when, where and what for.</summary>
/// <param name="Number">Its place in the chain.</param>
/// <param name="At">When, in UTC, to the microsecond.</param>
/// <param name="Who">The sign-in name or the token's; empty for whoever had not signed in.</param>
/// <param name="What">A code of <see cref="Deed"/>.</param>
/// <param name="Purpose">A code of <see cref="Access.Purpose"/>; null where somebody comes or goes.</param>
/// <param name="Route">The method and the pattern of the address.</param>
/// <param name="Programme">The programme that the request spoke of; null when it spoke of none.</param>
/// <param name="TeamId">The unit.</param>
/// <param name="Subject">The account, submission, import or month's sample that the request named, or the key of the case that it was about (<see cref="CaseKeys"/>).</param>
/// <param name="Status">The status of the answer.</param>
/// <param name="Trace">Names the request in the service's telemetry.</param>
sealed record AccessEntry(
    long Number, DateTime At, string Who, string What, string? Purpose, string Route, string? Programme, string? TeamId, string? Subject, int Status, string? Trace)
{
    /// <summary>What stands before the first entry.</summary>
    public static byte[] Beginning => new byte[SHA256.HashSizeInBytes];

    /// <summary>SHA-256 over the hash before and all that the entry says. JSON keeps the values apart, whatever is in them.</summary>
    public byte[] Hash(byte[] previous) => SHA256.HashData(
    [
        .. previous,
        .. JsonSerializer.SerializeToUtf8Bytes<string?[]>(
        [
            Number.ToString(CultureInfo.InvariantCulture), At.ToString("O", CultureInfo.InvariantCulture), Who, What, Purpose, Route, Programme, TeamId, Subject,
            Status.ToString(CultureInfo.InvariantCulture), Trace,
        ]),
    ]);
}

/// <summary>What an entry tells of.</summary>
enum Deed
{
    /// <summary>Something of one unit or thing was looked at.</summary>
    Read,

    /// <summary>A list over units was asked for.</summary>
    Search,

    /// <summary>Accounts, grants, tokens or imports were acted on.</summary>
    Act,

    /// <summary>It was not open to whoever asked.</summary>
    Refusal,

    /// <summary>Somebody came in.</summary>
    SignIn,

    /// <summary>Somebody tried to come in, and did not.</summary>
    FailedSignIn,

    /// <summary>Somebody left.</summary>
    SignOut,
}
