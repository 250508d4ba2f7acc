using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Drawing.Charts;
using Fidelity.Portal.Figures;
using Fidelity.Portal.Languages;
using Fidelity.Portal.Trends;
using Microsoft.Extensions.Localization;
using Charts = DocumentFormat.OpenXml.Drawing.Charts;
using Drawn = DocumentFormat.OpenXml.Drawing;

namespace Fidelity.Portal.HandingOver;

/// <summary>A control chart as Word draws it itself, from numbers: whoever edits the document may change its looks, and it stays sharp.</summary>
static class WordChart
{
    const uint Months = 1;
    const uint Scale = 2;

    public static ChartSpace Of(ChartSeries chart, IStringLocalizer<Texts> text)
    {
        (string Name, Func<ChartMonth, double?> Value, string Colour, Drawn.PresetLineDashValues Dash, bool HasMarks)[] lines =
        [
            (text["measure." + chart.Measure], month => month.Value, "24292F", Drawn.PresetLineDashValues.Solid, true),
            (text["chart.mean"], month => month.Phase.Mean, "0F5E61", Drawn.PresetLineDashValues.Solid, false),
            (text["chart.limits"], month => month.Low, "8C959F", Drawn.PresetLineDashValues.Dash, false),
            ("", month => month.High, "8C959F", Drawn.PresetLineDashValues.Dash, false),
            .. (chart.Target?.Values ?? []).Select(target => (
                text["chart.target"].Value, (Func<ChartMonth, double?>)(_ => target), "24292F", Drawn.PresetLineDashValues.SystemDot, false)),
        ];
        var line = new LineChart(new Grouping { Val = GroupingValues.Standard }, new VaryColors { Val = false });
        foreach (var (place, (name, value, colour, dash, hasMarks)) in lines.Index())
            line.AppendChild(Series((uint)place, name, chart.Months, value, colour, dash, hasMarks));
        line.Append(new AxisId { Val = Months }, new AxisId { Val = Scale });
        var legend = new Legend(new LegendPosition { Val = LegendPositionValues.Bottom });
        // Both limits are one thing.
        legend.AppendChild(new LegendEntry(new Charts.Index { Val = 3 }, new Delete { Val = true }));
        return new(
            new RoundedCorners { Val = false },
            new Chart(
                new AutoTitleDeleted { Val = true },
                new PlotArea(
                    new Charts.Layout(), line,
                    new CategoryAxis(
                        new AxisId { Val = Months }, new Scaling(new Orientation { Val = OrientationValues.MinMax }), new Delete { Val = false },
                        new AxisPosition { Val = AxisPositionValues.Bottom }, new CrossingAxis { Val = Scale }),
                    new ValueAxis(
                        new AxisId { Val = Scale },
                        new Scaling(new Orientation { Val = OrientationValues.MinMax }, new MaxAxisValue { Val = 1 }, new MinAxisValue { Val = 0 }),
                        new Delete { Val = false }, new AxisPosition { Val = AxisPositionValues.Left }, new MajorGridlines(),
                        new NumberingFormat { FormatCode = chart.Unit == Unit.Share ? "0%" : "0.0", SourceLinked = false }, new CrossingAxis { Val = Months })),
                legend, new PlotVisibleOnly { Val = true }, new DisplayBlanksAs { Val = DisplayBlanksAsValues.Gap }));
    }

    /// <summary>A month without a value has no point: a gap.</summary>
    static LineChartSeries Series(
        uint place, string name, IReadOnlyList<ChartMonth> months, Func<ChartMonth, double?> value, string colour, Drawn.PresetLineDashValues dash, bool hasMarks)
    {
        var names = new StringLiteral(new PointCount { Val = (uint)months.Count });
        var numbers = new NumberLiteral(new FormatCode("General"), new PointCount { Val = (uint)months.Count });
        foreach (var (i, month) in months.Index())
        {
            names.AppendChild(new StringPoint(new NumericValue(Dates.Month(month.Month))) { Index = (uint)i });
            if (value(month) is { } known)
                numbers.AppendChild(new NumericPoint(new NumericValue(Math.Clamp(known, 0, 1).ToString("R", CultureInfo.InvariantCulture))) { Index = (uint)i });
        }

        return new(
            new Charts.Index { Val = place }, new Order { Val = place }, new SeriesText(new NumericValue(name)),
            new ChartShapeProperties(new Drawn.Outline(new Drawn.SolidFill(new Drawn.RgbColorModelHex { Val = colour }), new Drawn.PresetDash { Val = dash }) { Width = hasMarks ? 19050 : 12700 }),
            hasMarks
                ? new Marker(
                    new Symbol { Val = MarkerStyleValues.Circle }, new Size { Val = 5 },
                    new ChartShapeProperties(new Drawn.SolidFill(new Drawn.RgbColorModelHex { Val = colour })))
                : new Marker(new Symbol { Val = MarkerStyleValues.None }),
            new CategoryAxisData(names), new Values(numbers), new Smooth { Val = false });
    }
}
