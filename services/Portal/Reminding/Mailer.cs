using System.Globalization;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Fidelity.Portal.Reminding;

/// <summary>What came of sending a mail.</summary>
enum Sending
{
    /// <summary>The server has it.</summary>
    Accepted,

    /// <summary>The server said no to this mail.</summary>
    Refused,

    /// <summary>The server was not reached, or let nobody in: it has nothing.</summary>
    Unreachable,

    /// <summary>The server had been given it and did not say whether it took it.</summary>
    Unanswered,
}

/// <summary>
/// Hands mail to the SMTP server that is set from outside (<c>FIDELITY_SMTP_…</c>); without one there is no mail. What the server says is not
/// logged, since it repeats the address.
/// </summary>
sealed class Mailer
{
    const int UsualPort = 587;
    const string Prefix = "FIDELITY_SMTP_";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    readonly string host = "";
    readonly int port;
    readonly SecureSocketOptions security;
    readonly string? user;
    readonly string password = "";
    readonly ILogger<Mailer> log;

    /// <exception cref="InvalidOperationException">A server is set, and what it needs is not, or not so that it can be used.</exception>
    public Mailer(IConfiguration configuration, ILogger<Mailer> log)
    {
        this.log = log;
        if (configuration[Prefix + "HOST"] is not { Length: > 0 } given)
            return;
        (host, IsOn) = (given, true);
        port = configuration[Prefix + "PORT"] is not { Length: > 0 } number ? UsualPort
            : int.TryParse(number, CultureInfo.InvariantCulture, out var read) && read is > 0 and <= ushort.MaxValue ? read
            : throw new InvalidOperationException($"{Prefix}PORT is '{number}'; give a number from 1 to 65535.");
        security = (configuration[Prefix + "TLS"] ?? "starttls") switch
        {
            "starttls" or "" => SecureSocketOptions.StartTls,
            "tls" => SecureSocketOptions.SslOnConnect,
            "none" => SecureSocketOptions.None,
            var other => throw new InvalidOperationException($"{Prefix}TLS is '{other}'; write starttls, tls or none."),
        };
        From = MailboxAddress.TryParse(Required(Prefix + "FROM"), out var from) ? from
            : throw new InvalidOperationException($"{Prefix}FROM is no address; write one, such as fidelity@example.org.");
        Links = Uri.TryCreate(Required("FIDELITY_PUBLIC_URL"), UriKind.Absolute, out var links) && links.Scheme is "https" or "http" ? links
            : throw new InvalidOperationException("FIDELITY_PUBLIC_URL is no address; write where people reach the portal, such as https://fidelity.example.org/.");
        user = configuration[Prefix + "USER"] is { Length: > 0 } name ? name : null;
        if (user is null)
            return;
        if (security == SecureSocketOptions.None)
            throw new InvalidOperationException($"{Prefix}USER needs TLS: a password is not sent for anybody to read. Set {Prefix}TLS to starttls or tls.");
        password = File.ReadAllText(Required(Prefix + "PASSWORD_FILE")).Trim();

        string Required(string setting) => configuration[setting] is { Length: > 0 } value ? value
            : throw new InvalidOperationException($"{setting} must be set where {Prefix}HOST is.");
    }

    public bool IsOn { get; }

    public MailboxAddress From { get; } = new("", "");

    /// <summary>Where people reach the portal.</summary>
    public Uri Links { get; } = new("http://localhost/");

    public async Task<Sending> Send(MimeMessage message, CancellationToken stopping)
    {
        using var server = new SmtpClient { Timeout = (int)Patience.TotalMilliseconds };
        try
        {
            await server.ConnectAsync(host, port, security, stopping);
            if (user is not null)
                await server.AuthenticateAsync(user, password, stopping);
        }
        catch (Exception failure) when (Fails(failure, stopping))
        {
            log.LogWarning("The mail server was not reached ({Cause}); what was to be sent is tried again", failure.GetType().Name);
            return Sending.Unreachable;
        }

        try
        {
            await server.SendAsync(message, stopping);
        }
        catch (SmtpCommandException refusal)
        {
            log.LogWarning("The mail server refused a mail ({Cause}, {Status}); it is tried again", refusal.ErrorCode, (int)refusal.StatusCode);
            return Sending.Refused;
        }
        catch (Exception failure) when (Fails(failure, stopping))
        {
            log.LogWarning("The mail server did not say whether it took a mail ({Cause}); it is not sent again", failure.GetType().Name);
            return Sending.Unanswered;
        }

        await Leave(server, stopping);
        return Sending.Accepted;
    }

    /// <summary>It has the mail: whatever goes wrong now changes nothing.</summary>
    static async Task Leave(SmtpClient server, CancellationToken stopping)
    {
        try
        {
            await server.DisconnectAsync(quit: true, stopping);
        }
        catch (Exception failure) when (Fails(failure, stopping))
        {
            return;
        }
    }

    static bool Fails(Exception failure, CancellationToken stopping) =>
        failure is SocketException or IOException or CommandException or ProtocolException or AuthenticationException or SslHandshakeException
            or ServiceNotConnectedException or ServiceNotAuthenticatedException or TimeoutException or NotSupportedException
        || (failure is OperationCanceledException && !stopping.IsCancellationRequested);
}
