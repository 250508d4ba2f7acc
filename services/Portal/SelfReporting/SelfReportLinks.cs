namespace Fidelity.Portal.SelfReporting;

static class SelfReportLinks
{
    /// <summary>Where a caregiver answers. The code is no part of the path: paths go into telemetry.</summary>
    public const string Answer = "/answer";

    /// <summary>Where the form's script has answers kept.</summary>
    public const string Saved = $"{Answer}/saved";

    /// <summary>The form that a code opens, in the language of its items.</summary>
    public static string To(string code, string language) => $"{Answer}?code={code}&language={language}";

    /// <summary>Where an interviewer gives a family its code.</summary>
    /// <param name="key">What <see cref="LoggingAccess.CaseKeys"/> gives for the family.</param>
    public static string ToGiving(string programme, string key) => $"/calls/{Uri.EscapeDataString(programme)}/{key}/self-report";
}
