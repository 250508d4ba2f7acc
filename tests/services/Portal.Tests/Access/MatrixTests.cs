using Fidelity.Portal.Tests.Describing;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;

namespace Fidelity.Portal.Tests.Access;

/// <summary>The access matrix has every route that the portal has, and no other.</summary>
public sealed class MatrixTests(LonePortal portal) : IClassFixture<LonePortal>
{
    [Fact]
    public void Every_route_has_a_row()
    {
        // Closed by the fallback policy (Access/Requiring.cs).
        string[] unused = ["/_framework/opaque-redirect", "/{**path:file}"];
        var routes = portal.Routes.Where(route => route.Metadata.GetMetadata<StaticAssetDescriptor>() is null)
            // A page takes its forms at its own address, under the same policy.
            .Select(route => $"{route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Order(StringComparer.Ordinal).First() ?? "GET"} /{route.RoutePattern.RawText!.TrimStart('/')}")
            .Where(route => !unused.Any(route.EndsWith)).Distinct().ToList();
        routes.Count.ShouldBeGreaterThan(30);
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "access-matrix.txt"))
            .Where(line => line.StartsWith("GET ", StringComparison.Ordinal) || line.StartsWith("POST ", StringComparison.Ordinal))
            .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(2)))
            .ShouldBe(routes, ignoreOrder: true);
    }
}
