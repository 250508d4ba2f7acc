using System.Globalization;
using System.Security.Cryptography;
using Fidelity.ServiceDefaults;

namespace Fidelity.Portal.Reminding;

/// <summary>
/// The codes in the links of a mail. Each is the choice that it is about and a keyed hash of it, so that nobody makes one without the
/// installation's secret and none has to be kept; one that confirms does not stop.
/// </summary>
sealed class ReminderCodes(InstallationKeys keys)
{
    const int Half = 32;

    public string ToConfirm(Guid id) => Code("confirm", id);

    public string ToStop(Guid id) => Code("stop", id);

    /// <summary>Null when it is no such code.</summary>
    public Guid? Confirmed(string? code) => Read("confirm", code);

    /// <inheritdoc cref="Confirmed"/>
    public Guid? Stopped(string? code) => Read("stop", code);

    string Code(string use, Guid id) => $"{id:n}{keys.Id("reminder link", use, id.ToString("n", CultureInfo.InvariantCulture)):n}";

    Guid? Read(string use, string? code) =>
        code is { Length: 2 * Half } && Guid.TryParseExact(code[..Half], "n", out var id)
        && CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(Code(use, id)), System.Text.Encoding.UTF8.GetBytes(code)) ? id : null;
}
