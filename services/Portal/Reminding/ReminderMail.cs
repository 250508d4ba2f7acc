using System.Globalization;
using Fidelity.Measurement;
using Fidelity.Portal.Figures;
using Fidelity.Portal.Languages;
using Microsoft.Extensions.Localization;
using MimeKit;
using MimeKit.Utils;

namespace Fidelity.Portal.Reminding;

/// <summary>
/// Writes the mails, in the language of whoever gets them. A mail passes through hands that we do not know: it says how many interviews
/// and surveys wait and until when, never of which family, of which colleague, or with what score.
/// </summary>
sealed class ReminderMail(IStringLocalizer<Texts> text, Mailer mailer, ReminderCodes codes, TimeProvider clock)
{
    public const string Confirm = "/reminders/confirm";
    public const string Stop = "/reminders/stop";

    /// <summary>Where a mail program stops for its user (RFC 8058).</summary>
    public const string OneClick = "/reminders/one-click";

    public MimeMessage Question(string address, string language, string code) => ChoosingLanguage.In(language, () => Mail(
        address, "reminder.question.subject",
        [text["reminder.question"], Link(Confirm, code), text["reminder.question.not_you"]]));

    public MimeMessage Reminder(Subscriber to, IReadOnlyList<Reminder> reminders) => ChoosingLanguage.In(to.Language, () =>
    {
        var code = codes.ToStop(to.Id);
        var mail = Mail(
            to.Address, "reminder.subject",
            [
                text["reminder.greeting"],
                .. reminders.GroupBy(reminder => (Interview: reminder.Duty.Instrument == Instrument.Tam, reminder.Step)).OrderBy(some => some.Key)
                    .Select(some => string.Create(CultureInfo.CurrentCulture,
                        $"{text[$"reminder.{(some.Key.Interview ? "interviews" : "surveys")}.{Codes.Of(some.Key.Step)}", some.Count(), Dates.Day(some.Min(reminder => reminder.Duty.Opportunity.Last))]}\n{Link(some.Key.Interview ? "/calls" : "/surveys")}")),
                text["reminder.stop"], Link(Stop, code),
            ]);
        mail.Headers.Add(HeaderId.ListUnsubscribe, $"<{Link(OneClick, code)}>");
        mail.Headers.Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        return mail;
    });

    MimeMessage Mail(string address, string subject, IReadOnlyList<string> paragraphs)
    {
        var mail = new MimeMessage
        {
            Subject = text[subject], Date = clock.GetUtcNow(), MessageId = MimeUtils.GenerateMessageId(mailer.From.Domain), Body = new TextPart("plain") { Text = string.Join("\n\n", paragraphs) + "\n" },
        };
        mail.From.Add(mailer.From);
        mail.To.Add(new MailboxAddress("", address));
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        mail.Body.Headers.Add(HeaderId.ContentLanguage, CultureInfo.CurrentUICulture.Name);
        return mail;
    }

    string Link(string page, string? code = null) => new Uri(mailer.Links, code is null ? page : $"{page}?code={code}").ToString();
}
