using System.Globalization;
using Fidelity.Measurement;
using Fidelity.Portal.Access;
using Fidelity.Portal.Inviting;
using Fidelity.Portal.IssuingTokens;
using Fidelity.Portal.LoggingAccess;
using Fidelity.ServiceDefaults;

namespace Fidelity.Portal.Granting;

/// <summary>What whoever operates the installation does about access from a shell (deploy/access.sh); the first administrator comes from here.</summary>
sealed class AccessCommands(Invitations invitations, GrantWriter grants, Tokens tokens, AccessLog accessLog, BusinessCalendar calendar)
{
    public const string Argument = "--access";

    const string Operator = "the operator";
    const int WrongUse = 2;
    const int UsualDays = 365;

    public static async Task<int> Run(IServiceProvider services, string[] command)
    {
        // Of the whole portal, only what saves grants is needed.
        var writer = services.GetRequiredService<EventWriter>();
        await writer.StartAsync(CancellationToken.None);
        try
        {
            return await ActivatorUtilities.CreateInstance<AccessCommands>(services).Run(command, CancellationToken.None);
        }
        finally
        {
            await writer.StopAsync(CancellationToken.None);
        }
    }

    Task<int> Run(string[] command, CancellationToken stopping) => command switch
    {
        ["invite", var role, .. var options] when Options(options) is { } given && Codes.TryParse<Role>(role, out var granted) => Invite(granted, given, stopping),
        ["make-token", var name, .. var options] when Options(options) is { } given => MakeToken(name, given, stopping),
        ["list-tokens"] => ListTokens(stopping),
        ["revoke-token", var id] when Guid.TryParse(id, out var token) => RevokeToken(token, stopping),
        ["check-log", .. var options] when Options(options) is { } given => CheckLog(given.GetValueOrDefault("expect"), stopping),
        _ => Task.FromResult(WrongUse),
    };

    async Task<int> Invite(Role role, IReadOnlyDictionary<string, string> given, CancellationToken stopping)
    {
        var programme = given.GetValueOrDefault("programme");
        var asked = new GrantGiven(
            Guid.CreateVersion7(), role, programme, given.GetValueOrDefault("team"), given.GetValueOrDefault("basis", ""), calendar.Today,
            calendar.Today.AddDays(Days(given)), Operator);
        // Nobody gets an account whose grant is not in order.
        var (_, _, faults) = AccountGrants.Give(null, asked, programme, Policy.Installation);
        if (faults.Count > 0)
            return Fail(faults[0].Field, faults[0].Code);
        var (account, fault) = await invitations.Open(given.GetValueOrDefault("for", Codes.Of(role)), programme, null, Policy.Installation, stopping);
        if (account is null)
            return Fail(fault!.Field, fault.Code);
        if (await grants.Give(account, asked, Policy.Installation, stopping) is [var refused, ..])
            return Fail(refused.Field, refused.Code);
        await Console.Out.WriteLineAsync(given.GetValueOrDefault("url", "") + await invitations.Link(account.Id, stopping));
        return 0;
    }

    async Task<int> MakeToken(string name, IReadOnlyDictionary<string, string> given, CancellationToken stopping)
    {
        var purposes = given.GetValueOrDefault("purposes", "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var (token, fault) = await tokens.Make(
            new(name, purposes, given.GetValueOrDefault("programme"), Days(given)), Policy.Installation, Operator, stopping);
        if (token is null)
            return Fail("token", fault!);
        await Console.Out.WriteLineAsync(token);
        return 0;
    }

    async Task<int> ListTokens(CancellationToken stopping)
    {
        foreach (var token in await tokens.Of(Policy.Installation, stopping))
            await Console.Out.WriteLineAsync(
                $"{token.Id}  {token.Name}  {token.Purposes}  {token.Programme ?? "every programme"}  until {token.Until:yyyy-MM-dd}{(token.Revoked ? "  revoked" : "")}");
        return 0;
    }

    async Task<int> RevokeToken(Guid id, CancellationToken stopping) =>
        await tokens.Revoke(id, Policy.Installation, stopping) ? 0 : Fail("token", "there is no such token, or it was revoked before");

    async Task<int> CheckLog(string? expected, CancellationToken stopping)
    {
        var (chain, fault) = await accessLog.Check(stopping);
        if (fault is not null)
            return Fail("the access log is broken", fault);
        if (expected is not null && !await accessLog.Has(expected, stopping))
            return Fail("the access log is broken", "no entry has the hash that was kept: what was there then was cut off, or removed for its age");
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{chain.Count} entries, unbroken; the last has the hash {chain.LastHash}"));
        return 0;
    }

    static int Days(IReadOnlyDictionary<string, string> given) =>
        int.TryParse(given.GetValueOrDefault("days"), CultureInfo.InvariantCulture, out var days) ? days : UsualDays;

    static int Fail(string field, string fault)
    {
        Console.Error.WriteLine($"error: {field}: {fault.Replace('_', ' ')}");
        return 1;
    }

    /// <summary>Pairs of <c>--name value</c>; null when they are none.</summary>
    static Dictionary<string, string>? Options(string[] options) =>
        options.Length % 2 == 0 && options.Chunk(2).All(pair => pair[0].StartsWith("--", StringComparison.Ordinal))
            ? options.Chunk(2).ToDictionary(pair => pair[0][2..], pair => pair[1], StringComparer.Ordinal)
            : null;
}
