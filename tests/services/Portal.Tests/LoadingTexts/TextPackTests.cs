using System.Text;
using Fidelity.Measurement;
using Fidelity.Portal.LoadingTexts;

namespace Fidelity.Portal.Tests.LoadingTexts;

/// <summary>Files of licensed item texts. What is in them here is nobody's.</summary>
public sealed class TextPackTests
{
    static (IReadOnlyList<ItemText> Items, IReadOnlyList<TextFault> Faults) Read(params string[] lines) =>
        TextPack.Read(Encoding.UTF8.GetBytes(string.Join('\n', lines)), Instruments.Cam);

    /// <summary>A good file of the 23 items of CAM, with one line put in the place of another.</summary>
    static string[] Good(int line = 0, string? instead = null)
    {
        string[] lines = ["item,text,anchors", "1,Första frågan,a|b|c|d|e|f", .. Enumerable.Range(2, 22).Select(item => $"{item},Text {item},")];
        if (instead is not null)
            lines[line - 1] = instead;
        return lines;
    }

    [Fact]
    public void Every_item_has_its_text_and_the_anchors_of_the_last_row_that_has_any()
    {
        var (items, faults) = Read(Good(5, "4,\"Fyra, med komma\",1|2|3|4|5|6"));
        faults.ShouldBeEmpty();
        items.Count.ShouldBe(23);
        items[0].Text.ShouldBe("Första frågan");
        items[2].Anchors.ShouldBe(["a", "b", "c", "d", "e", "f"]);
        items[3].Text.ShouldBe("Fyra, med komma");
        items[22].Anchors.ShouldBe(["1", "2", "3", "4", "5", "6"]);
    }

    [Fact]
    public void Rows_in_any_order_with_semicolons_and_without_anchors_are_read()
    {
        var (items, faults) = Read(["item;text;anchors", .. Enumerable.Range(1, 23).Reverse().Select(item => $"{item};Text {item};")]);
        faults.ShouldBeEmpty();
        items[22].Text.ShouldBe("Text 23");
        items[22].Anchors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("24,Text,", "no_item")]
    [InlineData("0,Text,", "no_item")]
    [InlineData("sju,Text,", "no_item")]
    [InlineData("1,Text,", "twice")]
    [InlineData("7,,", "no_text")]
    [InlineData("7,Text,a|b|c|d|e", "anchors")]
    [InlineData("7,Ring 19121212-1212,", "identity_number")]
    public void A_row_that_is_wrong_is_named_by_its_line(string row, string code)
    {
        var (items, faults) = Read(Good(8, row));
        items.ShouldBeEmpty();
        faults[0].ShouldBe(new(8, code));
    }

    [Fact]
    public void A_file_of_another_kind_or_without_some_item_is_refused()
    {
        Read("nr,fråga", "1,Text").Faults.ShouldBe([new(1, "header")]);
        Read().Faults.ShouldBe([new(1, "header")]);
        Read(Good()[..^1]).Faults.ShouldBe([new(null, "not_all")]);
        Read(Good(8, $"7,{new string('x', TextPack.LongestText + 1)},")).Faults.ShouldBe([new(8, "too_long")]);
    }
}
