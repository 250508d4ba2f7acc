using Fidelity.Portal.SamplingAccess;

namespace Fidelity.Portal.Tests.SamplingAccess;

/// <summary>What the lot falls on.</summary>
public sealed class LotTests
{
    [Fact]
    public void Rare_deeds_that_matter_are_always_drawn()
    {
        var population = new Dictionary<string, long[]>
        {
            ["read"] = Numbers(1, 5000), ["search"] = [5001], ["act"] = Numbers(5002, 3), ["refusal"] = Numbers(5005, 2), ["sign_in"] = Numbers(6000, 4000),
        };
        for (var again = 0; again < 50; again++)
        {
            var drawn = Lot.Draw(population, 20);
            drawn.Count.ShouldBe(20);
            drawn.ShouldBeUnique();
            drawn.ShouldBeInOrder();
            drawn.ShouldContain(5001);
            drawn.ShouldContain(5005);
            drawn.ShouldContain(5006);
            drawn.Count(number => number is >= 5002 and <= 5004).ShouldBeGreaterThanOrEqualTo(2);
            drawn.Count(number => number <= 5000).ShouldBeGreaterThanOrEqualTo(2);
            drawn.ShouldBeSubsetOf(population.Values.SelectMany(numbers => numbers));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(19)]
    [InlineData(20)]
    public void Of_few_all_are_drawn(int count) =>
        Lot.Draw(new Dictionary<string, long[]> { ["read"] = Numbers(1, count - 1), ["sign_in"] = [1000] }, 20).ShouldBe([.. Numbers(1, count - 1), 1000]);

    [Fact]
    public void The_smallest_sample_has_one_of_each_deed_that_matters() =>
        Lot.Draw(Lot.Matter.Index().ToDictionary(deed => deed.Item, deed => Numbers(100 * deed.Index, 100)), Lot.Matter.Count)
            .Select(number => number / 100).ShouldBe([0, 1, 2, 3]);

    /// <summary>1000 draws of 20 from 100: each is drawn 200 times, give or take six standard deviations of 12.6.</summary>
    [Fact]
    public void Each_entry_is_as_likely_as_the_next()
    {
        var population = new Dictionary<string, long[]> { ["sign_in"] = Numbers(0, 100) };
        var times = new int[100];
        for (var again = 0; again < 1000; again++)
        {
            foreach (var number in Lot.Draw(population, 20))
                times[number]++;
        }

        times.Sum().ShouldBe(20_000);
        times.ShouldAllBe(count => count > 120 && count < 280);
    }

    static long[] Numbers(int first, int count) => [.. Enumerable.Range(first, count).Select(number => (long)number)];
}
