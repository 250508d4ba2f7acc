using System.Net;
using System.Net.Sockets;
using Fidelity.Contracts.Submitting;
using Fidelity.Validation;

namespace Fidelity.Portal.Notifying;

/// <summary>
/// Where the portal may be made to send to: by https to what is on the public internet, and to nothing of the network that it stands in,
/// where an address is no stranger (SSRF). Hosts of one's own are let in by name, from outside; to those http will do.
/// </summary>
sealed class WebhookAddress(IConfiguration configuration)
{
    public const int Longest = 500;

    /// <summary>Networks that are nobody's on the public internet (RFC 6890 and its registries), or carry an IPv4 address inside.</summary>
    static readonly IReadOnlyList<IPNetwork> Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    static readonly IPNetwork Global = IPNetwork.Parse("2000::/3");

    readonly HashSet<string> inside = (configuration["FIDELITY_WEBHOOK_INTERNAL"] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong with an address that somebody gives; null when nothing is.</summary>
    public Cause? Fault(string? given) =>
        string.IsNullOrWhiteSpace(given) ? new(ErrorCodes.MissingValue, "url", "Give the address that is to be told.")
        : given.Length > Longest ? new(ErrorCodes.TooLarge, "url", $"The address is longer than {Longest} characters.")
        : PersonalIdentityNumber.IsIn(given) ? new(ErrorCodes.PersonalIdentityNumber, "url", "The address holds something shaped like a personal identity number.")
        : !Uri.TryCreate(given, UriKind.Absolute, out var url) || url.Host.Length == 0 || url.UserInfo.Length > 0 || url.Fragment.Length > 0 || given.Any(char.IsControl)
            ? new(ErrorCodes.BadId, "url", "Give a whole address, such as https://follow.example.org/fidelity, without a user name and without a fragment.")
        : url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && IsInside(url.IdnHost))
            ? new(ErrorCodes.UnknownCode, "url", "Give an https address: what is sent is for that receiver alone.")
        : IPAddress.TryParse(url.IdnHost, out var number) && !IsInside(url.IdnHost) && !IsPublic(number)
            ? new(ErrorCodes.UnknownReference, "url", "This address is in a network of its own. Whoever operates the installation can let it in (FIDELITY_WEBHOOK_INTERNAL).")
        : null;

    /// <summary>
    /// Connects to a host, at the very address that was looked at: what its name stands for may be another in the next moment.
    /// </summary>
    public async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken stopping)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = await Dns.GetHostAddressesAsync(host, stopping);
        var open = IsInside(host) ? addresses : [.. addresses.Where(IsPublic)];
        if (open is [])
            throw new NotAllowedException();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, context.DnsEndPoint.Port, stopping);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal static bool IsPublic(IPAddress address) => address.IsIPv4MappedToIPv6
        ? IsPublic(address.MapToIPv4())
        : !Special.Any(network => network.Contains(address)) && (address.AddressFamily == AddressFamily.InterNetwork || Global.Contains(address));

    bool IsInside(string host) => inside.Contains(host.Trim('[', ']'));
}

/// <summary>The name of a host stands for nothing but what is not to be reached.</summary>
sealed class NotAllowedException() : IOException("The host has no address that may be reached.");
