using Fidelity.Measurement;
using Fidelity.Portal.Overview;

namespace Fidelity.Portal.Tests.Overview;

/// <summary>The columns of the overview.</summary>
public sealed class IndicatorsTests
{
    [Fact]
    public void Each_profile_has_columns_of_its_own_measures_and_no_empty_one()
    {
        foreach (var profile in Profiles.All)
            Indicators.Of(profile).ShouldBeSubsetOf(profile.Measures.Select(measure => measure.Key), profile.Id);
        Indicators.Of(Profiles.MstCan).ShouldContain("no_new_report");
        Indicators.Of(Profiles.MstCan).ShouldContain("no_new_substance_report");
        Indicators.Of(Profiles.MstCan).ShouldNotContain("adherence_above", "its instrument has no threshold");
        Indicators.Of(Profiles.Mst).ShouldContain("adherence_above");
        Indicators.Of(null).ShouldBeEmpty();
    }

    [Fact]
    public void What_can_be_compared_stands_in_the_same_columns_and_what_cannot_behind_it()
    {
        var columns = Profiles.All.Select(Indicators.Of).ToList();
        var shared = columns[0].TakeWhile(key => !Indicators.IsOwn(key)).ToList();
        shared.ShouldBe(["adherence", "tam_completed", "completed", "living_at_home", "in_school_or_work", "no_new_arrest"]);
        foreach (var keys in columns)
        {
            keys.Take(shared.Count).ShouldBe(shared);
            keys.Skip(shared.Count).ShouldAllBe(key => Indicators.IsOwn(key));
        }
    }
}
