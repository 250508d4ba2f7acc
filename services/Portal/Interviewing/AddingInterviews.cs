using Fidelity.Portal.Answering;
using Fidelity.Portal.Calling;
using Fidelity.Portal.LoadingTexts;

namespace Fidelity.Portal.Interviewing;

static class AddingInterviews
{
    public static void AddInterviewing(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(CallListReader.Index);
        builder.Services.AddSingleton<CallListReader>();
        builder.Services.AddSingleton<CallNotes>();
        builder.Services.AddSingleton<RecordAttempt>();
        builder.Services.AddSingleton<Drafts>();
        builder.Services.AddSingleton<HoldInterview>();
        builder.Services.AddSingleton<KeptInterviews>();
        builder.Services.AddSingleton<ItemTexts>();
    }
}
