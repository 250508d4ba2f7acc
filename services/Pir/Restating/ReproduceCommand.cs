using Fidelity.Contracts.Pir;

namespace Fidelity.Pir.Restating;

/// <summary>Computes a presented review again from the shell, and says whether it came out the same.</summary>
static class ReproduceCommand
{
    public const string Argument = "--reproduce";

    /// <summary>Programme, team and period. Answers how the process ends: 0 when the figures are what they were or stand as they were.</summary>
    public static async Task<int> Run(IServiceProvider services, string[] asked, TextWriter console)
    {
        if (asked is not [var programme, var team, var period])
        {
            await console.WriteLineAsync("Name programme, team and period.");
            return 2;
        }

        var examination = services.GetRequiredService<ReviewExamination>();
        var found = await examination.Presented(programme, team, period, CancellationToken.None) is { } presented
            ? await examination.Reproduce(presented, CancellationToken.None) : Reproduction.NotPresented;
        await console.WriteLineAsync(found switch
        {
            Reproduction.Identical => "Computed again from its position, and the same to the bit.",
            Reproduction.Frozen => "A case in it has been erased. The figures stand as they were presented, and cannot be computed again.",
            Reproduction.NotPresented => "This review is not presented.",
            _ => "Computed again from its position, and different. This is a fault of Fidelity; please report it.",
        });
        return found is Reproduction.Identical or Reproduction.Frozen ? 0 : 1;
    }
}
