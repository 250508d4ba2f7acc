using System.Reflection;
using Fidelity.Portal.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fidelity.Portal.Tests.Layout;

/// <summary>A page is shown with all that it reads or with nothing.</summary>
public sealed class ReadingComponentTests
{
    /// <summary>Reads two things: the first comes at once, the second makes it wait.</summary>
    sealed class TwoThings : ReadingComponent
    {
        readonly List<string> first = [];
        readonly Dictionary<string, string> second = [];

        protected override async Task Read()
        {
            first.Add("name");
            await Task.Delay(1);
            second.Add("name", "value");
        }

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            foreach (var name in first)
                builder.AddContent(0, second[name]);
        }
    }

    [Fact]
    public async Task Nothing_is_shown_of_what_is_half_read()
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        (await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<TwoThings>()).ToHtmlString())).ShouldBe("value");
    }

    [Fact]
    public void Whatever_reads_before_it_is_shown_is_such_a_component()
    {
        var readers = typeof(ReadingComponent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ComponentBase)) && Declares(type)).ToList();
        // The frame of every page shows itself as soon as it can, and more of itself once it knows who reads it.
        readers.Select(type => type.Name).ShouldBe(["Frame", nameof(ReadingComponent)], ignoreOrder: true);

        static bool Declares(Type type) => type.GetMethods(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Any(method => method.Name is "OnInitializedAsync" or "OnParametersSetAsync");
    }
}
