using Fidelity.Portal.Access;
using Fidelity.Portal.Tests.Describing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.StaticAssets;

namespace Fidelity.Portal.Tests.Access;

/// <summary>A route without a policy does not start.</summary>
public sealed class RequiringTests(LonePortal portal) : IClassFixture<LonePortal>
{
    [Fact]
    public async Task A_route_that_says_nothing_keeps_the_portal_from_starting()
    {
        await using var bare = new LonePortal(app => app.MapGet("/bare", () => "everything"));
        var failure = await Should.ThrowAsync<InvalidOperationException>(async () => await bare.InitializeAsync());
        failure.Message.ShouldContain("/bare");
    }

    [Fact]
    public async Task A_route_with_a_purpose_and_one_that_is_open_start()
    {
        await using var said = new LonePortal(app =>
        {
            app.MapGet("/for", () => "something").For(Purpose.Operate);
            app.MapGet("/open", () => "little").AllowAnonymous();
        });
        await said.InitializeAsync();
        (await said.Client.GetStringAsync("/open", TestContext.Current.CancellationToken)).ShouldBe("little");
    }

    /// <summary>These are open to all; whoever adds one says so here.</summary>
    [Fact]
    public void Nothing_is_open_to_all_but_what_has_to_be()
    {
        var open = portal.Routes
            .Where(route => route.Metadata.GetMetadata<IAllowAnonymous>() is not null && route.Metadata.GetMetadata<StaticAssetDescriptor>() is null)
            .Select(route => route.RoutePattern.RawText!.TrimStart('/')).Distinct().Order(StringComparer.Ordinal);
        open.ShouldBe([
            "accessibility", "answer", "answer/saved", "error", "invitation", "language/{name}", "not-found", "openapi/{documentName}.json", "passkeys/request-options",
            "reminders/confirm", "reminders/one-click", "reminders/stop", "sign-in", "sign-in/organisation", "sign-out",
        ]);
    }
}
