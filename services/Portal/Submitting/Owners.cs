using Fidelity.Contracts;
using Fidelity.Contracts.Pir;
using Fidelity.Contracts.Roster;
using Fidelity.Contracts.Surveys;
using MassTransit;

namespace Fidelity.Portal.Submitting;

/// <summary>The services that own what is submitted.</summary>
sealed class Owners(IBus bus)
{
    /// <summary>Where owners answer.</summary>
    public static readonly Uri Answers = new("exchange:portal-answers");

    /// <summary>Sends a command to its owner, which answers to the portal's queue.</summary>
    public async Task Send(Command command, Guid? messageId, CancellationToken stopping)
    {
        var owner = await bus.GetSendEndpoint(new Uri($"exchange:{Owner(command)}"));
        await owner.Send(command, command.GetType(), context =>
        {
            context.MessageId = messageId ?? context.MessageId;
            context.ResponseAddress = Answers;
        }, stopping);
    }

    static string Owner(Command command) => command switch
    {
        RegisterTeam or RegisterPost or RegisterCase
            or ReassignCase or RecordFollowUp => "roster",
        RecordSurvey or CorrectSurvey or WithdrawSurvey => "surveys",
        SignReview or WithdrawSignature or ChangeBaseline or WithdrawBaseline or BeginThread or ContinueThread => "pir",
        _ => "tam",
    };
}
