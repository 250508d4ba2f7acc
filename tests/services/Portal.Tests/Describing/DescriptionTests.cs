namespace Fidelity.Portal.Tests.Describing;

public sealed class DescriptionTests(LonePortal portal) : IClassFixture<LonePortal>
{
    [Fact]
    public void Print() => File.WriteAllText("/tmp/api/doc.json", portal.Document.ToJsonString(new() { WriteIndented = true }));
}
