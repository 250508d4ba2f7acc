using Fidelity.Contracts.Tam;
using Fidelity.Measurement;
using Fidelity.Portal.Calling;
using Fidelity.Portal.Importing;
using Microsoft.Extensions.Localization;

namespace Fidelity.Portal.Interviewing;

/// <summary>The form of a TAM interview: what it asks beside the items, and what is known before it begins.</summary>
static class InterviewForm
{
    public static readonly ImportKind Kind = ImportKind.Find("tam.csv")!;

    /// <summary>What an interviewer fills in beside the answers, by column.</summary>
    public static readonly IReadOnlyList<string> Columns = ["date", "mode", "language", "interpreter"];

    /// <summary>Languages that families in Sweden speak; the last stands for any other (ISO 639-2).</summary>
    public static readonly IReadOnlyList<string> Languages =
    [
        "sv", "en", "ar", "bs", "ckb", "es", "fa", "fi", "kmr", "pl", "prs", "ro", "ru", "so", "sq", "swl", "th", "ti", "tr", "uk", "vi", "zh", "mis",
    ];

    /// <summary>How an interview that somebody holds can be held.</summary>
    public static readonly IReadOnlyList<InterviewMode> Modes = [InterviewMode.Phone, InterviewMode.InPerson];

    /// <summary>What is said after a correction or withdrawal: the text <c>interview.done.NAME</c>.</summary>
    public static readonly IReadOnlyList<string> Done = ["corrected", "withdrawn", "kept", "passed"];

    public static InstrumentDefinition Definition(string profile) => Profiles.Find(profile)!.Tam;

    /// <summary>What is filled in when an interview begins.</summary>
    public static IReadOnlyDictionary<string, string> Begin(Call call, DateOnly today) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["date"] = Figures.Dates.Machine(today), ["mode"] = Codes.Of(InterviewMode.Phone), ["language"] = call.Note.Language ?? "sv",
        ["interpreter"] = call.Note.Interpreter ? "yes" : "no",
    };

    /// <summary>An answer in words.</summary>
    public static string Said(Answer answer, IStringLocalizer text) =>
        answer == Answer.NotApplicable ? text["form.not_applicable"] : answer == Answer.Blank ? text["form.blank"] : answer.ToString();
}

static class InterviewLinks
{
    public static string To(Guid draft) => $"/interviews/{draft}";
}
