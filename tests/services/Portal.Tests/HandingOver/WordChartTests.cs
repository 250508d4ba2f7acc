using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Drawing.Charts;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;
using Fidelity.Contracts.Pir;
using Fidelity.Measurement;
using Fidelity.Portal.HandingOver;
using Fidelity.Portal.Languages;
using Fidelity.Portal.Trends;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace Fidelity.Portal.Tests.HandingOver;

/// <summary>A control chart as Word has it: the numbers of the series, a gap where a month has none.</summary>
public sealed class WordChartTests
{
    static DateOnly Month(int i) => new DateOnly(2025, 1, 1).AddMonths(i);

    [Fact]
    public void A_chart_is_valid_and_has_value_mean_limits_and_target_of_every_month_and_no_point_in_a_gap()
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en-GB");
        // .5, nothing, .7, .6: mean .6, ranges .2 and .1, limits .6 ± .399.
        var trend = new TrendComputed(
            1, "demo", "norr", "mst@1", 10, Month(4),
            [new(Month(0), 0.5m, 5), new(Month(1), null, 0), new(Month(2), 0.7m, 5), new(Month(3), 0.6m, 5)], [], []);
        using var provider = new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider();
        var chart = ChartSeries.Of(trend, TrendSeries.Adherence).ShouldNotBeNull();
        using var word = new WordDocument("Chart", "en-GB");
        word.Chart(WordChart.Of(chart, provider.GetRequiredService<IStringLocalizer<Texts>>()), "A chart");
        var file = word.Finish("Foot");

        using var opened = WordprocessingDocument.Open(new MemoryStream(file), isEditable: false);
        new OpenXmlValidator(FileFormatVersions.Office2019).Validate(opened, TestContext.Current.CancellationToken)
            .Select(fault => $"{fault.Path?.XPath}: {fault.Description}").ShouldBeEmpty();
        var lines = opened.MainDocumentPart!.ChartParts.Single().ChartSpace.Descendants<LineChartSeries>()
            .Select(line => string.Join(' ', line.GetFirstChild<Values>()!.Descendants<NumericPoint>()
                .Select(point => $"{point.Index}:{double.Parse(point.NumericValue!.Text, CultureInfo.InvariantCulture):0.000}"))).ToList();
        lines.ShouldBe(
        [
            "0:0.500 2:0.700 3:0.600", "0:0.600 1:0.600 2:0.600 3:0.600", "0:0.201 1:0.201 2:0.201 3:0.201", "0:0.999 1:0.999 2:0.999 3:0.999",
            "0:0.610 1:0.610 2:0.610 3:0.610",
        ]);
    }
}
